"""A model's turn in a conversation: what it is asked, and what its answer means.

A small model manages it because it decides little at a time, within a schema, and because slips are
caught here: a question is not asked twice, and no repository is used that the person did not name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    TextPart,
    UserPromptPart,
)
from pydantic_core import from_json

from masterplan.lifecycle import MessageRole
from masterplan.llm.answers import WrongAnswer
from masterplan.llm.asking import Sampling
from masterplan.llm.catalog import ModelCapability
from masterplan.planning.chat import Said, with_stated_runs

MAX_QUESTIONS = 3
SAMPLING = Sampling(temperature=0.3, corrected_temperature=0.7, max_tokens=1200)
CORRECTIONS = 2
"""So that an answer is asked for three times in all."""

_YES = re.compile(
    r"(yes|yeah|yep|ok|okay|sure|fine|good|great|perfect|agreed|go ahead|do it|ja|oui|sí|si)\b",
    re.IGNORECASE,
)
_RESERVED = re.compile(r"\?|\b(but|not|no|except|instead|also|only|without|aber|mais|pero)\b", re.I)

ROOM = {ModelCapability.SMALL: 6_000, ModelCapability.LARGE: 100_000}
"""Characters of the conversation that a model is told."""


class ChatAnswer(BaseModel):
    """What a model says and decides at its turn."""

    reply: Annotated[str, StringConstraints(max_length=800)]
    questions: list[Annotated[str, StringConstraints(max_length=200)]] = Field(
        max_length=MAX_QUESTIONS
    )
    goal: Annotated[str, StringConstraints(max_length=1500)]
    ready: bool
    agreed: bool
    repository: Annotated[str, StringConstraints(max_length=300)]


@dataclass(frozen=True, slots=True)
class Turn:
    """A model's answer, as it is used."""

    text: str
    questions: tuple[str, ...]
    goal: str | None
    ready: bool
    begins: bool
    """Whether a plan is made of the goal at once: the person has agreed to it."""
    repository: str | None


def read_answer(answer: ChatAnswer, said: Sequence[Said]) -> Turn:
    """Take from an answer what can be used. Raises WrongAnswer where it says nothing."""
    questions = _new_questions(answer.questions, said)
    text = _without(answer.reply, questions)
    if not text and not questions:
        raise WrongAnswer("`reply` is empty. Say something to the person.")
    spoken = [each.text for each in said if each.role is MessageRole.PERSON]
    goal = with_stated_runs(answer.goal, spoken) if answer.goal.strip() else None
    if answer.ready and goal is None:
        raise WrongAnswer("`ready` is true but `goal` is empty. Write the whole goal.")
    shown = bool(said) and any(each.ready for each in said if each.role is MessageRole.ASSISTANT)
    return Turn(
        text=text,
        questions=questions,
        goal=goal,
        ready=answer.ready,
        begins=answer.ready
        and (answer.agreed or _agrees(spoken[-1] if spoken else ""))
        and not questions
        and shown,
        repository=_named_repository(answer.repository, spoken),
    )


def _agrees(text: str) -> bool:
    """Whether a message does nothing but agree, which a small model may not see."""
    words = text.split()
    return bool(_YES.match(text.strip())) and len(words) <= 8 and not _RESERVED.search(text)


def _new_questions(asked: Sequence[str], said: Sequence[Said]) -> tuple[str, ...]:
    before = {_bare(question) for each in said for question in each.questions}
    new: dict[str, str] = {}
    for question in asked:
        if question.strip() and _bare(question) not in before:
            new.setdefault(_bare(question), question.strip())
    return tuple(new.values())


def _without(reply: str, questions: Sequence[str]) -> str:
    """Leave out of the reply what it asks word for word: a small model asks it in both places."""
    for question in questions:
        reply = reply.replace(question, "")
    return re.sub(r"[ \t]{2,}", " ", reply).strip()


def _bare(question: str) -> str:
    return re.sub(r"\W+", " ", question).strip().casefold()


def _named_repository(named: str, spoken: Sequence[str]) -> str | None:
    name = named.strip()
    return name if name and any(name in text for text in spoken) else None


def reply_so_far(draft: str) -> str:
    """Return as much of the reply as an answer that is still coming holds."""
    try:
        known: Any = from_json(draft, allow_partial="trailing-strings")
    except ValueError:
        return ""
    reply = known.get("reply") if isinstance(known, dict) else None
    return reply.lstrip() if isinstance(reply, str) else ""


def as_question(said: Sequence[Said]) -> tuple[list[ModelMessage], str]:
    """Return what was said before, as a model's library takes it, and what is to be answered.

    Messages of one side that follow each other become one: many models want sides to alternate.
    The last message is the person's.
    """
    turns = [
        (by_person, "\n\n".join(each.told() for each in together))
        for by_person, together in groupby(said, lambda each: each.role is MessageRole.PERSON)
    ]
    *before, (_, question) = turns
    return [_message(text, by_person=by_person) for by_person, text in before], question


def _message(text: str, *, by_person: bool) -> ModelMessage:
    if by_person:
        return ModelRequest(parts=[UserPromptPart(text)])
    return ModelResponse(parts=[TextPart(text)])
