"""The same model, asked once for each file, as a sensible person would without any tool.

The person says the goal, shows the files that there are and what was written before, asks for one
whole file, and takes what comes. No answer is sent back.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path

from openai import APIError, AsyncOpenAI

from evals.arms.base import MAX_TOKENS, MODEL, Room, Work
from evals.cases import Brief
from evals.checking import write_files

TEMPERATURE = 0.2
"""What Masterplan uses for the embedded model where nothing else is decided."""
_BLOCK = re.compile(r"^(`{3,})[^\n`]*\n(.*?)(?:^\1\s*$|\Z)", re.DOTALL | re.MULTILINE)


class Once:
    name = "once"

    async def prepare(self) -> None:
        """There is nothing to get ready."""

    async def build(self, brief: Brief, room: Room) -> Work:
        """Ask for every file of the brief in turn."""
        written: dict[str, str] = {}
        try:
            async with asyncio.timeout(room.limit_s):
                for path in brief.files:
                    answer = await _answer(question(brief, path, written), room)
                    await asyncio.to_thread(keep, room.folder, answer)
                    written[path] = code_in(answer)
                    await asyncio.to_thread(write_files, room.result, {path: written[path]})
        except TimeoutError:
            return Work(timed_out=True, note="not done in time")
        except APIError as error:
            return Work(note=str(error))
        return Work()


def question(brief: Brief, path: str, written: Mapping[str, str]) -> str:
    """Word the question for one file."""
    shown = {**brief.given, **written}
    parts = [brief.text]
    if brief.checks:
        parts.append("These commands must succeed afterwards:\n" + "\n".join(brief.checks))
    if shown:
        parts.append("These are the files:")
        parts += [f"{name}\n```\n{text.rstrip()}\n```" for name, text in shown.items()]
    parts.append(
        f"Use Python's standard library only. Write the whole file {path} in one code block."
    )
    return "\n\n".join(parts)


def code_in(answer: str) -> str:
    """The first code block, also one that was cut off; else all of the answer."""
    found = _BLOCK.search(answer)
    return found[2] if found else answer


async def _answer(asked: str, room: Room) -> str:
    async with AsyncOpenAI(base_url=room.model.url, api_key="none", max_retries=0) as client:
        stream = await client.chat.completions.create(
            model=MODEL,
            messages=[{"role": "user", "content": asked}],
            temperature=TEMPERATURE,
            max_tokens=MAX_TOKENS,
            stream=True,
            timeout=room.limit_s,
        )
        said = [chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices]
    return "".join(said)


def keep(folder: Path, text: str) -> None:
    """Keep an answer for whoever wants to know."""
    with (folder / "answers.md").open("a", encoding="utf-8") as file:
        file.write(f"{text}\n\n")
