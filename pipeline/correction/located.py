"""JSON whose objects know the line they begin on, so that a message can name it.

In: a file. Out: what `json` gives, with `Located` for objects. Raises UsageError with file and line for what is no JSON.
"""

from __future__ import annotations

import json
from json import decoder, scanner
from pathlib import Path
from typing import Any

from pipeline.errors import UsageError


class Located(dict[str, Any]):
    """A JSON object and its line in the file."""

    line: int = 1


class _Decoder(json.JSONDecoder):
    """The standard library's decoder in its Python form, as only that one takes a parser of objects."""

    def __init__(self) -> None:
        super().__init__()
        self.parse_object = self._object
        self.scan_once = scanner.py_make_scanner(self)  # type: ignore[attr-defined]

    def _object(self, text_and_end: tuple[str, int], *arguments: Any) -> tuple[Located, int]:
        text, begin = text_and_end
        value, end = decoder.JSONObject(text_and_end, *arguments)  # type: ignore[attr-defined]
        found = Located(value)
        found.line = text.count("\n", 0, begin) + 1
        return found, end


def read(path: Path) -> Located:
    """The object in a JSON file."""
    try:
        content = _Decoder().decode(path.read_text(encoding="utf-8-sig"))
    except json.JSONDecodeError as error:
        raise UsageError(f"{path}, line {error.lineno}, column {error.colno}: {error.msg}", "a comma or a quote?") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8", "save it as UTF-8") from error
    if not isinstance(content, Located):
        raise UsageError(f"{path} holds no JSON object")
    return content
