"""The files beside the annotations: `<name>.txt`, the article's text, and `<name>.article.json`, what else is known of it.

In: a gold record; back: an `Article`. The text must stay as it is, as annotations point into it; UsageError says when it has
changed. Without an article file (a folder made by others) an article is made of the text alone.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from pydantic import ValidationError

from pipeline.errors import UsageError
from pipeline.evaluation import Gold, Half
from pipeline.records import Article, Block, BlockKind

_SUFFIX = ".article.json"
_HASH = "text_sha256"
_HELDOUT = "heldout"
_SENTENCE_END = re.compile(r"(?<!\b[A-Z])(?<!\bMr)(?<!\bDr)(?<!a\.m)(?<!p\.m)[.!?][\"”’)]*\s+(?=[\"“‘(]?[A-Z0-9])")
"""Good enough to show where a new event is told: a stop before a capital, unless it ends an initial, a title or a clock time."""


def is_beside(path: Path) -> bool:
    """Whether a file is an article's metadata, not its annotations."""
    return path.name.endswith(_SUFFIX)


def write(folder: Path, gold: Gold) -> None:
    """Writes text and metadata of one article."""
    article = gold.record.article
    (folder / f"{gold.stem}.txt").write_text(article.text, encoding="utf-8", newline="")
    content = article.model_dump(mode="json", exclude_defaults=True, exclude={"text"}) | {_HASH: _hash(article.text)}
    if gold.half is Half.HELDOUT:
        content[_HELDOUT] = True
    (folder / f"{gold.stem}{_SUFFIX}").write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read(path: Path) -> Article:
    """The article of a file of annotations. Raises UsageError when its text is not there or has changed."""
    stem = path.name.removesuffix(path.suffix)
    text_path, meta_path = path.with_name(f"{stem}.txt"), path.with_name(f"{stem}{_SUFFIX}")
    try:
        with text_path.open(encoding="utf-8", newline="") as file:
            text = file.read()
    except FileNotFoundError as error:
        raise UsageError(f"{path}: its text {text_path.name} is not beside it", "keep both files in one folder") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{text_path} is not UTF-8", "save it as UTF-8") from error
    if not meta_path.exists():
        return Article(id=stem, source=stem, text=text, blocks=_paragraphs(text))
    try:
        content = json.loads(meta_path.read_text(encoding="utf-8"))
        known = content.pop(_HASH, None)
        content.pop(_HELDOUT, None)
        if known not in (None, _hash(text)):
            raise UsageError(f"{text_path} has changed since it was written", "annotations point into it: put the old text back")
        return Article.model_validate(content | {"text": text})
    except json.JSONDecodeError as error:
        raise UsageError(f"{meta_path}, line {error.lineno}: {error.msg}") from error
    except ValidationError as error:
        told = error.errors()[0]
        raise UsageError(f"{meta_path}: {'.'.join(map(str, told['loc']))}: {told['msg']}") from error


def half(path: Path) -> Half:
    """Whether an article is one to measure on."""
    meta_path = path.with_name(f"{path.name.removesuffix(path.suffix)}{_SUFFIX}")
    held = meta_path.exists() and json.loads(meta_path.read_text(encoding="utf-8")).get(_HELDOUT)
    return Half.HELDOUT if held else Half.SEEN


def sentence(article: Article, span: tuple[int, int]) -> tuple[int, int]:
    """The sentence around a span, within its block."""
    block = next(((b.start, b.end) for b in article.blocks if b.start <= span[0] < b.end), (0, len(article.text)))
    ends = [block[0] + m.end() for m in _SENTENCE_END.finditer(article.text[block[0] : block[1]])]
    start = max((e for e in ends if e <= span[0]), default=block[0])
    end = min((e for e in ends if e >= span[1]), default=block[1])
    return start, start + len(article.text[start:end].rstrip())


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _paragraphs(text: str) -> tuple[Block, ...]:
    found = re.finditer(r"\S(?:.*?\S)??(?=\s*\n\s*\n|\s*\Z)", text, re.S)
    return tuple(Block(kind=BlockKind.PARAGRAPH, start=m.start(), end=m.end()) for m in found)
