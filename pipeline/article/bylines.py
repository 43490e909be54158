"""Who wrote it, as the page itself shows: marked elements, lines that say so, a name alone above or below the text.

In: the segments, the elements that by their names hold a writer's, the site, the body's place. Out: `Names`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache

from pipeline.article import authors
from pipeline.article.lexicon import any_of, words
from pipeline.article.parsing import Element
from pipeline.article.segments import Marked, Segment, Segmented, collapse, names_of
from pipeline.article.witnesses import squeeze
from pipeline.records import BlockKind

_MAX_BYLINE = 160
# Segments above the body in which a by-line may stand.
_ABOVE = 60
# Characters of a line with two names.
_SIGNATURE = 60
# Segments above the body in which a line that opens with "By" is surely this article's.
_NEAR = 6
# Share of a line that is names, for it to be a by-line without saying so.
_MOSTLY = 0.65
# Elements looked at; more are lists of other articles.
_LOOKED = 12


_NAME = r"[^\W\d_a-zß-ÿ][\w’'-]+"


@cache
def _introduced() -> re.Pattern[str]:
    """A full name, and what its bearer is."""
    title, particle, copula = ("|".join(words("authors", "introduced", key)) for key in ("titles", "particles", "copulas"))
    return re.compile(
        rf"\W*(?:(?:{title})\.? ){{0,2}}(?P<name>{_NAME}(?: [A-Z]\.)?(?: (?:{particle}))*"
        rf"(?: {_NAME}){{1,2}}),? (?:{copula}) (?P<calling>.{{3,120}})"
    )


@lru_cache(maxsize=4_096)
def _is(key: str, names: str) -> bool:
    """Whether an element's names say this; the same few names recur all over a page."""
    return any_of("boilerplate", "bylines", key).search(names) is not None


def shows(segments: list[Segment], names: list[str]) -> bool:
    """Whether the page shows one of these names anywhere."""
    keys = [squeeze(n) for n in names]
    return any(k in line for s in segments if (line := squeeze(s.text)) for k in keys)


def signs(shown: Segmented, start: int | None, names: list[str]) -> bool:
    """Whether each of these names stands above the text in an element that is marked as a by-line."""
    near = [s for s in shown.signed if start is not None and start - _ABOVE <= s.index <= start + 2]
    texts = [squeeze("".join(map(str, s.element.itertext()))) for s in near[:_LOOKED]]
    return all(" " in n and any(squeeze(n) == t for t in texts) for n in names)


def read(segments: list[Segment], signed: list[Marked], site: str | None, start: int | None) -> authors.Names:
    """The names, from the first of these that gives a person: elements above the body, lines, a bare name, elements below."""
    # What holds the body as well is not elsewhere, whatever its name: a whole blog may be a "widget".
    own = {n.element for n in segments[start].node.chain()} if start is not None else set()
    found = [s for s in signed if not _is("not_author", s.names) and not elsewhere(s, own)]
    near = [s for s in found if start is None or start - _ABOVE <= s.index <= start + 2]
    far = [s for s in found if start is not None and s.index > start + 2]
    out = authors.Names()
    attempts: tuple[tuple[bool, Callable[[], authors.Names]], ...] = (
        (True, lambda: _marked([s for s in near if not s.linked][:_LOOKED], site)),
        (True, lambda: authors.parse(_lines(segments, start, own), site, True)),
        (True, lambda: _marked([s for s in near if s.linked][-2:], site)),
        (False, lambda: authors.Names(_signature(segments, start, site))),
        (False, lambda: _marked([s for s in far if not s.linked][:_LOOKED], site)),
        (False, lambda: authors.Names(_credited(segments[start or 0 :], own, site))),
    )
    for strong, attempt in attempts:
        names = attempt()
        out.add(authors.Names([], names.organisations))
        out.persons = names.persons
        # A report that is credited to an agency or a desk is not by the person that is named elsewhere.
        if names.persons or (strong and any(squeeze(n) != squeeze(site or "") for n in names.organisations)):
            break
    return out


def elsewhere(s: Marked, own: set[Element]) -> bool:
    """Whether an element stands in comments, a box or a list; what holds the body (`own`) does not count."""
    if _is("elsewhere", s.names):
        return True
    for above in s.element.iterancestors():
        if above in own:
            return False
        if above.attrib and _is("elsewhere", names_of(above)):
            return True
    return False


def _marked(found: list[Marked], site: str | None) -> authors.Names:
    """The names of the first elements that give some, of those that hold no other; where none does, of the others."""
    outer = {a for s in found for a in s.element.iterancestors()}
    organisations = authors.Names()
    for group in ([s for s in found if s.element not in outer], [s for s in found if s.element in outer]):
        out = authors.Names()
        last: int | None = None
        for s in group:
            if last is not None and s.index - last > 3:
                break
            text = _text(s)
            names = authors.parse([text], site, _is("nickname", s.names) or s.element.tag == "a") if text else None
            if names is not None and (names.persons or names.organisations):
                last = s.index
                out.add(names)
        if out.persons:
            return out
        organisations.add(out)
    return organisations


