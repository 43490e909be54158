"""Small inputs that the tests of several rooms share. All texts are our own."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline.records import (
    Article,
    Block,
    BlockKind,
    Entity,
    EntityType,
    Event,
    EventTime,
    EventType,
    Links,
    Mention,
    Novelty,
    NoveltyKind,
    Problem,
    Record,
    Span,
    Time,
    TimeType,
    Trigger,
)
from pipeline.stores import Outcome

SENTENCES = (
    "The transport left the northern base before dawn on Monday and reached the capital by noon.",
    "Officials of both ministries said the crew had filed its plan a week earlier.",
    "Residents near the runway heard the engines, and one of them wrote down the number on the tail.",
    "A spokesman declined to say what was on board or who had asked for the flight.",
)


def page(title: str, paragraphs: int = 6) -> str:
    """The html of a plain article page in English."""
    body = "".join(f"<p>{title}: {' '.join(SENTENCES)} ({n})</p>" for n in range(paragraphs))
    head = f'<meta charset="utf-8"><title>{title}</title><meta property="article:published_time" content="2024-07-09T10:41:00Z">'
    return f'<!doctype html><html lang="en"><head>{head}</head><body><article><h1>{title}</h1>{body}</article></body></html>'


def rows(path: Path, count: int) -> Path:
    """A JSONL file of `count` plain texts."""
    lines = [
        {"id": f"row{n}", "text": f"{SENTENCES[n % 4]} It was flight number {n}.", "published": "2024-07-09"}
        for n in range(count)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def record(article_id: str = "a1", source: str = "news/a.html", entities: int = 3) -> Record:
    """A record that uses every table: a flight with operator, aircraft and airport, and its contradiction."""
    text = "Jet lands\n\nAn Ił-62M of the Air Force landed at Sunan on Tuesday, trackers said."
    named = (
        ("Ilyushin Il-62M", EntityType.AIRCRAFT_TYPE, "Ił-62M", Links(icao_type="IL62"), None),
        ("Air Force", EntityType.ORGANIZATION, "Air Force", Links(country="RU"), None),
        ("Sunan International Airport", EntityType.AIRPORT, "Sunan", Links(icao="ZKPY", country="KP"), (39.224, 125.67)),
        ("trackers", EntityType.ORGANIZATION, "trackers", Links(), None),
    )
    found = []
    for number, (name, kind, words, links, place) in enumerate(named[:entities], 1):
        start = text.index(words)
        mention = Mention(start=start, end=start + len(words), text=words, finder="test")
        latitude, longitude = place or (None, None)
        found.append(
            Entity(
                id=f"e{number}", type=kind, name=name, mentions=(mention,), links=links, latitude=latitude, longitude=longitude
            )
        )
    start = text.index("landed")
    event = Event(
        id="v1",
        type=EventType.FLIGHT,
        action="landed",
        trigger=Trigger(start=start, end=start + 6, text="landed"),
        roles={"operator": ("e2",), "aircraft": ("e1",)} | ({"destination": ("e3",)} if entities > 2 else {}),
        time=EventTime(edtf="2024-07-09", earliest="2024-07-09T00:00:00", latest="2024-07-10T00:00:00", mentions=("t1",)),
        arrival=EventTime(edtf="2024-07-09T01:12Z"),
        attributed_to=("e4",) if entities > 3 else (),
        novelty=Novelty(kind=NoveltyKind.FIRST, scope="since the treaty"),
        attributes=("unannounced",),
        quantities={"killed": 0},
        evidence=(Span(start=11, end=len(text)),),
        summary="flight, ?→Sunan, 9 July 2024, first since treaty",
        confidence=0.9,
        problems=(Problem(code="arrival_before_departure", message="arrival 01:12 is before departure 04:10"),),
    )
    start = text.index("Tuesday")
    time = Time(id="t1", start=start, end=start + 7, text="Tuesday", type=TimeType.DATE, value="2024-07-09")
    blocks = (Block(kind=BlockKind.TITLE, start=0, end=9), Block(kind=BlockKind.PARAGRAPH, start=11, end=len(text)))
    article = Article(
        id=article_id, source=source, title="Jet lands", published="2024-07-09", language="en", text=text, blocks=blocks
    )
    return Record(article=article, entities=tuple(found), times=(time,), events=(event,))


def outcome(article_id: str = "a1", source: str = "news/a.html", fingerprint: str = "f1", entities: int = 3) -> Outcome:
    """A page that became a record."""
    return Outcome(source, fingerprint, article_id, record(article_id, source, entities).model_dump_json(exclude_none=True))
