"""The table of names: what each is, traps included. The share that is right is printed and may not fall below a floor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import annotations
from pipeline.entities import who
from pipeline.records import Links

if TYPE_CHECKING:
    from spacy.language import Language

TABLE = Path(__file__).with_name("names.tsv")
FLOOR = 0.97
LEAST_ROWS = 400
_SEEN = {"aircraft_type", "aircraft", "airport", "country"}


def cases() -> list[tuple[str, str]]:
    lines = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return [(text, expected) for text, expected in lines[1:]]


def codes(links: Links) -> set[str]:
    return {value for value in links.model_dump().values() if value}


def matches(expected: str, types: list[tuple[str, Links]]) -> bool:
    """Whether the first thing seen is what is expected, or none of what is excluded."""
    if expected == "nothing":
        return not any(kind in _SEEN for kind, _ in types)
    if expected.startswith("!"):
        return all(kind != expected[1:] for kind, _ in types)
    kind, code = expected.split(":")
    if not types or types[0][0] != kind:
        return False
    links = types[0][1]
    if not code:
        return (links.icao_type if kind == "aircraft_type" else links.icao) is None
    return code in codes(links)


def seen_alone(name: str, expected: str) -> list[tuple[str, Links]]:
    answers = who(name)
    if expected == "nothing":
        answers = [answer for answer in answers if answer.score >= 0.9]
    return [(answer.type.value, answer.links) for answer in answers]


def seen_in(nlp: Language, sentences: list[str]) -> list[list[tuple[str, Links]]]:
    """What the pipeline sees at the bracketed name of each sentence, aircraft, airports and countries first."""
    seen = []
    with nlp.select_pipes(disable=[name for name in ("dateline_times", "dateline_events") if name in nlp.pipe_names]):
        docs = nlp.pipe([sentence.replace("[", "").replace("]", "") for sentence in sentences], batch_size=64)
        for sentence, doc in zip(sentences, docs, strict=True):
            start, end = sentence.index("["), sentence.index("]") - 1
            found = [
                (entity.type.value, entity.links)
                for entity in annotations.entities(doc)
                if any(mention.start < end and start < mention.end for mention in entity.mentions)
            ]
            seen.append(sorted(found, key=lambda item: item[0] not in _SEEN))
    return seen


def test_the_table_is_large() -> None:
    assert len(cases()) >= LEAST_ROWS


def test_names_are_what_the_table_says(nlp: Language) -> None:
    sentences = [text for text, _ in cases() if "[" in text]
    seen = dict(zip(sentences, seen_in(nlp, sentences), strict=True))
    seen |= {text: seen_alone(text, expected) for text, expected in cases() if "[" not in text}
    wrong = []
    for text, expected in cases():
        if not matches(expected, seen[text]):
            wrong.append(f"{text!r}: expected {expected}, saw {[(kind, sorted(codes(links))) for kind, links in seen[text][:3]]}")
    share = 1 - len(wrong) / len(cases())
    print(f"{share:.3f} of {len(cases())} names right")  # noqa: T201
    print("\n".join(wrong))  # noqa: T201
    assert share >= FLOOR, "\n".join(wrong)
