"""What the publisher says in JSON-LD: a witness, seldom complete and sometimes about another page.

In: the JSON-LD scripts of a page. Out: `Structured`. Never raises for bad data: a script that cannot be read says
nothing, but its plain string fields are still picked out, since a single stray comma spoils one script in thirty.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bs4 import BeautifulSoup

from pipeline.article.limits import MAX_FIELD, MAX_TEXT

# schema.org's Article and its kinds, https://schema.org/Article#subtypes
_ARTICLES = frozenset(
    [
        "Article",
        "NewsArticle",
        "AnalysisNewsArticle",
        "AskPublicNewsArticle",
        "BackgroundNewsArticle",
        "OpinionNewsArticle",
        "ReportageNewsArticle",
        "ReviewNewsArticle",
        "AdvertiserContentArticle",
        "Report",
        "SatiricalArticle",
        "ScholarlyArticle",
        "SocialMediaPosting",
        "BlogPosting",
        "LiveBlogPosting",
        "DiscussionForumPosting",
        "TechArticle",
    ]
)
# What may be published and have an author without being an article.
_PAGES = frozenset(
    ("WebPage", "ItemPage", "AboutPage", "HowTo", "Recipe", "Review", "CreativeWork", "QAPage", "Question", "Chapter")
)
_VIDEOS = frozenset(("VideoObject",))
_LISTS = frozenset(("ItemList", "CollectionPage", "SearchResultsPage"))
_ORGANISATIONS = frozenset(("Organization", "NewsMediaOrganization", "Corporation", "NGO", "GovernmentOrganization"))
_MAX_NODES = 2_000
_MAX_LEVEL = 12
_LOOSE = re.compile(r'"(headline|datePublished|dateModified|articleBody)"\s*:\s*"((?:[^"\\]|\\.){1,200000})"')


@dataclass(slots=True)
class Structured:
    """The fields that were found."""

    types: frozenset[str] = frozenset()
    headline: str | None = None
    body: str | None = None
    published: str | None = None
    modified: str | None = None
    persons: list[str] = field(default_factory=list)
    organisations: list[str] = field(default_factory=list)
    publisher: str | None = None
    section: str | None = None
    keywords: list[str] = field(default_factory=list)
    url: str | None = None
    language: str | None = None

    @property
    def is_article(self) -> bool:
        """Whether an article was described."""
        return bool(self.types & _ARTICLES)

    @property
    def is_news(self) -> bool:
        """Whether it is called a news article: a blog's plugin writes `Article` with the search engine's title as headline."""
        return any(t.endswith("NewsArticle") for t in self.types) or "LiveBlogPosting" in self.types

    @property
    def is_video(self) -> bool:
        """Whether a film and no article was described."""
        return bool(self.types & _VIDEOS) and not self.is_article

    @property
    def is_list(self) -> bool:
        """Whether a list of pages and no article was described."""
        return bool(self.types & _LISTS) and not self.is_article


def read(scripts: tuple[str, ...], headline_hint: str | None = None) -> Structured:
    """The article that the scripts describe; of several the one with the page's own title, else the first."""
    nodes: list[dict[str, Any]] = []
    loose: dict[str, str] = {}
    for script in scripts:
        data = _load(script)
        if data is None:
            for key, value in _LOOSE.findall(script):
                loose.setdefault(key, value)
        else:
            nodes += _nodes(data)
    by_id = {str(n["@id"]): n for n in nodes if isinstance(n.get("@id"), str) and len(n) > 1}
    articles = [
        n for n in nodes if _types(n) & _ARTICLES and (_text(n.get("headline")) or _text(n.get("name")) or n.get("datePublished"))
    ]
    chosen = _best(articles, headline_hint)
    out = Structured(types=frozenset().union(*(_types(n) for n in nodes)) if nodes else frozenset())
    if chosen is not None:
        _fill(out, chosen, by_id)
    else:
        page = next((n for n in nodes if _types(n) & _PAGES and (n.get("datePublished") or n.get("author"))), None)
        if page is not None:
            out.published, out.modified = _text(page.get("datePublished")), _text(page.get("dateModified"))
            out.persons, out.organisations = _authors(page.get("author"), by_id)
    out.headline = out.headline or _unescape(loose.get("headline"))
    out.published = out.published or _text(loose.get("datePublished"))
    out.modified = out.modified or _text(loose.get("dateModified"))
    out.body = out.body or _plain(_unescape(loose.get("articleBody")))
    return out


def _load(script: str) -> Any:
    cleaned = script.strip().removeprefix("<![CDATA[").removesuffix("]]>").strip().rstrip(";")
    for candidate in (cleaned, html.unescape(cleaned) if "&quot;" in cleaned else None):
        if candidate:
            try:
                return json.loads(candidate, strict=False)
            except (ValueError, RecursionError):
                continue
    return None


