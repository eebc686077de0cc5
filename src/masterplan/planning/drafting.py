"""Drafts: files written as an agent would write them, to try examples and runs on."""

from __future__ import annotations

from pydantic_ai.exceptions import UnexpectedModelBehavior

from masterplan.llm.answers import files_in
from masterplan.llm.asking import Interview, Sampling

FIRST = Sampling(temperature=0.1, corrected_temperature=0.7, max_tokens=1500)
AGAIN = Sampling(temperature=0.7, corrected_temperature=0.7, max_tokens=1500)
DRAFTS = (FIRST, AGAIN)
"""How the drafts of one file are asked for, in turn, until one fulfils enough."""


async def write_draft(interview: Interview, file: str, description: str, sampling: Sampling) -> str:
    """Have the file written; empty where the model brings forth no Python."""
    try:
        files = await interview.ask(
            f"{description}\n\nAnswer with the whole file in one Python code block only.",
            lambda answer: files_in(answer, [file]),
            sampling=sampling,
            corrections=1,
        )
    except UnexpectedModelBehavior:
        return ""
    return files[file]
