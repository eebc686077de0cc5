"""What was said in a conversation, and the goal that comes of it.

What a model tends to forget is done here: runs that the person stated stay in the goal word for
word, and what was said before a plan was asked for goes into its goal.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from masterplan.lifecycle import MessageRole
from masterplan.planning.outline import ENTRY
from masterplan.planning.sessions import stated_sessions

COMMAND = "/masterplan"
_COMMAND = re.compile(rf"{COMMAND}(?:\s+(?P<goal>.*))?", re.DOTALL)
_ANY_COMMAND = re.compile(r"/[a-z]+(?!\S)", re.IGNORECASE)
MAX_GOAL = 20_000
_SENTENCES = re.compile(r"(?<=[.!?])\s+(?=[A-Z`])|\n+")
_RUNS = re.compile(rf"`python {re.escape(ENTRY)}[^`\n]*`")


@dataclass(frozen=True, slots=True)
class Said:
    """One message of the conversation, as far as it concerns a model."""

    role: MessageRole
    text: str
    questions: tuple[str, ...] = ()
    goal: str | None = None
    ready: bool = False

    def told(self) -> str:
        """The message as a model reads it; a goal that was shown is part of it."""
        shown = f"The goal: {self.goal}" if self.ready and self.goal else ""
        return "\n".join(part for part in (self.text, *self.questions, shown) if part)


@dataclass(frozen=True, slots=True)
class PlanCommand:
    """`/masterplan GOAL`; the goal is empty where that of the conversation is meant."""

    goal: str


def plan_command(text: str) -> PlanCommand | None:
    """Read a message that asks for a plan at once."""
    found = _COMMAND.fullmatch(text.strip())
    return PlanCommand((found["goal"] or "").strip()) if found else None


def unknown_command(text: str) -> str | None:
    """Return the command that a message begins with and that there is not, or None.

    A path has more slashes, and what is mistyped would else be answered by the model.
    """
    found = _ANY_COMMAND.match(text.strip())
    return found[0] if found and found[0] != COMMAND else None


def goal_for(command: PlanCommand, said: Sequence[Said]) -> str | None:
    """Return the goal of a plan that is asked for now; None where nothing is known of any.

    A goal that is given with the command comes first; what was said before goes with it, unless
    that has been gathered into a goal already.
    """
    gathered = last_goal(said)
    words = [each.text for each in said if each.role is MessageRole.PERSON]
    spoken = [text for text in words if plan_command(text) is None]
    if command.goal:
        if gathered is None and spoken:
            before = "\n".join(f"- {text}" for text in spoken)
            return f"{command.goal}\n\nWhat was said before:\n{before}"[:MAX_GOAL]
        return with_stated_runs(command.goal, spoken)
    if gathered is not None:
        return gathered
    return "\n".join(spoken)[:MAX_GOAL] or None


def last_goal(said: Sequence[Said]) -> str | None:
    """Return what was known last."""
    return next((each.goal for each in reversed(said) if each.goal), None)


def with_stated_runs(goal: str, spoken: Sequence[str]) -> str:
    """Add what the person said of runs and the goal leaves out: it becomes checks, or explains.

    The sentence is taken as it was said, for only some of what is said of runs can be a check.
    """
    sentences = [each.strip() for text in spoken for each in _SENTENCES.split(text)]
    for sentence in sentences:
        runs = _RUNS.findall(sentence)
        lost = _stated(sentence) - _stated(goal)
        asked = sentence.endswith("?")
        if not asked and (lost or any(run not in goal for run in runs)):
            goal = f"{goal.strip()} {sentence}" + ("" if sentence[-1] in ".!:" else ".")
    return goal.strip()[:MAX_GOAL]


def _stated(text: str) -> set[tuple[str, tuple[str, ...]]]:
    return {(each.command, each.output) for each in stated_sessions(text)}


def within(said: Sequence[Said], room: int) -> list[Said]:
    """Keep the first message, and of the others the latest that have room together."""
    if not said:
        return []
    first, *others = said
    room -= len(first.told())
    kept: list[Said] = []
    for each in reversed(others):
        room -= len(each.told())
        if room < 0 and kept:
            break
        kept.append(each)
    return [first, *reversed(kept)]
