"""How a repository's code is written and laid out, from its configuration and the code itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from pathspec import GitIgnoreSpec

from masterplan.discovery.commands import read_toml
from masterplan.discovery.facts import Conventions
from masterplan.discovery.selection import language_of
from masterplan.paths import is_test

_CONFIGURED_BY = {
    "ruff": "/ruff.toml /.ruff.toml",
    "mypy": "/mypy.ini",
    "flake8": "/.flake8",
    "eslint": "/.eslintrc* /eslint.config.*",
    "prettier": "/.prettierrc* /prettier.config.*",
    "biome": "/biome.json*",
    "tsc": "/tsconfig.json",
    "rustfmt": "/rustfmt.toml /.rustfmt.toml",
    "clang-format": "/.clang-format",
    "golangci-lint": "/.golangci.y*ml",
    "rubocop": "/.rubocop.yml",
    "editorconfig": "/.editorconfig",
    "pre-commit": "/.pre-commit-config.yaml",
}
_TOOLS = {tool: GitIgnoreSpec.from_lines(names.split()) for tool, names in _CONFIGURED_BY.items()}
_PYTHON_TOOLS = ("ruff", "black", "isort", "mypy", "pyright", "pylint", "flake8")
_FIRST_INDENT = re.compile(r"^(\t+| +)\S", re.MULTILINE)


def find_conventions(paths: Iterable[str], texts: Mapping[str, str]) -> Conventions:
    """Find out how the code is written; `texts` holds the files that were read."""
    present = list(paths)
    python = read_toml(texts.get("pyproject.toml", "")).get("tool", {})
    tools = [tool for tool in _PYTHON_TOOLS if tool in python]
    tools += [tool for tool, names in _TOOLS.items() if any(map(names.match_file, present))]
    code = {path: text for path, text in texts.items() if language_of(path)}
    lengths = [
        section.get("line-length")
        for name in ("ruff", "black")
        if isinstance(section := python.get(name), dict)
    ]
    return Conventions(
        indentation=_indentation(code.values()),
        line_length=next((each for each in lengths if isinstance(each, int)), None),
        tools=tuple(dict.fromkeys(tools)),
        tests=_test_layout(present),
    )


def _indentation(texts: Iterable[str]) -> str | None:
    """Take the commonest first indentation: it is one step deep more often than not."""
    first = (_FIRST_INDENT.search(text) for text in texts)
    counts = Counter(found[1] for found in first if found)
    if not counts:
        return None
    [(step, _)] = counts.most_common(1)
    return "tabs" if step.startswith("\t") else f"{len(step)} spaces"


def _test_layout(paths: Iterable[str]) -> str | None:
    layouts = Counter(_layout(path) for path in paths if is_test(path))
    return layouts.most_common(1)[0][0] if layouts else None


def _layout(path: str) -> str:
    pure = PurePosixPath(path)
    if pure.name.startswith("test_"):
        name = f"test_*{pure.suffix}"
    elif "." in pure.stem:
        name = f"*.{pure.name.split('.', 1)[1]}"
    else:
        ending = re.search(r"(_test|_spec|Tests?)\.\w+$", pure.name)
        name = f"*{ending[0] if ending else pure.suffix}"
    return name if pure.parent == PurePosixPath() else f"{pure.parent}/{name}"
