"""Puts what is known of a repository into words for a model, in as much room as it can use.

A small model gets what the goal is likely to touch and little else; a large one gets the whole
picture. Which files a goal touches is judged by the words that it shares with them.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from masterplan.discovery.facts import Excerpt, Purpose, RepositoryFacts
from masterplan.llm.catalog import ModelCapability


@dataclass(frozen=True, slots=True)
class Room:
    """How much a model is told."""

    paths: int
    interfaces: int
    """Characters of all interfaces together."""
    documents: int
    """Characters of the README's and the guides' beginnings together."""


ROOM = {
    ModelCapability.SMALL: Room(paths=40, interfaces=3_000, documents=500),
    ModelCapability.LARGE: Room(paths=400, interfaces=30_000, documents=6_000),
}


def tell(facts: RepositoryFacts, *, goal: str, capability: ModelCapability) -> str:
    """Describe the repository to whoever plans the goal."""
    room = ROOM[capability]
    parts = [
        f"The repository: {facts.summary}.",
        house_rules(facts),
        *_documents(facts, room.documents),
        _file_list(facts, goal, room.paths),
        *_interfaces(facts, goal, room.interfaces),
    ]
    return "\n\n".join(part for part in parts if part)


def house_rules(facts: RepositoryFacts) -> str:
    """Say how code is written, checked and tested there, in a few lines."""
    ways = facts.conventions
    missing = facts.missing(Purpose.TEST)
    said = [
        ("Languages", ", ".join(each.name for each in facts.languages[:3])),
        ("Indentation", ways.indentation),
        ("Lines", f"at most {ways.line_length} characters" if ways.line_length else None),
        ("Checked by", ", ".join(ways.tools)),
        ("Tests lie in", ways.tests),
        ("Tests are run by", facts.command(Purpose.TEST)),
        ("Tests cannot be run here, as this is not installed", missing),
    ]
    return "\n".join(f"- {label}: {text}" for label, text in said if text)


def by_relevance(facts: RepositoryFacts, goal: str) -> list[str]:
    """Return the paths, those first that share words with the goal; else as they were.

    A word counts for more the fewer files have it (inverse document frequency), and for three
    times as much in a file's name.
    """
    wanted = _words(goal)
    interfaces = {each.path: each.text for each in facts.interfaces}
    names = {path: wanted & _words(path) for path in facts.paths}
    texts = {path: wanted & _words(interfaces.get(path, "")) for path in facts.paths}
    spread = Counter(word for path in facts.paths for word in names[path] | texts[path])
    weights = {word: math.log(1 + len(facts.paths) / count) for word, count in spread.items()}

    def shared(path: str) -> float:
        if path in goal:
            return math.inf
        return sum(weights[word] for word in [*names[path]] * 3 + [*texts[path]])

    return sorted(facts.paths, key=lambda path: -shared(path))


def _file_list(facts: RepositoryFacts, goal: str, limit: int) -> str:
    chosen = by_relevance(facts, goal)[:limit]
    more = "" if facts.complete and len(chosen) == facts.files else ", among others"
    return f"These files exist{more}:\n" + "\n".join(f"- {path}" for path in sorted(chosen))


def _interfaces(facts: RepositoryFacts, goal: str, limit: int) -> Iterable[str]:
    place = {path: number for number, path in enumerate(by_relevance(facts, goal))}
    ordered = sorted(facts.interfaces, key=lambda each: place.get(each.path, len(place)))
    shown = _within(ordered, limit)
    return ["What other code can use of them:", *map(_block, shown)] if shown else []


def _documents(facts: RepositoryFacts, limit: int) -> Iterable[str]:
    return map(_block, _within([_cut(each, limit) for each in facts.documents], limit))


def _cut(excerpt: Excerpt, limit: int) -> Excerpt:
    return Excerpt(path=excerpt.path, text=excerpt.text[:limit])


def _within(excerpts: Sequence[Excerpt], limit: int) -> list[Excerpt]:
    kept: list[Excerpt] = []
    for excerpt in excerpts:
        if len(excerpt.text) <= limit:
            kept.append(excerpt)
            limit -= len(excerpt.text)
    return kept


def _block(excerpt: Excerpt) -> str:
    fence = "```"
    while fence in excerpt.text:
        fence += "`"
    return f"{excerpt.path}\n{fence}\n{excerpt.text}\n{fence}"


def _words(text: str) -> set[str]:
    """Return the words of a text, of paths and of names in code, in lower case."""
    parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", text)
    return {part.lower().removesuffix("s") for part in parts if len(part) > 2}
