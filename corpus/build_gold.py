"""Gold records from annotated texts: offsets are computed, never typed.

    .venv/bin/python corpus/build_gold.py [STEM ...]        rewrite gold/ of these articles, or of all

In: annotations/<stem>.toml: the article's ideal text with inline marks, its entities and its events (README.md explains the
notation). Out: gold/<stem>.json in the shape of `pipeline.records.Record` and gold/<stem>.notes.json with what is optional
and which coarser places are right as well. An unknown key, an anchor that is missing or not unique, and a mark that is not
closed stop the script with the article's name.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.records import Article, Entity, Event, EventTime, Record

HERE = Path(__file__).resolve().parent

KINDS = {"=": "title", "#": "heading", "^": "caption", "-": "list_item", ">": "quote"}
NOT_ROLES = {
    "event", "id", "trigger", "also", "time", "departure", "arrival", "realis", "by", "novelty", "attributes", "quantities",
    "problems", "quote", "optional", "approximate",
}  # fmt: skip
MODS = {"APPROX", "START", "MID", "END", "BEFORE", "AFTER", "LESS_THAN", "MORE_THAN"}
TYPES = {"DATE", "TIME", "DURATION", "SET"}
SENTENCE_END = re.compile(r"(?<!\b[A-Z])(?<!\bMr)(?<!\bDr)(?<!a\.m)(?<!p\.m)[.!?][\"”’)]*\s+(?=[\"“‘(]?[A-Z0-9])")
"""Good enough for texts of our own: a stop before a capital, unless it ends an initial, a title or a clock time."""


class AnnotationError(Exception):
    """An annotation file contradicts itself."""


@dataclass
class Marked:
    """A text without its marks, and what the marks said: (start, end, key) of entities, (start, end, words of value) of times."""

    text: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list)
    mentions: list[tuple[int, int, str]] = field(default_factory=list)
    times: list[tuple[int, int, list[str]]] = field(default_factory=list)


def read_marks(source: str) -> Marked:
    """Blocks are separated by blank lines; the first character of a block may name its kind."""
    out = Marked()
    for raw in re.split(r"\n\s*\n", source.strip()):
        kind, line = "paragraph", " ".join(raw.split())
        if line[0] in KINDS and line[1] == " ":
            kind, line = KINDS[line[0]], line[2:]
        if out.text:
            out.text += "\n\n"
        start = len(out.text)
        read_block(line, out)
        out.blocks.append({"kind": kind, "start": start, "end": len(out.text)})
    return out


def read_block(line: str, out: Marked) -> None:
    """`{key|words}` is a mention, `{@value|words}` a time; marks nest."""
    stack: list[tuple[str, int]] = []
    i = 0
    while i < len(line):
        if line[i] == "{":
            bar = line.index("|", i)
            stack.append((line[i + 1 : bar], len(out.text)))
            i = bar + 1
            continue
        if line[i] == "}":
            key, start = stack.pop()
            if key.startswith("@"):
                out.times.append((start, len(out.text), key[1:].split()))
            else:
                out.mentions.append((start, len(out.text), key))
        else:
            out.text += line[i]
        i += 1
    if stack:
        raise AnnotationError(f"mark {stack[-1][0]!r} is not closed in {line[:60]!r}")


def locate(anchor: str, text: str) -> tuple[int, int]:
    """Where `anchor` stands; "[…]" inside it marks the part that is meant, the rest is context to make it unique."""
    plain = anchor.replace("[", "").replace("]", "")
    n = text.count(plain)
    if n != 1:
        raise AnnotationError(f"anchor {anchor!r} occurs {n} times")
    start = text.index(plain)
    if "[" in anchor:
        return start + anchor.index("["), start + anchor.index("]") - 1
    return start, start + len(plain)


def sentence(span: tuple[int, int], marked: Marked) -> dict[str, int]:
    """The sentence of the block around a span."""
    block = next(b for b in marked.blocks if b["start"] <= span[0] < b["end"])
    body = marked.text[block["start"] : block["end"]]
    ends = [m.end() for m in SENTENCE_END.finditer(body)]
    start = max((e for e in ends if e <= span[0] - block["start"]), default=0)
    end = min((e for e in ends if e >= span[1] - block["start"]), default=len(body))
    return {"start": block["start"] + start, "end": block["start"] + start + len(body[start:end].rstrip())}


# ---------------------------------------------------------------------------------------------------------------------- times


def interval(edtf: str | None) -> tuple[str | None, str | None]:
    """The half-open interval of a calendar value; (None, None) for durations, sets, seasons and references."""
    value = (edtf or "").rstrip("?~%")
    if "/" in value:
        left, right = value.split("/")
        return interval(left)[0] if left != ".." else None, interval(right)[1] if right != ".." else None
    if m := re.fullmatch(r"(\d{4})-W(\d\d)", value):
        monday = datetime.fromisocalendar(int(m[1]), int(m[2]), 1)
        return monday.isoformat(), (monday + timedelta(days=7)).isoformat()
    m = re.fullmatch(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(Z|[+-]\d\d:\d\d)?)?)?)?", value)
    if not m or int(m[2] or 1) > 12:  # 21…24 are EDTF seasons
        return None, None
    year, month, day, hour, minute = (int(x) if x else None for x in m.groups()[:5])
    start = datetime(year or 1, month or 1, day or 1, hour or 0, minute or 0)
    if hour is not None:
        end, zone = start + timedelta(minutes=1), (m[6] or "").replace("Z", "+00:00")
        return start.isoformat() + zone, end.isoformat() + zone
    if day:
        end = start + timedelta(days=1)
    elif month:
        end = datetime(start.year + month // 12, month % 12 + 1, 1)
    else:
        end = datetime(start.year + 1, 1, 1)
    return start.isoformat(), end.isoformat()


def build_times(marked: Marked) -> list[dict[str, Any]]:
    """TIMEX3 of the marks; type by the form of the value unless the mark names it."""
    out = []
    for n, (start, end, words) in enumerate(sorted(marked.times, key=lambda t: t[0]), 1):
        value = next(w for w in words if w not in MODS | TYPES)
        kind = next((w for w in words if w in TYPES), None)
        kind = kind or (
            "DURATION" if re.match(r"P(?!AST|RESENT)", value) else "TIME" if "T" in value and "_REF" not in value else "DATE"
        )
        mod = next((w for w in words if w in MODS), None)
        earliest, latest = interval(value) if kind in ("DATE", "TIME") else (None, None)
        out.append(
            {"id": f"t{n}", "start": start, "end": end, "text": marked.text[start:end], "type": kind, "value": value, "mod": mod,
             "earliest": earliest, "latest": latest, "approximate": mod == "APPROX"}
        )  # fmt: skip
    return out


# ------------------------------------------------------------------------------------------------------------------- entities


def build_entities(rows: dict[str, str], marked: Marked) -> tuple[list[dict[str, Any]], dict[str, str], list[str]]:
    """`key = "type | name | code=value …"`; a "?" after the type makes the entity optional. Ids follow the first mention."""
    if strange := {k for _, _, k in marked.mentions} - set(rows):
        raise AnnotationError(f"marks without an entity: {', '.join(sorted(strange))}")
    first = {
        k: min(s for s, _, key in marked.mentions if key == k) for k in rows if any(key == k for _, _, key in marked.mentions)
    }
    if unused := set(rows) - set(first):
        raise AnnotationError(f"entities without a mention: {', '.join(sorted(unused))}")
    ids = {key: f"e{n}" for n, key in enumerate(sorted(first, key=lambda k: (first[k], k)), 1)}
    out, optional = [], []
    for key, entity_id in ids.items():
        kind, name, *codes = (x.strip() for x in rows[key].split("|"))
        if kind.endswith("?"):
            optional.append(entity_id)
        mentions = [{"start": s, "end": e, "text": marked.text[s:e]} for s, e, k in sorted(marked.mentions) if k == key]
        links = dict(c.split("=") for c in codes[0].split()) if codes else {}
        out.append({"id": entity_id, "type": kind.rstrip("?"), "name": name, "mentions": mentions, "links": links})
    return out, ids, optional


# --------------------------------------------------------------------------------------------------------------------- events


def build_event(
    row: dict[str, Any], number: int, names: dict[str, str], ids: dict[str, str], marked: Marked, times: list[dict[str, Any]]
) -> dict[str, Any]:
    """One event: anchors to offsets, keys to ids."""
    spans = [locate(a, marked.text) for a in (row["trigger"], *row.get("also", []))]
    evidence = sorted({(s["start"], s["end"]) for s in (sentence(span, marked) for span in spans)})
    kind, _, action = row["event"].partition(" ")
    roles = {role: refs(keys, ids) for role, keys in row.items() if role not in NOT_ROLES}
    event: dict[str, Any] = {
        "id": f"v{number}",
        "type": kind,
        "action": action or None,
        "trigger": {"start": spans[0][0], "end": spans[0][1], "text": marked.text[slice(*spans[0])]},
        "roles": roles,
        "realis": row.get("realis", "actual"),
        "attributed_to": refs(row.get("by", []), ids),
        "attributes": row.get("attributes", []),
        "quantities": row.get("quantities", {}),
        "quote": row.get("quote"),
        "evidence": [{"start": s, "end": e} for s, e in evidence],
        "confidence": 1.0,
        "problems": [{"code": p, "message": "stated so in the article"} for p in row.get("problems", [])],
    }
    for slot in ("time", "departure", "arrival"):
        if row.get(slot):
            event[slot] = build_time(row[slot], evidence, times, row.get("approximate", False))
    if row.get("novelty"):
        novelty, scope, since, *_ = [*(x.strip() or None for x in row["novelty"].split("|")), None, None]
        if since and since not in names:
            raise AnnotationError(f"novelty counts from an unknown event {since!r}")
        event["novelty"] = {"kind": novelty, "scope": scope, "since_event": names[since] if since else None}
    return event


def refs(keys: list[str], ids: dict[str, str]) -> list[str]:
    """Entity ids of annotation keys."""
    if not isinstance(keys, list) or (strange := [k for k in keys if k not in ids]):
        raise AnnotationError(f"unknown entities or role: {keys if not isinstance(keys, list) else strange}")
    return [ids[k] for k in keys]


def build_time(edtf: str, evidence: list[tuple[int, int]], times: list[dict[str, Any]], approximate: bool) -> dict[str, Any]:
    """The event's time, and the expressions in its evidence that say so."""
    earliest, latest = interval(edtf)
    said = [t["id"] for t in times if t["value"] == edtf.rstrip("?~") and any(s <= t["start"] < e for s, e in evidence)]
    return EventTime(edtf=edtf, earliest=earliest, latest=latest, approximate=approximate, mentions=tuple(said)).model_dump()


