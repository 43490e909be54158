"""What stores cost: `make bench-stores`, or `python tests/bench/stores.py [--events N] [--pages N]`.

Prints, measured in one run, one after the other, so that a busy machine slows all alike; where it is busy, processor time says
more than the clock:

1. the share that writing has in a whole run, page by page as the program writes, for SQLite and PostgreSQL;
2. how long N events take into an empty PostgreSQL and SQLite, in articles of two shapes, and how memory grows meanwhile;
3. how many pages a second a store recognises as unchanged;
4. what the formats cost that are made anew when a run ends, a thousand articles each.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import pipeline
from pipeline import inputs
from pipeline.page import Page
from pipeline.records import Record
from pipeline.stores import Outcome, open_store
from pipeline.stores.tables import rows
from tests.stores.postgres import Server, binaries

CORPUS = Path(__file__).resolve().parents[2] / "corpus" / "articles"
AT_ONCE = 5_000
FORMATS = ("out.jsonl", "out.jsonl.gz", "csv:csv/", "parquet:parquet/", "out.geojson", "out.ftm.json", "out.jsonld", "out.spacy")


def main() -> None:
    """Measures, and prints a table each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=100_000, help="events to load into a database")
    parser.add_argument("--pages", type=int, default=200, help="pages to extract")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load {load:.1f} at the start")
    programs = binaries()
    server = Server(programs) if programs else None
    try:
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            databases = {"SQLite": f"sqlite:///{folder}/share.sqlite"} | ({"PostgreSQL": server.database()} if server else {})
            records = share_of_writing(databases, options.pages, server)
            for shape, made in (("of the corpus", of_corpus(records)), ("44 rows for 10 events", lean())):
                batches = list(with_events(made, options.events))
                for name in databases:
                    destination = f"sqlite:///{folder}/{len(shape)}.sqlite" if name == "SQLite" else server.database()  # type: ignore[union-attr]
                    loading(name, destination, shape, batches, None if name == "SQLite" else server)
            exports(list(islice(of_corpus(records), 1000)))
    finally:
        if server:
            server.stop()


def share_of_writing(databases: dict[str, str], count: int, server: Server | None) -> list[Record]:
    """Extracts pages and writes each at once, as a run does; gives the records."""
    nlp = pipeline.load()
    pages = [page for page in inputs.pages([str(CORPUS)]) if isinstance(page, Page)]
    records = [pipeline.extract(page, nlp) for page in pages]  # once before the clock runs
    stores = {name: open_store(destination) for name, destination in databases.items()}
    clock, work = dict.fromkeys(("extracting", *stores), 0.0), dict.fromkeys(("extracting", *stores), 0.0)
    before = server.work_seconds() if server else 0.0

    def count_in(name: str, started: float, worked: float) -> None:
        clock[name] += time.perf_counter() - started
        work[name] += time.process_time() - worked

    for n in range(count):
        begin = time.perf_counter(), time.process_time()
        record = pipeline.extract(pages[n % len(pages)], nlp)
        line = record.model_copy(update={"article": record.article.model_copy(update={"id": f"a{n}"})})
        outcome = Outcome(f"{n}.html", "f", f"a{n}", line.model_dump_json(exclude_none=True))
        count_in("extracting", *begin)
        for name, store in stores.items():
            begin = time.perf_counter(), time.process_time()
            store.put(outcome)
            count_in(name, *begin)
    if server:
        work["PostgreSQL"] += server.work_seconds() - before
    print(f"\na whole run of {count} pages, ms a page by the clock and of processor time (the server's too)")
    print(f"  {'extracting':<18} {clock['extracting'] / count * 1e3:7.1f} {work['extracting'] / count * 1e3:7.1f}")
    for name in stores:
        shares = [took[name] / (took["extracting"] + took[name]) for took in (clock, work)]
        print(f"  writing {name:<10} {clock[name] / count * 1e3:7.2f} {work[name] / count * 1e3:7.2f}", end="")
        print(f"    {shares[0]:.1%} of the run by the clock, {shares[1]:.1%} of its processor time")
    for store in stores.values():
        store.close()
    return records


