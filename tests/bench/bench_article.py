"""Peers of the article stage on the same pages in one run: body, title, date, authors, and CPU time.

Usage: bench_article.py --html DIR --truth truth.json [--scorer score_article.py] [--only dateline,trafilatura]

DIR holds html files (.gz too) named by the ids of the truth: {id: {"text", "title", "date", "authors", "with", "without"}}.
Each peer is run with
its own defaults; one that is not installed is left out (`uv sync --group bench-article` installs them). CPU is this
process's, in milliseconds a page. The figures are the scorer's.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
BODY = {"heading", "paragraph", "list_item", "quote", "table"}
Fields = dict[str, Any]


def dateline(raw: bytes) -> Fields:
    from pipeline.article import extract_article
    from pipeline.page import Page

    article = extract_article(Page("page.html", html=raw), any_language=True)
    text = "\n\n".join(article.text[b.start : b.end] for b in article.blocks if b.kind.value in BODY)
    return {"text": text, "title": article.title, "date": article.published, "authors": list(article.authors)}


def trafilatura_default(raw: bytes) -> Fields:
    import trafilatura

    return {"text": trafilatura.extract(raw, include_comments=False)}


def trafilatura_with_metadata(raw: bytes) -> Fields:
    import trafilatura

    found = trafilatura.bare_extraction(raw, include_comments=False, with_metadata=True)
    if found is None:
        return {}
    return {"text": found.text, "title": found.title, "date": found.date, "authors": (found.author or "").split("; ")}


def trafilatura_precision(raw: bytes) -> Fields:
    import trafilatura

    return {"text": trafilatura.extract(raw, include_comments=False, favor_precision=True)}


def readability(raw: bytes) -> Fields:
    import lxml.html
    from readability import Document

    document = Document(raw)
    return {"text": lxml.html.fromstring(document.summary()).text_content(), "title": document.short_title()}


def newspaper4k(raw: bytes) -> Fields:
    import newspaper

    article = newspaper.Article("https://page.example/", fetch_images=False)
    article.download(input_html=raw.decode("utf-8", "replace"))
    article.parse()
    date = article.publish_date.isoformat() if article.publish_date else None
    return {"text": article.text, "title": article.title, "date": date, "authors": article.authors}


def goose(raw: bytes) -> Fields:
    from goose3 import Goose

    found = Goose({"enable_image_fetching": False}).extract(raw_html=raw.decode("utf-8", "replace"))
    return {"text": found.cleaned_text, "title": found.title, "date": found.publish_date, "authors": found.authors}


def resiliparse(raw: bytes) -> Fields:
    from resiliparse.extract.html2text import extract_plain_text

    return {"text": extract_plain_text(raw.decode("utf-8", "replace"), main_content=True)}


def htmldate(raw: bytes) -> Fields:
    from htmldate import find_date

    return {"date": find_date(raw.decode("utf-8", "replace"), original_date=True)}


def rs_trafilatura(raw: bytes) -> Fields:
    import rs_trafilatura as rust

    found = rust.extract(raw.decode("utf-8", "replace"))
    names = getattr(found, "author", None) or ""
    return {"text": found.main_content, "title": found.title, "date": found.date, "authors": names.split("; ")}


PEERS: dict[str, tuple[str, Callable[[bytes], Fields]]] = {
    "dateline": ("pipeline", dateline),
    "trafilatura": ("trafilatura", trafilatura_default),
    "trafilatura with metadata": ("trafilatura", trafilatura_with_metadata),
    "trafilatura precision": ("trafilatura", trafilatura_precision),
    "readability-lxml": ("readability", readability),
    "newspaper4k": ("newspaper", newspaper4k),
    "goose3": ("goose3", goose),
    "resiliparse": ("resiliparse", resiliparse),
    "htmldate": ("htmldate", htmldate),
    "rs-trafilatura": ("rs_trafilatura", rs_trafilatura),
}


def pages(folder: Path) -> dict[str, bytes]:
    out = {}
    for path in sorted(folder.iterdir()):
        raw = path.read_bytes()
        out[path.name.split(".htm")[0]] = gzip.decompress(raw) if path.suffix == ".gz" else raw
    return out


def run(extract: Callable[[bytes], Fields], found: dict[str, bytes]) -> tuple[dict[str, Fields], float, int]:
    predictions: dict[str, Fields] = {}
    failures = 0
    start = time.process_time()
    for key, raw in found.items():
        try:
            predictions[key] = {"id": key, **extract(raw)}
        except Exception:  # noqa: BLE001 - a peer may raise anything; what counts is that it gave nothing
            failures += 1
    return predictions, 1000 * (time.process_time() - start) / max(1, len(found)), failures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--html", type=Path, required=True)
    parser.add_argument("--truth", type=Path, required=True)
    parser.add_argument("--scorer", type=Path, required=True, help="score_article.py")
    parser.add_argument("--only", default="")
    args = parser.parse_args()
    spec = importlib.util.spec_from_file_location("score_article", args.scorer)
    assert spec is not None and spec.loader is not None
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    truth, found = scorer.load_truth(args.truth), pages(args.html)
    print(f"{'':26} {'CPU ms':>7} {'body':>6} {'title':>6} {'date':>6} {'authors':>7} {'snippets':>8} {'failed':>6}")
    for name, (module, extract) in PEERS.items():
        if (args.only and name not in args.only.split(",")) or importlib.util.find_spec(module) is None:
            continue
        extract(next(iter(found.values())))  # imports and caches are not the page's time
        predictions, milliseconds, failures = run(extract, found)
        result = json.loads(json.dumps(scorer.score(truth, predictions)[0]))
        figures = [result.get("body", {}).get("f1"), *(result.get(f, {}).get("acc") for f in ("title", "date", "authors"))]
        cells = [f"{v:6.3f}" if isinstance(v, float) else f"{'-':>6}" for v in [*figures, result.get("snippets", {}).get("f1")]]
        print(
            f"{name:26} {milliseconds:7.1f} {cells[0]} {cells[1]} {cells[2]} {cells[3]:>7} {cells[4]:>8} {failures:6}", flush=True
        )


if __name__ == "__main__":
    main()
