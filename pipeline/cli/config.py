"""The file dateline.toml: options of `dateline extract` that are not to be typed each time.

In: a TOML file whose keys are the options' names without dashes in front, and `inputs`. Out: defaults for the command line, which
wins over the file. Raises UsageError for a file that is not there or no TOML, a key that is not known, and a value that does
not fit.

Keys are not listed here: they are the options that `extract` has.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperArgument, TyperOption

from pipeline.errors import UsageError, did_you_mean

FILE = "dateline.toml"
_NOT_IN_FILES = frozenset({"config", "force", "retry", "help"})
"""What is asked for once, and never for every run."""
_Parameter = TyperOption | TyperArgument


def add_to(app: typer.Typer) -> None:
    """Adds the command of this file."""
    app.command(epilog="Example:\n\n  dateline config > dateline.toml")(config)


def use_config(context: typer.Context, path: Path | None) -> Path | None:
    """The callback of --config: what the file says becomes the defaults of this command's own options."""
    if context.resilient_parsing:
        return path
    found, values = load(context, path)
    names = {parameter.name for parameter in context.command.params}
    context.default_map = {key: value for key, value in values.items() if key in names}
    return found


def load(context: typer.Context, path: Path | None) -> tuple[Path | None, dict[str, Any]]:
    """The file that holds, if any, and what it says, by the parameters' names."""
    if path is None:
        path = Path(FILE)
        if not path.exists():
            return None, {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is no TOML: {error}") from error
    known = parameters(context)
    values = {}
    for key, value in table.items():
        if key not in known:
            raise UsageError(f"{path}: there is no option {key!r}", did_you_mean(key, known))
        values[str(known[key].name)] = _value(context, path, key, known[key], value)
    return path, values


def parameters(context: typer.Context) -> dict[str, _Parameter]:
    """The parameters of `extract` that a file may set, by their keys."""
    root = context.find_root()
    command = root.command.get_command(root, "extract")  # type: ignore[attr-defined]
    return {_key(p): p for p in command.params if p.name not in _NOT_IN_FILES and _key(p) != "version"}


def _key(parameter: _Parameter) -> str:
    """The name of an option without its dashes; "inputs" for what stands without one."""
    if isinstance(parameter, TyperArgument):
        return str(parameter.name)
    return max(parameter.opts, key=len).lstrip("-")


def _value(context: typer.Context, path: Path, key: str, parameter: _Parameter, value: Any) -> Any:
    """A value as the command line would have given it."""
    if isinstance(value, dict) and key == "column":
        value = [f"{ours}={theirs}" for ours, theirs in value.items()]
    value = value.isoformat() if isinstance(value, date) else value
    several = parameter.nargs == -1 or getattr(parameter, "multiple", False)
    values = value if isinstance(value, list) else [value]
    flag = getattr(parameter, "is_flag", False)
    if (isinstance(value, list) and not several) or any(not _fits(v, flag) for v in values):
        wanted = "true or false" if flag else "one value or a list" if several else "one value"
        raise UsageError(f"{path}: {key} is {json.dumps(value, default=str)}, not {wanted}")
    given = [str(v) for v in values] if several else value
    try:
        parameter.process_value(context, given)
    except typer.BadParameter as error:
        raise UsageError(f"{path}: {key}: {error.message}") from error
    return given


def _fits(value: Any, flag: bool) -> bool:
    return isinstance(value, bool) if flag else isinstance(value, str | int | float) and not isinstance(value, bool)


def config(
    context: typer.Context,
    path: Annotated[Path | None, typer.Option("--config", metavar="FILE", help="This file rather than dateline.toml.")] = None,
) -> None:
    """Print the options that hold here, as a dateline.toml: what no file sets is commented out.

    Save it to start a file of your own: dateline config > dateline.toml
    """
    found, values = load(context, path)
    print(f"# Options of `dateline extract`. {f'Set by {found}.' if found else f'There is no {FILE} here.'}")  # noqa: T201
    for key, parameter in parameters(context).items():
        print("\n" + "\n".join(_shown(key, parameter, values)))  # noqa: T201


def _shown(key: str, parameter: _Parameter, values: Mapping[str, Any]) -> Iterator[str]:
    text = getattr(parameter, "help", None)
    if text:
        yield f"# {text}"
    name = str(parameter.name)
    if name in values:
        yield f"{key} = {_toml(values[name])}"
    elif parameter.default in (None, [], ()):
        yield f"# {key} is not set"
    else:
        yield f"# {key} = {_toml(parameter.default)}"


def _toml(value: Any) -> str:
    """A value in TOML; strings are written alike in JSON."""
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    return json.dumps(getattr(value, "value", value), ensure_ascii=False, default=str)
