"""Tells a person or a model what is wrong with the shape of a plan document, and where.

Pydantic's own messages are for programmers; these name the task by its key, the line where it is
known, and what to write instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from pydantic_core import ErrorDetails

from masterplan.documents.text import Place, Reading
from masterplan.documents.wording import MAX_PROBLEMS, MAX_QUOTED, quoted, shortened
from masterplan.errors import Problem

_Path = Sequence[str | int]


def describe(
    errors: Sequence[ErrorDetails], reading: Reading, *, fields: Mapping[str, Sequence[str]]
) -> list[str]:
    """Say each problem in one line: `task storage, target_files[0] (line 9): is required`."""
    shown = [_describe_one(error, reading, fields) for error in errors[:MAX_PROBLEMS]]
    return shortened(shown, total=len(errors))


def _describe_one(
    error: ErrorDetails, reading: Reading, fields: Mapping[str, Sequence[str]]
) -> str:
    path = [step for step in error["loc"] if step != "[key]"]
    place = reading.place(path)
    line = f" (line {place.line})" if place else ""
    what = _what(error, place)
    if error["type"] == "extra_forbidden":
        what += _suggestion(path, fields)
    task = _task_at(path, reading)
    if task is None:
        said = f"{_spelled(path) or 'the document'}{line}: {what}"
        return Problem(said, task=None, field=_spelled(path)) if path[:1] == ["settings"] else said
    key, within = task
    inner = _spelled(within)
    where = f"task {key}, {inner}" if inner else f"task {key}"
    return Problem(f"{where}{line}: {what}", task=key, field=str(within[0]) if within else None)


def _task_at(path: _Path, reading: Reading) -> tuple[str, _Path] | None:
    """Return the key of the task that holds the place, and the way to the place within it."""
    for depth in range(len(path), 0, -1):
        if depth >= 2 and path[depth - 2] == "tasks":
            key = _value_at(reading.value, [*path[:depth], "key"])
            if isinstance(key, str) and _is_shown(key) and path[depth:] != ["key"]:
                return key, path[depth:]
    return None


def _is_shown(key: str) -> bool:
    return 0 < len(key) <= MAX_QUOTED and key.isprintable()


def _spelled(path: _Path) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{_field(step)}" for step in path)
    return "".join(steps).removeprefix(".")


def _field(name: str) -> str:
    return name if name.isidentifier() and len(name) <= MAX_QUOTED else quoted(name)


def _value_at(value: object, path: _Path) -> object:
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def _what(error: ErrorDetails, place: Place | None) -> str:
    context = error.get("ctx", {})
    got = _named(error["input"])
    match error["type"]:
        case "missing":
            return "is required; add it"
        case "extra_forbidden":
            return "is not a field of a plan document"
        case "string_type":
            return f"must be text, not {got}" + _quoting(error["input"], place)
        case "string_unicode":
            return "holds half of a character; write valid Unicode"
        case "string_too_short":
            return "is empty; write at least one character"
        case "string_too_long":
            return f"is longer than {context['max_length']:,} characters; shorten it"
        case "string_pattern_mismatch":
            return (
                f"{got} is not a valid key; use up to 100 letters, digits, dots, hyphens and "
                "underscores, and start with a letter or digit"
            )
        case "list_type":
            return f"must be a list, not {got}"
        case "dict_type" | "model_type" | "model_attributes_type":
            return f"must be a mapping of fields, not {got}"
        case "int_type" | "int_from_float" | "int_parsing" | "int_parsing_size":
            return f"must be a whole number, not {got}"
        case "bool_type":
            return f"must be true or false, not {got}"
        case "float_type" | "float_parsing" | "decimal_type" | "decimal_parsing" | "finite_number":
            return f"must be a number, not {got}"
        case "enum":
            return f"must be one of {context['expected']}, not {got}"
        case "greater_than":
            return f"must be more than {context['gt']}, not {got}"
        case "greater_than_equal":
            return f"must be at least {context['ge']}, not {got}"
        case "less_than_equal":
            return f"must be at most {context['le']}, not {got}"
        case "decimal_max_places":
            return f"has more than {context['decimal_places']} decimal places; round it"
        case "too_long":
            return f"has {context['actual_length']} entries, {context['max_length']} are allowed"
        case _:
            return error["msg"]


def _named(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case str():
            return quoted(value)
        case int() | float():
            return f"the number {value}"[:MAX_QUOTED]
        case list():
            return "a list"
        case dict():
            return "a mapping"
        case _:
            return f"a {type(value).__name__}"


def _quoting(value: object, place: Place | None) -> str:
    if isinstance(value, bool | int | float):
        written = place.written if place and place.written else str(value)
        return (
            f'; put it in quotes: "{written}"'
            if len(written) <= MAX_QUOTED
            else "; put it in quotes"
        )
    return ""


def _suggestion(path: _Path, fields: Mapping[str, Sequence[str]]) -> str:
    owner = next((step for step in reversed(path[:-1]) if isinstance(step, str)), "")
    known = fields[owner]
    close = get_close_matches(str(path[-1]), known, n=1)
    return f"; did you mean {close[0]}?" if close else f"; known here are {', '.join(known)}"
