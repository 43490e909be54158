"""Measures the gazetteers: seconds and megabytes to load all, and megabytes of text a second through the automaton.

    python tests/bench/gazetteers.py [TEXT_FILE ...]

Goals: under 1.5 s and 150 MB to load, 5 MB/s or more to match. Without a file it measures a text made of names.
"""

from __future__ import annotations

import resource
import sys
import time
from importlib import import_module
from pathlib import Path

import spacy  # noqa: F401 - its own memory is not the gazetteers'
from confection import Config

from pipeline.entities import matching
from pipeline.entities.gazetteers import rows
from pipeline.resources import model_path


def main(files: list[str]) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    for name in Config().from_disk(model_path("config.cfg"))["entities"]["finders"]:
        begun = time.process_time()
        import_module(name).build()
        print(f"{name:40} {time.process_time() - begun:6.2f} s")
    matching.build()
    print(f"{'all, with the automaton':40} {time.process_time() - started:6.2f} s")
    print(f"{'memory':40} {(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024:6.0f} MB")
    text = "\n\n".join(Path(file).read_text(encoding="utf-8") for file in files) or _made_up()
    begun = time.process_time()
    spans = matching.spans(text)
    seconds = time.process_time() - begun
    print(f"{'matching':40} {len(text.encode()) / 1e6 / seconds:6.1f} MB/s, {len(spans):,} names in {len(text):,} characters")


def _made_up() -> str:
    """Sentences around the names of cities, about 2 MB, with one name in twenty words as in news."""
    filler = "the talks went on for a second day and officials there said that no date had been set for"
    return " ".join(f"{filler} {row['name']}." for row in rows("cities.tsv.gz")[:20000])


if __name__ == "__main__":
    main(sys.argv[1:])
