"""Reads the text of a plan document, YAML or JSON, into plain values that know their line.

YAML as PyYAML's loader reads it is a poor fit for documents written by people and models: `no`
becomes false, `1:30` becomes 90, a repeated key silently wins, ten lines of aliases expand to
gigabytes and deep nesting overflows the stack. Here the events of its parser are taken one by one:
only the scalar types of YAML 1.2's core schema (section 10.3) are known, each key is text and may
stand once, and nesting and aliases are bounded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import yaml

from masterplan.documents.wording import quoted, shortened
from masterplan.errors import InvalidPlan

MAX_BYTES = 10_000_000
MAX_DEPTH = 32
MAX_NODES = 1_000_000
"""Bound on all values of a document after its aliases are expanded."""

_Container = dict[str, object] | list[object]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
STRING_TAG = "tag:yaml.org,2002:str"

NULL = re.compile(r"~|null|Null|NULL|")
BOOLEAN = re.compile(r"(true|True|TRUE)|false|False|FALSE")
INTEGER = re.compile(r"[-+]?[0-9]{1,100}|0o[0-7]{1,100}|0x[0-9a-fA-F]{1,100}")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands in the text, and how it is written there."""

    line: int
    """1 for the first line."""
    written: str
    """The spelling of a plain scalar, for example `1.10`; empty for anything else."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Plain values (dict, list, str, int, float, bool, None) and where each was found."""

    value: object
    places: dict[int, dict[str | int, Place]] = field(default_factory=dict)
    """Per container, by its `id`; empty for JSON, whose parser does not tell."""

    def place(self, path: Sequence[str | int]) -> Place | None:
        """Find where the value at `path` stands, or the nearest container that has a place."""
        node, nearest = self.value, None
        for step in path:
            found = self.places.get(id(node), {}).get(step)
            if found is None:
                break
            nearest = found
            node = node[step]  # type: ignore[index]  # a container with places is a dict or list
        return nearest


def read_text(text: str) -> Reading:
    """Read YAML or JSON. Raises InvalidPlan with what is wrong and in which line."""
    _refuse_unreadable(text)
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        reading = _read_json(text)
        if reading is not None:
            return reading
    return _read_yaml(text)


def _refuse_unreadable(text: str) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise InvalidPlan(
            [f"line {line}: the text holds half of a character; save it as UTF-8"]
        ) from None
    if size > MAX_BYTES:
        raise InvalidPlan(
            [
                f"the document has {size:,} bytes and {MAX_BYTES:,} are allowed; "
                "split it into several plans"
            ]
        )


class _RepeatedKeyError(ValueError):
    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    mapping: dict[str, object] = {}
    for key, value in pairs:
        if key in mapping:
            raise _RepeatedKeyError(key)
        mapping[key] = value
    return mapping


def _read_json(text: str) -> Reading | None:
    """Read JSON; None where the text is none, or is JSON at which a line has to be named."""
    try:
        return Reading(json.loads(text.lstrip("\ufeff"), object_pairs_hook=_unique))
    except RecursionError:
        raise InvalidPlan([_too_deep()]) from None
    except _RepeatedKeyError as error:
        raise InvalidPlan([_located(_repeated(error.key), text)]) from None
    except ValueError:
        return None


def _located(problem: str, text: str) -> str:
    """Add the line to a problem found in JSON, by reading it as the YAML that it mostly is too."""
    try:
        _read_yaml(text)
    except InvalidPlan as refusal:
        return next((found for found in refusal.problems if found.endswith(problem)), problem)
    return problem


def _read_yaml(text: str) -> Reading:
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        raise InvalidPlan([_syntax_problem(error)]) from None
    except yaml.reader.ReaderError as error:
        raise InvalidPlan([_character_problem(error.character, text)]) from None
    if builder.problems:
        raise InvalidPlan(shortened(builder.problems))
    if builder.documents != 1:
        found = "is empty" if not builder.documents else "holds several documents, parted by ---"
        raise InvalidPlan([f"the text {found}; a plan is one document that starts with its title"])
    return Reading(builder.root, builder.places)