def _nodes(data: Any) -> list[dict[str, Any]]:
    """All objects that stand on their own: the top ones, a graph's, and the main entity of a page."""
    out: list[dict[str, Any]] = []
    stack: list[tuple[Any, int]] = [(data, 0)]
    while stack and len(out) < _MAX_NODES:
        value, level = stack.pop()
        if level > _MAX_LEVEL:
            continue
        if isinstance(value, list):
            stack += [(v, level + 1) for v in reversed(value[:_MAX_NODES])]
        elif isinstance(value, dict):
            out.append(value)
            stack += [
                (value[k], level + 1)
                for k in ("mainEntity", "mainEntityOfPage", "@graph")
                if isinstance(value.get(k), (list, dict))
            ]
    return out


def _types(node: dict[str, Any]) -> frozenset[str]:
    value = node.get("@type")
    values = value if isinstance(value, list) else [value]
    return frozenset(v.rsplit("/", 1)[-1] for v in values if isinstance(v, str))


def _best(articles: list[dict[str, Any]], hint: str | None) -> dict[str, Any] | None:
    if not articles:
        return None
    if hint:
        want = set(re.findall(r"\w+", hint.lower()))

        def overlap(node: dict[str, Any]) -> float:
            have = set(re.findall(r"\w+", (_text(node.get("headline")) or "").lower()))
            return len(want & have) / max(1, len(want | have))

        # max() keeps the first of equals.
        return max(articles, key=lambda n: round(overlap(n), 1))
    return articles[0]


def _fill(out: Structured, node: dict[str, Any], by_id: dict[str, dict[str, Any]]) -> None:
    out.headline = _plain(_text(node.get("headline")) or _text(node.get("name")))
    body = _text(node.get("articleBody"), MAX_TEXT * 2)
    out.body = _plain(body)
    if "LiveBlogPosting" in _types(node) and isinstance(node.get("liveBlogUpdate"), list):
        updates = [_plain(_text(u.get("articleBody"), MAX_TEXT)) for u in node["liveBlogUpdate"][:500] if isinstance(u, dict)]
        out.body = "\n".join([out.body or "", *(u for u in updates if u)]).strip() or None
    out.published, out.modified = _text(node.get("datePublished")), _text(node.get("dateModified"))
    out.persons, out.organisations = _authors(node.get("author") or node.get("creator"), by_id)
    publisher = _resolve(node.get("publisher") or node.get("sourceOrganization"), by_id)
    out.publisher = _text(publisher.get("name")) if isinstance(publisher, dict) else _text(publisher)
    section = node.get("articleSection")
    out.section = _text(section[0] if isinstance(section, list) and section else section)
    keywords = node.get("keywords")
    out.keywords = keyword_list(keywords)
    url = node.get("url") or node.get("mainEntityOfPage")
    out.url = _text(url.get("@id")) if isinstance(url, dict) else _text(url)
    out.language = _text(node.get("inLanguage"))


def keyword_list(value: Any) -> list[str]:
    """Keywords as a list, however they were written."""
    parts = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    cleaned = (_text(p) for p in parts[:100])
    return list(dict.fromkeys(k for k in cleaned if k and "://" not in k and not re.match(r"\w+:", k)))


def _resolve(value: Any, by_id: dict[str, dict[str, Any]]) -> Any:
    value = value[0] if isinstance(value, list) and value else value
    if isinstance(value, dict) and "name" not in value and isinstance(value.get("@id"), str):
        return by_id.get(value["@id"], value)
    return value


def _authors(value: Any, by_id: dict[str, dict[str, Any]]) -> tuple[list[str], list[str]]:
    persons: list[str] = []
    organisations: list[str] = []
    for item in _flat(value):
        item = _resolve(item, by_id)
        if isinstance(item, dict):
            target = organisations if _types(item) & _ORGANISATIONS else persons
            names = item.get("name")
            target += [n for n in (_text(x) for x in (names if isinstance(names, list) else [names])) if n]
        elif isinstance(item, str) and (text := _text(item)):
            persons.append(text)
    return persons[:50], organisations[:50]


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value[:50]:
            yield from _flat(item) if isinstance(item, list) and item is not value else (item,)
    elif value is not None:
        yield value


def _text(value: Any, limit: int = MAX_FIELD) -> str | None:
    """A usable string, or None."""
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    if not isinstance(value, str) or not value.strip() or len(value) > limit:
        return None
    return html.unescape(value).strip()


def _plain(value: str | None) -> str | None:
    """Without markup, which some publishers leave in; paragraphs stay lines."""
    if not value:
        return None
    if "<" in value and ">" in value:
        value = BeautifulSoup(value, "lxml").get_text("\n")
    return value.strip() or None


def _unescape(value: str | None) -> str | None:
    if value is None:
        return None
    try:
        loaded = json.loads(f'"{value}"', strict=False)
    except ValueError:
        return value
    return str(loaded)