def summary(event: dict[str, Any], entities: dict[str, str]) -> str:
    """Type, route or parties, date, novelty."""

    def name(role: str) -> str:
        return ", ".join(entities[i] for i in event["roles"].get(role, []))

    if name("origin") and name("destination"):
        who = f"{name('origin')}→{name('destination')}"
    else:
        roles = (
            "parties",
            "participants",
            "speaker",
            "visitor",
            "operator",
            "imposer",
            "actor",
            "supplier",
            "recipient",
            "destination",
            "place",
        )
        who = " · ".join(n for n in map(name, roles) if n)
    date = (event.get("time") or {}).get("edtf") or ""
    novelty = (event.get("novelty") or {}).get("kind") or ""
    return ", ".join(x for x in (event["type"], who, date, novelty) if x)


def build(path: Path) -> tuple[Record, dict[str, Any]]:
    """The gold record of one annotation file, and its notes."""
    source = tomllib.loads(path.read_text(encoding="utf-8"))
    marked = read_marks(source["text"])
    times = build_times(marked)
    entities, ids, optional = build_entities(source.get("entities", {}), marked)
    labels = {e["id"]: e["name"] for e in entities}
    names = {row["id"]: f"v{n}" for n, row in enumerate(source.get("events", []), 1) if "id" in row}
    events = []
    for n, row in enumerate(source.get("events", []), 1):
        event = build_event(row, n, names, ids, marked, times)
        events.append(Event.model_validate(event | {"summary": summary(event, labels)}))
        if row.get("optional"):
            optional.append(f"v{n}")
    title = next((marked.text[b["start"] : b["end"]] for b in marked.blocks if b["kind"] == "title"), None)
    captions = [marked.text[b["start"] : b["end"]] for b in marked.blocks if b["kind"] == "caption"]
    images = [
        {"caption": c, **more}
        for c, more in zip(captions, [*source["article"].pop("images", []), *[{}] * len(captions)], strict=False)
    ]
    article = Article.model_validate(
        {
            "id": path.stem,
            "source": f"corpus/articles/{path.stem}.html",
            "title": title,
            "language": "en",
            "text": marked.text,
            "blocks": marked.blocks,
            "images": images,
        }
        | source["article"]
    )
    record = Record.model_validate(
        {"article": article, "entities": [Entity.model_validate(e) for e in entities], "times": times, "events": events}
    )
    within = {ids[k]: refs(v, ids) for k, v in source.get("within", {}).items()}
    notes = {"optional": optional, "within": within}
    return record, notes | ({"heldout": True} if source.get("heldout") else {})


def dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def main(stems: list[str]) -> int:
    for path in sorted((HERE / "annotations").glob("*.toml")):
        if stems and path.stem not in stems:
            continue
        try:
            record, notes = build(path)
        except (AnnotationError, ValueError, KeyError, IndexError) as error:
            print(f"{path.stem}: {type(error).__name__}: {error}", file=sys.stderr)
            return 1
        gold = HERE / "gold"
        gold.mkdir(exist_ok=True)
        (gold / f"{path.stem}.json").write_text(
            dump(record.model_dump(mode="json", exclude_defaults=True) | {"schema_version": record.schema_version}),
            encoding="utf-8",
        )
        (gold / f"{path.stem}.notes.json").write_text(dump(notes), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
