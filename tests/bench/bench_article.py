"""Peers of the article stage on the same pages in one run: body, title, date, authors, snippets, and CPU time.

Usage: bench_article.py FOLDER [--only dateline,trafilatura]        make bench-article PAGES=FOLDER

FOLDER holds html/ (files of html, .gz too, named by the ids of the truth) and truth.json: {id: {"text", "title", "date",
"authors", "with", "without"}}, each field where it is known. Each peer is run with its own defaults; one that is not
installed is named and left out. CPU is this process's, in milliseconds a page, after one page that is not counted.

Figures. Body: words are runs of \\w, a text the multiset of its overlapping stretches of four; precision is the mean over
the pages with a prediction, recall over those with a truth, and F1 their harmonic mean. Title: equal but for case, spaces
and punctuation. Date: the same day. Authors: equal as sets of such names. Snippets: F1 of the strings that must be in the
text ("with") and must not ("without").
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import re
import sys
import time
import unicodedata
from collections import Counter
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
    for path in sorted(p for p in folder.iterdir() if ".htm" in p.name):
        raw = path.read_bytes()
        out[path.name.split(".htm")[0]] = gzip.decompress(raw) if path.suffix == ".gz" else raw
    return out


def run(extract: Callable[[bytes], Fields], found: dict[str, bytes]) -> tuple[dict[str, Fields], float, int]:
    predictions: dict[str, Fields] = {}
    failures = 0
    start = time.process_time()
    for key, raw in found.items():
        try:
            predictions[key] = extract(raw)
        except Exception:  # noqa: BLE001 - a peer may raise anything; what counts is that it gave nothing
            failures += 1
    return predictions, 1000 * (time.process_time() - start) / max(1, len(found)), failures


# --------------------------------------------------------------------------------------------------------------- figures
def stretches(text: str | None) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text or "")
    return Counter([tuple(words)] if 0 < len(words) <= 4 else zip(*(words[n:] for n in range(4)), strict=False))


def plain(text: str) -> str:
    return "".join(ch for ch in unicodedata.normalize("NFKC", text).casefold() if ch.isalnum())


def names(value: object) -> set[str]:
    listed = value.split(";") if isinstance(value, str) else value if isinstance(value, list | tuple) else []
    return {plain(str(v)) for v in listed} - {""}


def day(value: object) -> str | None:
    found = re.search(r"\d{4}-\d{2}-\d{2}", str(value or ""))
    return found[0] if found else None


def harmonic(p: float, r: float) -> float:
    return 2 * p * r / (p + r) if p + r else 0.0


def body_figure(truth: dict[str, Fields], got: dict[str, Fields]) -> float | None:
    precision, recall = [], []
    for key, want in truth.items():
        if "text" in want:
            t, p = stretches(want["text"]), stretches(got.get(key, {}).get("text"))
            common = (t & p).total()
            precision += [common / p.total()] if p else []
            recall += [common / t.total()] if t else []
    return harmonic(sum(precision) / len(precision), sum(recall) / len(recall)) if precision and recall else None


def share(truth: dict[str, Fields], got: dict[str, Fields], field: str, read: Callable[[Any], object]) -> float | None:
    known = [(read(want[field]), read(got.get(key, {}).get(field))) for key, want in truth.items() if want.get(field)]
    known = [(want, have) for want, have in known if want]
    return sum(want == have for want, have in known) / len(known) if known and any(have for _, have in known) else None


def snippet_figure(truth: dict[str, Fields], got: dict[str, Fields]) -> float | None:
    hits = misses = wrong = 0
    for key, want in truth.items():
        text = " ".join(unicodedata.normalize("NFKC", got.get(key, {}).get("text") or "").split())
        there = [" ".join(unicodedata.normalize("NFKC", s).split()) in text for s in want.get("with") or []]
        hits, misses = hits + sum(there), misses + len(there) - sum(there)
        wrong += sum(" ".join(unicodedata.normalize("NFKC", s).split()) in text for s in want.get("without") or [])
    return harmonic(hits / max(1, hits + wrong), hits / (hits + misses)) if hits + misses and hits else None


def figures(truth: dict[str, Fields], got: dict[str, Fields]) -> list[float | None]:
    return [
        body_figure(truth, got),
        share(truth, got, "title", lambda v: plain(str(v or ""))),
        share(truth, got, "date", day),
        share(truth, got, "authors", names),
        snippet_figure(truth, got),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", help="holds html/ and truth.json")
    parser.add_argument("--only", default="", help="peers to run, separated by commas")
    args = parser.parse_args()
    if args.folder is None:
        return fail("which pages? Name a folder with html/ and truth.json: make bench-article PAGES=folder")
    for needed in (args.folder / "html", args.folder / "truth.json"):
        if not needed.exists():
            return fail(f"{needed} is not there: the folder must hold html/ and truth.json")
    truth: dict[str, Fields] = json.loads((args.folder / "truth.json").read_text("utf-8"))
    found = {key: raw for key, raw in pages(args.folder / "html").items() if key in truth}
    if not found:
        return fail(f"no page in {args.folder / 'html'} is named by an id of truth.json")
    unknown = set(filter(None, args.only.split(","))) - set(PEERS)
    if unknown:
        return fail(f"no peer is called {', '.join(sorted(unknown))}; there are {', '.join(PEERS)}")
    print(f"{len(found)} pages of {args.folder}")
    print(f"{'':26} {'CPU ms':>7} {'body':>6} {'title':>6} {'date':>6} {'authors':>7} {'snippets':>8} {'failed':>6}")
    for name, (module, extract) in PEERS.items():
        if args.only and name not in args.only.split(","):
            continue
        if importlib.util.find_spec(module) is None:
            print(f"{name:26} not installed: make bench-article installs it")
            continue
        extract(next(iter(found.values())))  # imports and caches are not the page's time
        predictions, milliseconds, failures = run(extract, found)
        cells = [f"{v:.3f}" if v is not None else "-" for v in figures(truth, predictions)]
        print(
            f"{name:26} {milliseconds:7.1f} {cells[0]:>6} {cells[1]:>6} {cells[2]:>6} {cells[3]:>7} {cells[4]:>8} {failures:6}",
            flush=True,
        )
    return 0


def fail(message: str) -> int:
    print(f"bench-article: {message}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
