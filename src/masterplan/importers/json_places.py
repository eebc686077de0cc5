"""JSON values that know their place: the line an object begins in, and where its status stands.

The text is read by the standard library; a second pass over its tokens gives the places, in the
order in which the objects end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from masterplan.errors import InvalidPlan
from masterplan.importers.lines import line_at

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')


@dataclass(frozen=True, slots=True)
class Place:
    """Where an object begins, and where the value of its `status` stands, if it has one."""

    line: int
    start: int
    status: tuple[int, int] | None


class JsonObject(dict[str, object]):
    """An object of a JSON text, with its place."""

    place: Place


def read_json(text: str, *, offset: int = 0, line: int = 1) -> object:
    """Read one JSON value, whose places count from `offset` and `line`.

    Raises InvalidPlan with the line where it is none.
    """
    objects: list[JsonObject] = []

    def keep(pairs: list[tuple[str, object]]) -> JsonObject:
        objects.append(JsonObject(pairs))
        return objects[-1]

    try:
        value = json.loads(text, object_pairs_hook=keep, parse_constant=_refuse_constant)
    except RecursionError:
        raise InvalidPlan([f"line {line}: the values are nested too deeply"]) from None
    except json.JSONDecodeError as error:
        where = line + line_at(text, error.pos) - 1
        raise InvalidPlan([f"line {where}: this is no JSON ({error.msg})"]) from None
    except ValueError as error:
        raise InvalidPlan([f"line {line}: this is no JSON ({error})"]) from None
    for found, place in zip(objects, _places(text, offset=offset, line=line), strict=True):
        found.place = place
    return value


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no number in JSON")


@dataclass(slots=True)
class _Open:
    is_object: bool
    start: int
    line: int
    key: str = ""
    status: tuple[int, int] | None = None
    expects_key: bool = True


def _places(text: str, *, offset: int, line: int) -> Iterator[Place]:
    """Yield the places of all objects as they end; the text is valid JSON."""
    frames: list[_Open] = []
    seen = 0
    for found in _TOKEN.finditer(text):
        inner = frames[-1] if frames else None
        match found[0]:
            case "{" | "[":
                line += len(re.findall(r"\r\n|\r|\n", text[seen : found.start()]))
                seen = found.start()
                frames.append(_Open(found[0] == "{", found.start(), line))
            case "}" | "]":
                closed = frames.pop()
                if closed.is_object:
                    yield Place(closed.line, offset + closed.start, closed.status)
            case ":" | ",":
                if inner and inner.is_object:
                    inner.expects_key = found[0] == ","
            case _ if inner and inner.is_object and inner.expects_key:
                inner.key = found[0]
            case _ if inner and inner.is_object and inner.key == '"status"':
                inner.status = (offset + found.start(), offset + found.end())
