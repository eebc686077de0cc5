"""Makes facts of a repository's files: pure but for the reading that it is handed.

Every limit is one of what is read or kept, so that a huge repository costs no more than a large
one: what does not fit is counted, not looked into.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from masterplan.discovery.commands import find_commands
from masterplan.discovery.conventions import find_conventions
from masterplan.discovery.facts import Excerpt, Language, LeftOut, RepositoryFacts
from masterplan.discovery.interfaces import imported, outline_of
from masterplan.discovery.secrets import holds_secret, is_secret_name
from masterplan.discovery.selection import (
    TrackedFile,
    in_order,
    is_binary_name,
    is_document,
    is_generated_name,
    is_generated_text,
    language_of,
)
from masterplan.paths import is_test

MAX_FILE_BYTES = 128 * 1024
MAX_READ_BYTES = 4 * 1024 * 1024
MAX_READ_FILES = 400
MAX_PATHS = 400
MAX_PATH_LENGTH = 300
MAX_INTERFACES = 60
MAX_INTERFACE = 1_500
"""Characters of one file's interface."""
MAX_INTERFACES_IN_ALL = 30_000
MAX_DOCUMENT = 2_000

Read = Callable[[str], bytes | None]
"""Gives a file's content; None where it cannot be had, or no more can be had in time."""


def survey(
    commit: str, files: Sequence[TrackedFile], read: Read, *, complete: bool
) -> RepositoryFacts:
    """Find out what there is; `complete` tells whether `files` are all."""
    left: Counter[str] = Counter()
    named = [file for file in files if not _is_left_out(file, left)]
    texts = _texts(named, read, left)
    code = [file for file in named if language_of(file.path)]
    paths = [file.path for file in in_order(named)]
    return RepositoryFacts(
        commit=commit,
        files=len(files) - left["secret"],
        complete=complete,
        languages=_languages(code),
        commands=find_commands([file.path for file in files], texts),
        conventions=find_conventions(paths, texts),
        paths=tuple(paths[:MAX_PATHS]),
        interfaces=tuple(_interfaces(texts)),
        documents=tuple(
            Excerpt(path=path, text=text[:MAX_DOCUMENT].strip())
            for path, text in texts.items()
            if is_document(path)
        ),
        left_out=LeftOut.model_validate(left),
    )


def _is_left_out(file: TrackedFile, left: Counter[str]) -> bool:
    """Decide by name and size, and count the reason."""
    if is_secret_name(file.path):
        left["secret"] += 1
    elif is_generated_name(file.path):
        left["generated"] += 1
    elif is_binary_name(file.path):
        left["binary"] += 1
    elif len(file.path) <= MAX_PATH_LENGTH and file.path.isprintable():
        return False
    return True


def _texts(files: Sequence[TrackedFile], read: Read, left: Counter[str]) -> dict[str, str]:
    """Read what may be read, the most informative first, and count what may not."""
    texts: dict[str, str] = {}
    room = MAX_READ_BYTES
    for file in in_order(files):
        if file.size > MAX_FILE_BYTES:
            left["large"] += 1
            continue
        content = read(file.path) if len(texts) < MAX_READ_FILES and file.size <= room else None
        if content is None:
            left["unread"] += 1
            continue
        room -= len(content)
        if reason := _objection(content):
            left[reason] += 1
        else:
            texts[file.path] = content.decode(errors="replace")
    return texts


def _objection(content: bytes) -> str | None:
    if b"\0" in content:
        return "binary"
    text = content.decode(errors="replace")
    if holds_secret(text):
        return "secret"
    return "generated" if is_generated_text(text) else None


def _languages(code: Sequence[TrackedFile]) -> tuple[Language, ...]:
    sizes: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for file in code:
        language = language_of(file.path)
        assert language is not None
        sizes[language] += file.size
        counts[language] += 1
    total = sizes.total() or 1
    shares = (
        Language(name=name, percent=round(100 * size / total), files=counts[name])
        for name, size in sizes.most_common()
    )
    return tuple(share for share in shares if share.percent)[:8]


def _interfaces(texts: Mapping[str, str]) -> list[Excerpt]:
    """Take the outlines of the code without its tests, the most imported first."""
    code = {path: text for path, text in texts.items() if language_of(path) and not is_test(path)}
    uses = Counter(used for path, text in texts.items() for used in imported(text, code) - {path})
    kept: list[Excerpt] = []
    room = MAX_INTERFACES_IN_ALL
    for path in sorted(code, key=lambda path: (-uses[path], path.count("/"), path)):
        outline = outline_of(path, code[path])[:MAX_INTERFACE].strip()
        room -= len(outline)
        if outline and room >= 0 and len(kept) < MAX_INTERFACES:
            kept.append(Excerpt(path=path, text=outline))
    return kept
