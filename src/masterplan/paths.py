"""Which paths a plan may name and which hold tests, decided without touching a file system.

A target path is written by a model or by a stranger's document and later used on Linux, macOS and
Windows. It is refused unless it means one and the same file, inside the workspace and outside of
git's own directory, on all of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from pathspec import GitIgnoreSpec

from masterplan.errors import UnsafePath

MAX_PATH_BYTES = 1024
MAX_COMPONENT_BYTES = 255

_BIDI_MARKS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

_IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Default_Ignorable_Code_Point of the Unicode database, which `unicodedata` does not offer."""

_FORBIDDEN_CATEGORIES = {
    "Cc": "a control character",
    "Cs": "half of a surrogate pair",
    "Zl": "a line separator",
    "Zp": "a paragraph separator",
}

_TESTS = GitIgnoreSpec.from_lines(
    """\
test_*.py
*_test.py
*_test.go
*.test.*
*.spec.*
*_spec.rb
*Test.java
*Tests.cs
""".splitlines()
)

_WINDOWS_DEVICE = re.compile(r"(con|prn|aux|nul|clock\$|conin\$|conout\$|(com|lpt)[0-9])")


def check_target_path(path: str) -> None:
    """Refuse a path that could leave the workspace or mean different files on different systems.

    Raises UnsafePath with the first reason found.
    """
    reason = next(_objections(path), None)
    if reason is not None:
        raise UnsafePath(path, reason)


def is_test(path: str) -> bool:
    """Tell whether a file holds tests, by its name."""
    return _TESTS.match_file(path)


def is_git_component(component: str) -> bool:
    """Tell whether some file system would take this name for `.git`.

    HFS+ ignores invisible characters, APFS and NTFS ignore case, NTFS knows `.git` as `git~1` too
    and drops trailing dots, spaces and stream names.
    """
    folded = _IGNORABLE.sub("", _compatible(component)).casefold()
    return folded.split(":", 1)[0].rstrip(". ") in {".git", "git~1"}


def collision_key(path: str) -> str:
    """Return what a case-insensitive, normalising file system makes of a path.

    Canonical caseless matching of the Unicode Standard (D145), composed afterwards.
    """
    folded = unicodedata.normalize("NFD", path).casefold()
    return unicodedata.normalize("NFC", folded)


def colliding_paths(paths: Iterable[str]) -> list[tuple[str, str]]:
    """List the pairs of different paths that cannot exist side by side, sorted.

    Two paths collide when they have the same `collision_key`, or when one of them would have to be
    a file and a directory at the same time. A path that occurs twice does not collide with itself.
    """
    by_key: dict[str, list[str]] = {}
    for path in sorted(set(paths)):
        by_key.setdefault(collision_key(path), []).append(path)
    pairs: set[tuple[str, str]] = set()
    for key, same in by_key.items():
        pairs.update((same[0], other) for other in same[1:])
        for ancestor in ancestors(key):
            pairs.update((file, path) for file in by_key.get(ancestor, ()) for path in same)
    return sorted(pairs)


def ancestors(path: str) -> list[str]:
    """List the directories above a path, nearest first: `a/b/c` has `a/b` and `a`."""
    parts = path.split("/")
    return ["/".join(parts[:end]) for end in range(len(parts) - 1, 0, -1)]


def _compatible(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _objections(path: str) -> Iterator[str]:
    if not path:
        yield "it is empty"
        return
    for character in path:
        if (category := unicodedata.category(character)) in _FORBIDDEN_CATEGORIES:
            yield f"it contains {_FORBIDDEN_CATEGORIES[category]} (U+{ord(character):04X})"
            return
    if _BIDI_MARKS.search(path):
        yield "it contains a mark that changes the direction of the text"
    if "\\" in path:
        yield "it contains a backslash; separate directories with /"
    if path.startswith("/"):
        yield "it is absolute; name it relative to the workspace"
    if ":" in path:
        yield "it contains a colon, which names a drive or a stream on Windows"
    if len(path.encode()) > MAX_PATH_BYTES:
        yield f"it is longer than {MAX_PATH_BYTES} bytes"
    for component in path.split("/"):
        yield from _component_objections(component)


def _component_objections(component: str) -> Iterator[str]:
    compatible = _compatible(component)
    if not component:
        yield "it has an empty component (a double or a trailing slash)"
    elif compatible in {".", ".."} or "/" in compatible or "\\" in compatible:
        yield f"its component {component!r} leads to another directory"
    elif component[-1] in ". ":
        yield f"its component {component!r} ends with a dot or a space"
    elif is_git_component(component):
        yield f"its component {component!r} names git's own directory"
    elif _WINDOWS_DEVICE.fullmatch(compatible.split(".", 1)[0].rstrip().casefold()):
        yield f"its component {component!r} is the name of a device on Windows"
    elif len(component.encode()) > MAX_COMPONENT_BYTES:
        yield f"a component is longer than {MAX_COMPONENT_BYTES} bytes"