def of_corpus(records: list[Record]) -> Iterator[Outcome]:
    """Articles as the corpus has them, over and over, each with an id of its own."""
    lines = [(r.article.id, r.model_dump_json(exclude_none=True)) for r in records]
    n = 0
    while True:
        for article_id, line in lines:
            yield Outcome(f"{n}.html", "f", f"a{n}", line.replace(article_id, f"a{n}", 1))
            n += 1


def lean() -> Iterator[Outcome]:
    """Articles of ten events in 44 rows: 8 entities with a mention each, 2 times, 15 roles."""
    text = "word " * 400
    entities = [
        {
            "id": f"e{n}",
            "type": "place",
            "name": f"Place {n}",
            "mentions": [{"start": n, "end": n + 4, "text": "word"}],
            "links": {},
        }
        for n in range(8)
    ]
    times = [
        {"id": f"t{n}", "start": n, "end": n + 4, "text": "word", "type": "DATE", "value": "2024", "approximate": False}
        for n in range(2)
    ]
    events = [
        {
            "id": f"v{n}",
            "type": "meeting",
            "trigger": {"start": n, "end": n + 4, "text": "word"},
            "roles": {"participants": ["e0"]} | ({"place": ["e1"]} if n % 2 else {}),
            "realis": "actual",
            "evidence": [{"start": 0, "end": 40}],
            "summary": f"meeting {n}",
            "confidence": 0.5,
        }
        for n in range(10)
    ]
    rest = json.dumps({"entities": entities, "times": times, "events": events})[1:]
    n = 0
    while True:
        article = json.dumps({"id": f"a{n}", "source": f"{n}.html", "text": text})
        yield Outcome(f"{n}.html", "f", f"a{n}", f'{{"schema_version":"1","article":{article},{rest}')
        n += 1


def with_events(outcomes: Iterator[Outcome], count: int) -> Iterator[list[Outcome]]:
    """Batches of articles until they have so many events."""
    found: list[Outcome] = []
    for outcome in outcomes:
        found.append(Outcome(outcome.source, outcome.fingerprint, outcome.article_id, outcome.line))
        count -= len(outcome.content["events"])
        if len(found) == AT_ONCE or count <= 0:
            yield found
            found = []
        if count <= 0:
            return


def loading(name: str, destination: str, shape: str, batches: list[list[Outcome]], server: Server | None) -> None:
    """Loads articles into an empty database, and asks for them again."""
    articles = [outcome for batch in batches for outcome in batch]
    events = sum(len(json.loads(o.line or "")["events"]) for o in articles)
    store = open_store(destination)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started, client, there = time.perf_counter(), time.process_time(), server.work_seconds() if server else 0.0
    for batch in batches:
        store.put_many(batch)
    seconds, client = time.perf_counter() - started, time.process_time() - client
    there = server.work_seconds() - there if server else 0.0
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1000
    count = (
        sum(len(table) for o in articles[:500] for table in rows(o.content).values()) / min(500, len(articles)) * len(articles)
    )
    print(f"\n{events:,} events into {name}, articles {shape}: {len(articles):,} articles, about {count:,.0f} rows")
    print(f"  {seconds:.1f} s ({events / seconds:,.0f} events/s), {grown:.0f} MB more memory")
    print(f"  {client:.1f} s of processor time here" + (f", {there:.1f} s in the server" if server else ""))
    started = time.perf_counter()
    for n in range(0, len(articles), 100):
        store.seen_many([outcome.source for outcome in articles[n : n + 100]])
    print(f"  {len(articles) / (time.perf_counter() - started):,.0f} unchanged pages a second")
    store.close()


def exports(outcomes: list[Outcome]) -> None:
    """Writes a thousand articles in every format of files."""
    print(f"\nfiles, {len(outcomes):,} articles: seconds for the journal, and to make the files when the run ends")
    for destination in FORMATS:
        store = open_store(destination)
        started = time.perf_counter()
        store.put_many(outcomes)
        middle = time.perf_counter()
        store.close()
        print(f"  {destination:<18} {middle - started:6.2f} {time.perf_counter() - middle:6.2f}")


if __name__ == "__main__":
    main()
