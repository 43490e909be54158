"""What is known of aircraft types: families and their variants, makers, and the models of ICAO Doc 8643.

In: aircraft_families.tsv, aircraft_makers.tsv, aircraft_types.tsv.gz. Out: `Family` by id, a family's variant at a place of a
text, and Doc 8643's designators by maker and model.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from pipeline.entities.aircraft import shapes
from pipeline.entities.gazetteers import listed, rows
from pipeline.entities.matching import fold


@dataclass(frozen=True, slots=True)
class Family:
    """A row of aircraft_families.tsv."""

    id: str
    name: str
    icao: str | None
    makers: frozenset[str]
    kind: str
    variants: tuple[tuple[re.Pattern[str], str, str | None], ...]

    def variant(self, text: str, folded: str, number_end: int, end: int, letters: str) -> tuple[str, str | None, int]:
        """The variant that is written behind the family's name: its suffix, its code, and where it ends."""
        for pattern, _, code in self.variants:
            match = pattern.match(folded, number_end)
            if match and match.end() >= end and not (match["gap"] != "-" and _runs_together(text, number_end, match)):
                return text[number_end : match.end()].strip(" -"), code, match.end()
        customer = shapes.CUSTOMER.match(text, number_end) if "boeing" in self.makers else None
        if customer:
            series = f"{customer['series']}00"
            code = next((c for _, suffix, c in self.variants if suffix == series), self.icao)
            return series, code, customer.end()
        if letters:
            short = letters.split("-")[0].split("/")[0]
            code = next((c for _, s, c in self.variants if s in (fold(letters), fold(short))), self.icao)
            return letters, code, end
        return "", self.icao, end

    def end_of_name(self, text: str, at: int) -> int:
        """Where the last word of the family's own name ends that stands behind a designation: "JF-17 *Thunders*"."""
        last = self.name.rpartition(" ")[2]
        found = last.isalpha() and len(last) > 3 and re.compile(rf" {last}(?:s|es)?(?!\w)").match(text, at)
        return found.end() if found else at

    def display(self, variant: str, shown: str) -> str:
        """The entity's name: the family's, with the variant that the text gives."""
        if not variant:
            return self.name
        if shown:
            maker = max((m for m in self.makers if fold(self.name).startswith(f"{m} ")), key=len, default="")
            return f"{self.name[: len(maker)]} {shown}".strip()
        if variant[0].isdigit():
            return f"{self.name}{'-' if self.name[-1].isdigit() else ' '}{variant}"
        return f"{self.name} {variant}" if len(variant) > 2 else f"{self.name}{variant}"


def _runs_together(text: str, at: int, match: re.Match[str]) -> bool:
    """Whether figures would follow figures without a hyphen: "737 800" is no variant, "Citation 560" is one."""
    return text[at - 1].isdigit() and match["rest"][:1].isdigit()


def family(row: dict[str, str]) -> Family:
    """The family of a row."""
    variants = []
    for item in sorted(listed(row["variants"]), key=lambda v: -len(v.split("=")[0])):
        suffix, code = item.split("=")
        variants.append((_variant_pattern(suffix), suffix, code or None))
    return Family(row["id"], row["name"], row["icao"] or None, frozenset(listed(row["makers"])), row["kind"], tuple(variants))


def _variant_pattern(suffix: str) -> re.Pattern[str]:
    """How a suffix is written behind a family's name: "-800", "MAX 8", "neo"; behind figures, figures need a hyphen."""
    parts = re.findall(r"\d+|[a-z]+", suffix)
    rest = r"[- ]?".join(re.escape(part) for part in parts)
    gap = r"[- ]" if parts[0] == "max" else r"[- ]?"
    return re.compile(rf"(?P<gap>{gap})(?P<rest>{rest})(?=s?(?![\w]))")


def doc8643() -> tuple[dict[tuple[str, str], set[str]], dict[str, set[str]]]:
    """(maker, model) → designators, and designation → designators, of ICAO Doc 8643."""
    models: dict[tuple[str, str], set[str]] = defaultdict(set)
    codes: dict[str, set[str]] = defaultdict(set)
    known = sorted({fold(row["name"]) for row in rows("aircraft_makers.tsv")})
    of_maker: dict[str, list[str]] = {}
    for row in rows("aircraft_types.tsv.gz"):
        maker, model = row["maker"], row["model"]
        names = of_maker.get(maker)
        if names is None:
            plain = fold(maker)
            names = [n for n in known if plain == n or plain.startswith(f"{n} ") or n.startswith(f"{plain} ")]
            of_maker[maker] = names
        head = model.split(" ")[0]
        designation = shapes.key(head) if any(c.isdigit() for c in head) else ""
        for name in names:
            models[name, shapes.key(model)].add(row["icao"])
            if designation:
                models[name, designation].add(row["icao"])
        if designation:
            codes[designation].add(row["icao"])
    return models, codes