def _syntax_problem(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    reason = " ".join(part for part in (error.problem, error.context) if part)
    return f"{where}this is neither YAML nor JSON ({reason}); check indentation, colons and quotes"


def _character_problem(character: object, text: str) -> str:
    # The C reader tells the character's code and a position in bytes, the other its text.
    found = chr(character) if isinstance(character, int) else str(character)
    line = text.count("\n", 0, text.index(found)) + 1
    return f"line {line}: the character U+{ord(found):04X} is not allowed; remove it"


def _too_deep() -> str:
    return f"the values are nested more than {MAX_DEPTH} deep; a plan needs fewer levels"


def _repeated(key: str) -> str:
    return f"the key {quoted(key)} stands twice in one mapping; remove or rename one of them"


@dataclass(slots=True)
class _Frame:
    """A list or mapping whose end has not been read yet."""

    container: _Container
    anchor: str | None
    line: int
    key: str | None = None
    size: int = 1


@dataclass(slots=True)
class _Builder:
    """Builds plain values from YAML events, without recursion."""

    root: object = None
    documents: int = 0
    problems: list[str] = field(default_factory=list)
    places: dict[int, dict[str | int, Place]] = field(default_factory=dict)
    frames: list[_Frame] = field(default_factory=list)
    anchors: dict[str, tuple[object, int]] = field(default_factory=dict)

    def take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 0
        match event:
            case yaml.DocumentStartEvent():
                self.documents += 1
            case yaml.ScalarEvent():
                self._take_scalar(event, line)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._open(event, line)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                frame = self.frames.pop()
                self._remember(frame.anchor, frame.container, frame.size)
                self._place(frame.container, Place(frame.line, ""), frame.size)
            case yaml.AliasEvent():
                self._take_alias(str(event.anchor), line)

    def _take_scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        self._refuse_tag(event.tag, line)
        frame = self.frames[-1] if self.frames else None
        if frame and isinstance(frame.container, dict) and frame.key is None:
            self._take_key(frame, frame.container, event.value, line)
            return
        plain = event.implicit[0]
        value = scalar(event.value) if plain else event.value
        self._remember(event.anchor, value, 1)
        self._place(value, Place(line, event.value if plain else ""), 1)

    def _take_key(self, frame: _Frame, mapping: dict[str, object], key: str, line: int) -> None:
        if key in mapping:
            self.problems.append(f"line {line}: {_repeated(key)}")
        frame.key = key

    def _open(self, event: yaml.CollectionStartEvent, line: int) -> None:
        self._refuse_tag(event.tag, line)
        if len(self.frames) >= MAX_DEPTH:
            raise InvalidPlan([f"line {line}: {_too_deep()}"])
        if self._awaits_key():
            raise InvalidPlan([f"line {line}: a key must be text, not a list or mapping"])
        container: _Container = {} if isinstance(event, yaml.MappingStartEvent) else []
        self.frames.append(_Frame(container, event.anchor, line))

    def _take_alias(self, name: str, line: int) -> None:
        if name not in self.anchors:
            raise InvalidPlan(
                [f"line {line}: the alias *{name} has no anchor &{name} that ends before it"]
            )
        if self._awaits_key():
            raise InvalidPlan([f"line {line}: a key must be text, not the alias *{name}"])
        value, size = self.anchors[name]
        self._place(value, Place(line, ""), size)

    def _awaits_key(self) -> bool:
        if not self.frames:
            return False
        frame = self.frames[-1]
        return isinstance(frame.container, dict) and frame.key is None

    def _remember(self, anchor: str | None, value: object, size: int) -> None:
        if anchor is not None:
            self.anchors[anchor] = (value, size)

    def _place(self, value: object, place: Place, size: int) -> None:
        if not self.frames:
            self.root = value
            return
        frame = self.frames[-1]
        frame.size += size
        if frame.size > MAX_NODES:
            raise InvalidPlan(
                [f"line {place.line}: the document has more than {MAX_NODES:,} values"]
            )
        places = self.places.setdefault(id(frame.container), {})
        if isinstance(frame.container, list):
            places[len(frame.container)] = place
            frame.container.append(value)
        else:
            key, frame.key = str(frame.key), None
            places[key] = place
            frame.container[key] = value

    def _refuse_tag(self, tag: str | None, line: int) -> None:
        if tag not in (None, "!", STRING_TAG):
            self.problems.append(
                f"line {line}: remove the tag {quoted(str(tag))}; only plain values are read"
            )


def scalar(written: str) -> str | int | float | bool | None:
    """Read a plain scalar by YAML 1.2's core schema; what is nothing else is text."""
    if NULL.fullmatch(written):
        return None
    if truth := BOOLEAN.fullmatch(written):
        return truth.group(1) is not None
    if INTEGER.fullmatch(written):
        return int(written, 8 if written[:2] == "0o" else 16 if written[:2] == "0x" else 10)
    if FLOAT.fullmatch(written):
        return float(written)
    return written