def _text(s: Marked) -> str | None:
    inner = next((e for e in s.element.iter() if e is not s.element and e.get("itemprop") == "name"), None)
    target = s.element if inner is None else inner
    text = collapse(target.get("content") or "".join(map(str, target.itertext()))[: 4 * _MAX_BYLINE])
    return text if 0 < len(text) <= _MAX_BYLINE else None


def _lines(segments: list[Segment], start: int | None, own: set[Element]) -> list[str]:
    """Short runs of text above the body that open with "By", or say who posted it."""
    lines = segments if start is None else segments[max(0, start - _ABOVE) : start + 3]
    for s in lines:
        if len(s.text) > _MAX_BYLINE or any(_is("elsewhere", n.names) for n in s.node.up(6) if n.element not in own):
            continue
        if any_of("boilerplate", "bylines", "opening").match(s.text) and len(s.text.split()) <= 14:
            if authors.parse([s.text]).persons:
                return [s.text]
            name = any_of("boilerplate", "bylines", "opening").sub("", s.text, count=1)
            end = any_of("boilerplate", "bylines", "ends").search(name)
            if end and authors.parse([name[: end.start()]]).persons:
                return [name[: end.start()]]
            continue
        found = any_of("boilerplate", "bylines", "inner").search(s.text)
        if found:
            name = found["name"] or found["name2"] or found["name3"]
            end = any_of("boilerplate", "bylines", "ends").search(name)
            return [name[: end.start()] if end else name]
    return []


def _signature(segments: list[Segment], start: int | None, site: str | None) -> list[str]:
    """A bare name beside a date under the headline, or alone on the first or the last line of the text."""
    if start is None:
        return []
    for s in segments[max(0, start - 12) : start + 3]:
        if len(s.text) <= 90 and s.link_density < 1 and s.kind is not BlockKind.HEADING:
            rest = authors.without_date(s.text)
            alone = rest == s.text and s.node.tag == "p" and start - 2 <= s.index <= start
            if rest != s.text:
                rest = any_of("boilerplate", "bylines", "modified").sub(" ", rest).strip(" |:–—-,")
            found = bare_names(rest, site)
            if (rest != s.text or alone) and found and len("".join(found)) > _MOSTLY * len(rest):
                return found
    return []


def _credited(segments: list[Segment], own: set[Element], site: str | None) -> list[str]:
    """A line in or below the text that labels the writer: "Author: Jane Doe"."""
    for s in segments:
        found = any_of("boilerplate", "bylines", "credit").search(s.text) if len(s.text) <= _SIGNATURE + 20 else None
        if (
            found
            and "furniture" not in s.marks
            and not any(_is("elsewhere", n.names) for n in s.node.up(6) if n.element not in own)
        ):
            names = authors.parse([found["name"].replace("、", ",")], site).persons
            if names:
                return names
    return []


def opened(segments: list[Segment], start: int | None, site: str | None) -> authors.Names:
    """The names in a line of its own right above or at the head of the text that opens with "By" and holds full names."""
    if start is None:
        return authors.Names()
    for s in segments[max(0, start - _NEAR) : start + 3]:
        if len(s.text) <= _MAX_BYLINE and opens(s):
            names = authors.parse([authors.without_date(s.text)], site)
            names.persons = [n for n in names.persons if 2 <= len(n.split()) <= 4]
            if names.persons:
                return names
    return authors.Names()


def opens(s: Segment) -> bool:
    """Whether a line is a by-line that says so."""
    short = len(s.text.split()) <= 14 and s.text[-1] not in ".!?" and s.kind is not BlockKind.HEADING
    return short and any_of("boilerplate", "bylines", "opening").match(s.text) is not None


def bare_names(text: str, site: str | None) -> list[str]:
    """The full names in a line that holds names and nothing else."""
    names = (n.split() for n in authors.parse([text], site).persons)
    doubtful = frozenset(words("authors", "names", "doubtful"))
    # "Links zur Sendung": in no other place than a name's is a preposition a particle.
    return [" ".join(n) for n in names if 2 <= len(n) <= 4 and doubtful.isdisjoint(n)]


def signature(s: Segment, site: str | None) -> list[str]:
    """The names in a line that holds nothing else, but perhaps the day."""
    if s.kind is not BlockKind.PARAGRAPH or len(s.text) > _SIGNATURE or s.text[-1] in ".!?:":
        return []
    rest = authors.without_date(s.text).strip(" ,|")
    names = bare_names(rest, site)
    if not names and rest != s.text and rest.isalpha() and rest.istitle():
        names = authors.parse([rest], site, True).persons
    return names if squeeze("".join(names)) == squeeze(rest) else []


def introduced(text: str, before: str) -> str | None:
    """The writer whom the last lines introduce, though the text has not spoken of that person: "Jane Doe is a lecturer at …"."""
    found = _introduced().match(text)
    if not found or found["name"].split()[-1] in before:
        return None
    said = set(re.findall(r"[\w-]+", found["calling"].lower()))
    return found["name"] if said & set(words("authors", "roles", "callings")) else None
