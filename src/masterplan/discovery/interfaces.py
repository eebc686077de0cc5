"""What other code can use of a file: its signatures, without the bodies."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

_DECLARATION = re.compile(
    r"^\s{0,4}(@\w+\s+)?"
    r"((export|default|public|protected|abstract|static|final|sealed|open|override|async|pub"
    r"(\([\w: ]+\))?|unsafe|extern|const|data|partial|virtual|internal)\s+)*"
    r"(function|class|interface|type|enum|struct|trait|impl|fn|func|fun|def|module|namespace"
    r"|protocol|extension|record|defmodule)\b[^;]*"
)
_EXPORTED = re.compile(r"^export\s+(const|let|var)\s+\w+[^=;]*")
_IMPORT = re.compile(
    r"^[ \t]*(from\s+[\w.]+\s+import\b.*|import\b.*|use\s+.*|#\s*include\b.*"
    r"|(export|\}).*\bfrom\b.*|.*\brequire(_relative)?\b.*)$",
    re.MULTILINE,
)
_WHOLE_FOLDER = frozenset({"__init__", "index", "mod", "lib", "main"})
"""Names under which a file stands for its folder."""


def interface_of(path: str, text: str) -> str:
    """Reduce a Python file to what its users need; other files, and broken ones, stay whole."""
    if PurePosixPath(path).suffix != ".py":
        return text
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text
    return "\n".join(_signatures(tree.body, indent=""))


def outline_of(path: str, text: str) -> str:
    """Return the declarations of a file of any language; empty where none is found."""
    if PurePosixPath(path).suffix == ".py":
        outline = interface_of(path, text)
        return "" if outline == text else outline
    return "\n".join(_declarations(text))


def imported(text: str, paths: Iterable[str]) -> set[str]:
    """Name those of the paths that a file's imports seem to mean, by the files' own names."""
    words = {word for line in _IMPORT.finditer(text) for word in re.findall(r"\w+", line[0])}
    return {path for path in paths if module_name(path) in words}


def module_name(path: str) -> str:
    """Return the word by which other files import a file."""
    pure = PurePosixPath(path)
    stem = pure.name.partition(".")[0]
    return pure.parent.name if stem in _WHOLE_FOLDER and pure.parent.name else stem


def _declarations(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if found := _DECLARATION.match(line) or _EXPORTED.match(line):
            yield found[0].rstrip().removesuffix("{").rstrip()[:160]


def _signatures(body: list[ast.stmt], *, indent: str) -> Iterator[str]:
    for node in body:
        match node:
            case ast.ClassDef():
                bases = ", ".join(ast.unparse(base) for base in node.bases)
                yield f"{indent}class {node.name}{f'({bases})' if bases else ''}:"
                yield from _docstring(node, indent)
                yield from _signatures(node.body, indent=indent + "    ")
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                if node.name.startswith("_") and node.name != "__init__":
                    continue
                word = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
                result = f" -> {ast.unparse(node.returns)}" if node.returns else ""
                yield f"{indent}{word} {node.name}({ast.unparse(node.args)}){result}: ..."
                yield from _docstring(node, indent)
            case ast.AnnAssign() | ast.Assign():
                line = ast.unparse(node)
                yield f"{indent}{line if len(line) <= 100 else line[:97] + '...'}"
            case _:
                pass


def _docstring(
    node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, indent: str
) -> Iterator[str]:
    if text := ast.get_docstring(node):
        yield f"{indent}    # {text.splitlines()[0]}"
