"""Finds the files that words mention: what stands in backticks, and what looks like a path.

Only a guess where a format has no field for files; whoever uses it says so in a notice.
"""

from __future__ import annotations

import re

_QUOTED = re.compile(r"`([^`\r\n]{1,1000})`")
_WORD = re.compile(r"[^\s`'\"()<>,;|=]{1,1000}")
_FILE_NAME = re.compile(
    r".*[^.]\.[A-Za-z][A-Za-z0-9]{0,9}|\.[a-z][\w-]*|Dockerfile|Makefile|LICENSE"
)
_LINE_SUFFIX = re.compile(r":[0-9]+(?:-[0-9]+)?$")
_PLAIN_NAME = re.compile(
    r"[A-Za-z0-9_][\w.-]*\.(?:py|pyi|toml|ini|cfg|yml|yaml|json|md|txt|sql|sh|rs|go|java|kt|rb|php"
    r"|tsx?|jsx|css|scss|html|vue|svelte|c|h|cpp|hpp|cs|swift|lock|env|xml|proto)"
)


def quoted_paths(words: str) -> list[str]:
    """Return what stands in backticks, as it is written, a line number behind it left out."""
    found = (_LINE_SUFFIX.sub("", text.strip()) for text in _QUOTED.findall(words))
    return list(dict.fromkeys(text for text in found if text))


def mentioned_files(words: str) -> list[str]:
    """Return what looks like the path of a file in words of any kind, in order."""
    found = [path for path in quoted_paths(words) if _names_file(path)]
    for word in _WORD.findall(_QUOTED.sub(" ", words)):
        path = _LINE_SUFFIX.sub("", word.strip("*_").rstrip(".:!?"))
        if _names_file(path):
            found.append(path)
    return list(dict.fromkeys(path.removeprefix("./") for path in found))


def _names_file(path: str) -> bool:
    """Tell whether this is the path of a file and not a call, an address or prose."""
    if re.search(r"\s|://|[()=*]", path):
        return False
    _, slash, name = path.rpartition("/")
    if slash:
        return bool(_FILE_NAME.fullmatch(name))
    return bool(_PLAIN_NAME.fullmatch(name)) or name in {"Dockerfile", "Makefile"}
