"""The commands that look at one thing: the schema, one page's times, how its record came about, a name, the figures."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

import pipeline
from pipeline import correction, evaluation, inputs
from pipeline.batch import Job, Tally, run
from pipeline.cli import options
from pipeline.cli.report import NOTHING, out
from pipeline.errors import PageError, Reason, Stage, UsageError
from pipeline.inputs import Selection
from pipeline.page import Page
from pipeline.records import Quarantined, Record
from pipeline.stores import open_store
from pipeline.worker import Task

if TYPE_CHECKING:
    from pipeline.annotations import EntityNote

File = Annotated[
    str, typer.Argument(metavar="PAGE", help="An html or text file, a page by its article.source, or a container's first page.")
]
Published = Annotated[str | None, typer.Option(metavar="DATE", help="When it was published, where the file does not say.")]


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command()(schema)
    app.command(epilog="Example:\n\n  dateline times article.html --published 2024-07-09")(times)
    app.command(epilog="Examples:\n\n  dateline explain article.html\n\n  dateline explain article.html --event v3")(explain)
    app.command(epilog='Example:\n\n  dateline who "Ilyushin-76"')(who)
    app.command("eval", epilog="Examples:\n\n  dateline eval --errors 20\n\n  dateline eval out.jsonl --gold gold/")(evaluate)


def schema() -> None:
    """Print the JSON Schema of a record."""
    print(json.dumps(Record.model_json_schema(), indent=2, ensure_ascii=False))  # noqa: T201


def times(file: File, published: Published = None) -> None:
    """Show the time expressions of one article, resolved."""
    record = pipeline.extract(_page(file, published), until="times")
    table = Table("text", "type", "value", "earliest", "latest", "at")
    for time in record.times:
        value = f"{time.value} {time.mod.value}" if time.mod else time.value
        table.add_row(Text(time.text), time.type.value, value, time.earliest, time.latest, f"{time.start}:{time.end}")
    console = out()
    console.print(table if table.row_count else "no time expressions found")
    console.print(f"published: {record.article.published or 'unknown'}")


def explain(
    file: File,
    event: Annotated[str | None, typer.Option(metavar="ID", help="Only this event, with all reasons: v3.")] = None,
    published: Published = None,
    config: options.Config = None,
    model: options.Model = None,
    gazetteer: options.Gazetteer = None,
    frames: options.Frames = None,
) -> None:
    """Show how the record of one article came about: who found what, what else it could be, and why."""
    from pipeline.article import extract_article
    from pipeline.assemble import assemble, in_text_order
    from pipeline.cli import explained
    from pipeline.frame_check import events_of
    from pipeline.language import analyse

    article = extract_article(_page(file, published))
    nlp = pipeline.load(model, gazetteers=gazetteer or (), frames=frames or ())
    events_of(nlp).explains = True
    doc = analyse(nlp, article)
    record = assemble(article, doc)
    entities, _, events = in_text_order(doc)
    console = out(explained.WIDTH)
    chosen = [(shown.id, note) for shown, note in zip(record.events, events, strict=True) if event in (None, shown.id)]
    if not chosen and event is not None:
        known = ", ".join(shown.id for shown in record.events) or "none"
        raise UsageError(f"there is no event {event!r} in {file}", f"its events: {known}")
    if event is None:
        _show_entities(console, entities)
    for name, note in chosen:
        console.print()
        for line in explained.lines(name, note, article.text):
            console.print(Text(line, style="bold" if line.startswith(f"{name}  ") else ""), soft_wrap=True)


def _show_entities(console: Console, entities: list[EntityNote]) -> None:
    table = Table("entity", "type", "codes", "mentions (finder)", "it could also be")
    for number, entity in enumerate(entities, 1):
        codes = ", ".join(f"{k} {v}" for k, v in entity.links.model_dump(exclude_none=True).items())
        mentions = "\n".join(f"{m.start}:{m.end} {m.text} ({m.finder})" for m in entity.mentions)
        others = "\n".join(f"{c.score:.2f} {c.name}" for c in entity.candidates)
        kind = entity.type.value if entity.kind is None else f"{entity.type.value}, {entity.kind}"
        table.add_row(Text(f"e{number} {entity.name}"), kind, codes, Text(mentions), Text(others))
    console.print(table)


def who(name: Annotated[str, typer.Argument(help="A name as a text may have it.")]) -> None:
    """Show what a name may stand for, with codes and reasons. Exit status 3 when nothing knows it."""
    from pipeline import entities

    console = out()
    table = Table("name", "type", "codes", "score", "why")
    for answer in entities.who(name):
        codes = ", ".join(f"{k} {v}" for k, v in answer.links.model_dump(exclude_none=True).items())
        kind = answer.type.value if answer.kind is None else f"{answer.type.value}, {answer.kind}"
        table.add_row(Text(answer.name), kind, codes, f"{answer.score:.2f}", Text(answer.why))
    if not table.row_count:
        console.print(Text(f"nothing here knows {name!r}"))
        raise SystemExit(NOTHING)
    console.print(table)


def _page(file: str, published: str | None) -> Page:
    """The one page a file holds. Raises PageError or UsageError when there is none."""
    container = inputs.container_of(file) or file
    found = next(inputs.pages([container], Selection(only=None if container == file else frozenset({file}))), None)
    if not isinstance(found, Page | Quarantined):
        raise UsageError(f"{file}: no such file" if isinstance(found, inputs.Missing) else f"{file} holds no page")
    if isinstance(found, Quarantined):
        raise PageError(Reason(found.reason), f"{found.source} {found.message}", Stage.INPUT)
    return found if published is None else replace(found, published=published)


CORPUS = Path("corpus")


def evaluate(
    articles: Annotated[
        str, typer.Argument(metavar="PAGES|RECORDS", help="The articles' pages, or records of them: out.jsonl of a run.")
    ] = "corpus/articles",
    gold: Annotated[Path, typer.Option(metavar="FOLDER", help="Their gold records.")] = CORPUS / "gold",
    floors: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The figures that may not fall; of our own gold: corpus/floors.toml.")
    ] = None,
    errors: Annotated[int, typer.Option(min=0, metavar="N", help="List so many single differences.")] = 0,
    half: Annotated[
        evaluation.Half | None, typer.Option(help="Only the held-out articles, or only the others; no floors.")
    ] = None,
    model: Annotated[str | None, typer.Option(metavar="NAME", help="Another spaCy model, by package name or path.")] = None,
) -> None:
    """Compare records with gold records: the figures beside their floors, and how often events of each confidence are right.

    Exit status 1 if a figure fell below its floor.
    """
    evaluation.load_gold(gold, half)  # says so at once when there is nothing to compare with
    if floors is None and gold == CORPUS / "gold" and (CORPUS / "floors.toml").exists():
        floors = CORPUS / "floors.toml"
    report = evaluation.run(gold, _records(articles, model), floors, half)
    for line in (*evaluation.format_table(report), "", *evaluation.format_reliability(report)):
        print(line)  # noqa: T201
    for miss in report.misses[:errors]:
        print(miss)  # noqa: T201
    if report.short:
        raise SystemExit(1)


def _records(named: str, model: str | None) -> list[Record]:
    """The records in a file of records; else what pages give now."""
    if _holds_records(Path(named)):
        return [gold.record for gold in correction.load_records(Path(named))]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records.jsonl"
        store = open_store(str(path))
        for _ in run(Job([named]), [store], Task(model=model), Tally()):
            pass
        store.close()
        return [Record.model_validate_json(line) for line in path.open(encoding="utf-8")]


def _holds_records(path: Path) -> bool:
    """Whether a file holds records, not pages: both are JSON Lines."""
    if path.suffix != ".jsonl" or not path.is_file():
        return False
    with path.open("rb") as file:
        return b'"schema_version"' in file.readline(200)
