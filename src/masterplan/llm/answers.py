"""What a model's answer holds, parsed strictly and without any model at hand.

Code travels in fenced blocks, not inside JSON: a small model writes worse code, and pays more
tokens for it, when every line break and quote has to be escaped. Each refusal says what is wrong in
words that can be sent back to the model.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

_FENCE = re.compile(r"^(?P<marks>`{3,}|~{3,})[ \t]*(?P<info>[^\n`]*)$")


class WrongAnswer(ValueError):
    """An answer that cannot be used; the message tells the model what to change."""


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """A fenced block of an answer."""

    info: str
    """What follows the opening fence, such as `python main.py`."""
    before: str
    """The last line of text above the block that is not empty; often names the file."""
    text: str


def code_blocks(answer: str) -> list[CodeBlock]:
    """Return the fenced blocks of an answer, in order.

    Raises WrongAnswer when a block is not closed: what it holds may be cut off.
    """
    blocks: list[CodeBlock] = []
    marks, info, before = "", "", ""
    lines: list[str] = []
    for line in answer.splitlines():
        fence = _FENCE.match(line)
        if marks and fence and fence["marks"].startswith(marks) and not fence["info"].strip():
            blocks.append(CodeBlock(info, before, "".join(f"{each}\n" for each in lines)))
            marks, before = "", ""
        elif marks:
            lines.append(line)
        elif fence:
            marks, info, lines = fence["marks"], fence["info"].strip(), []
        elif line.strip():
            before = line.strip()
    if marks:
        raise WrongAnswer(
            "Your last code block is not closed. Answer again, shorter, and close it."
        )
    return blocks


def only_block(answer: str) -> str:
    """Return the text of the first code block. Raises WrongAnswer when there is none."""
    blocks = code_blocks(answer)
    if not blocks:
        raise WrongAnswer("Your answer holds no code block. Answer with one code block only.")
    return blocks[0].text


def closed(answer: str) -> str:
    """Close a last block that was cut off, without its last line, which may be half a line."""
    try:
        code_blocks(answer)
    except WrongAnswer:
        return f"{answer.rpartition(chr(10))[0]}\n```\n"
    return answer


def files_in(answer: str, targets: Sequence[str]) -> dict[str, str]:
    """Read whole files from an answer: path to text, for exactly the paths in `targets`.

    A block belongs to the target that its info line or the line above it names. Where there is a
    single target and no block names it, the longest block is taken: the others show how it is used
    or what it was. Raises WrongAnswer when a target is missing, is given twice, or a Python file
    does not compile.
    """
    blocks = code_blocks(answer)
    files: dict[str, str] = {}
    for block in blocks:
        path = _named_target(block, targets)
        if path is None:
            continue
        if path in files:
            raise WrongAnswer(f"{path} is given twice. Answer with each file once, in full.")
        files[path] = block.text
    if len(targets) == 1 and blocks and not files:
        files[targets[0]] = max(blocks, key=lambda block: len(block.text)).text
    if missing := [path for path in targets if path not in files]:
        raise WrongAnswer(
            f"There is no code block for {', '.join(missing)}. Answer with one code block per "
            "file, the line above it naming the file."
        )
    for path, text in files.items():
        require_python(path, text)
    return files


def require_python(path: str, text: str) -> None:
    """Refuse a Python file that does not compile; other files pass. Raises WrongAnswer."""
    if PurePosixPath(path).suffix != ".py":
        return
    try:
        ast.parse(text)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise WrongAnswer(
            f"{path} is not valid Python{f', line {line}' if line else ''}: {error}."
        ) from error


def _named_target(block: CodeBlock, targets: Sequence[str]) -> str | None:
    for named in (block.info, block.before):
        # The longest first: src/main.py also ends in main.py.
        for path in sorted(targets, key=len, reverse=True):
            if re.search(rf"(?<![\w./-]){re.escape(path)}(?![\w/-])", named):
                return path
    return None
