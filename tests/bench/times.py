"""How fast and how well times are found: characters a second in one process, and F1 against annotated documents.

Usage: .venv/bin/python tests/bench/times.py [--megabytes 2] [--profile]
       .venv/bin/python tests/bench/times.py --gold DIR

Two texts are measured: the sentences of tests/times/sentences.txt (nearly every word belongs to a time: the worst case), and the
articles of corpus/articles as they are. The goal is 200,000 characters a second; tokenisation by spaCy is apart.

DIR holds documents as JSON, {"text", "dct", "timexes": [{"start", "end", "type", "value"}]}, in any depth of folders. Counting is
TempEval-3's: spans aligned one to one, exact ones first; strict is the same span, relaxed any overlap, value the same value.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import re
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import pipeline  # noqa: E402
from pipeline.times import tag  # noqa: E402

GOAL = 200_000
Span = tuple[int, int]
Text = tuple[str, str | None]


def sentences() -> str:
    """The table of test sentences as running text."""
    lines = (ROOT / "tests" / "times" / "sentences.txt").read_text(encoding="utf-8").splitlines()
    return " ".join(re.sub(r"[\[\]]", "", line.rpartition(" | ")[0]) for line in lines if " | " in line and line[0] != "#")


def articles() -> list[Text]:
    """Text and date of the articles of corpus/articles."""
    pages = [pipeline.Page(source=path.name, html=path.read_bytes()) for path in sorted(ROOT.glob("corpus/articles/*.html"))]
    found = [pipeline.extract(page, until="article").article for page in pages]
    return [(article.text, article.published) for article in found]


def speed(texts: list[Text], characters: int) -> tuple[float, int]:
    """Characters of CPU second, and times found, over at least so many characters; the best of three runs."""
    total = sum(len(text) for text, _ in texts)
    rounds = max(1, characters // total)
    best, found = 0.0, 0
    for _ in range(3):
        begin = time.process_time()
        for _ in range(rounds):
            found = sum(len(tag(text, published)) for text, published in texts)
        best = max(best, rounds * total / (time.process_time() - begin))
    return best, found


def aligned(gold: list[Span], found: list[Span]) -> list[tuple[int, int]]:
    """Pairs of gold and found spans that overlap, each span once: exact ones first, then by the length they share."""
    pairs = []
    for i, (a, b) in enumerate(gold):
        for j, (c, d) in enumerate(found):
            if (shared := min(b, d) - max(a, c)) > 0:
                pairs.append(((a, b) != (c, d), -shared, i, j))
    taken: list[tuple[int, int]] = []
    for _, _, i, j in sorted(pairs):
        if all(i != x and j != y for x, y in taken):
            taken.append((i, j))
    return taken


def score(folder: Path) -> dict[str, float]:
    """Strict, relaxed and value F1 over all documents of a folder."""
    hits = dict.fromkeys(("strict", "relaxed", "value"), 0)
    total = 0
    for path in sorted(folder.rglob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        gold, notes = document["timexes"], tag(document["text"], document["dct"])
        total += len(gold) + len(notes)
        spans, found = [(t["start"], t["end"]) for t in gold], [(n.start, n.end) for n in notes]
        for i, j in aligned(spans, found):
            hits["relaxed"] += 1
            hits["strict"] += spans[i] == found[j]
            hits["value"] += gold[i]["value"] == notes[j].value
    return {name: 2 * count / total if total else 0.0 for name, count in hits.items()}


def main() -> int:
    """Prints the figures; 1 when one is below the goal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=2.0, help="text to tag, in million characters")
    parser.add_argument("--profile", action="store_true", help="print where the time goes as well")
    parser.add_argument(
        "--gold", type=Path, metavar="DIR", help="annotated documents to score against, instead of measuring speed"
    )
    options = parser.parse_args()
    if options.gold is not None:
        if not options.gold.is_dir():
            parser.error(f"{options.gold} is no folder")
        print("   ".join(f"{name} F1 {figure:.4f}" for name, figure in score(options.gold).items()))
        return 0
    tag("Warm up on Monday.", "2024-07-09")
    slowest = float("inf")
    measured: dict[str, list[Text]] = {"sentences full of times": [(sentences(), "2024-07-09")], "articles": articles()}
    for name, texts in measured.items():
        figure, found = speed(texts, int(options.megabytes * 1e6))
        slowest = min(slowest, figure)
        length = sum(len(text) for text, _ in texts)
        print(f"{name:26} {figure:12,.0f} characters/s   {length:,} characters, {found:,} times")
    if options.profile:
        with cProfile.Profile() as profile:
            tag(sentences() * 10, "2024-07-09")
        pstats.Stats(profile).sort_stats("tottime").print_stats(15)
    return int(slowest < GOAL)


if __name__ == "__main__":
    sys.exit(main())
