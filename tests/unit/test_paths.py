"""Which paths a plan may name."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masterplan.errors import UnsafePath
from masterplan.paths import (
    ancestors,
    check_target_path,
    colliding_paths,
    collision_key,
    is_git_component,
)


@pytest.mark.parametrize(
    "path",
    [
        "a.py",
        "src/pkg/module.py",
        ".gitignore",
        ".github/workflows/ci.yml",
        "a b/c d.txt",
        "Überblick/日本語.md",
        "-rf",
        "~root/x",
        "console.py",
        "git~2/x",
        "...a",
        'say "hi".txt',
        "a" * 255,
    ],
)
def test_ordinary_paths_are_accepted(path: str) -> None:
    check_target_path(path)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("", "empty"),
        ("/etc/passwd", "absolute"),
        ("../x", "another directory"),
        ("a/../../x", "another directory"),
        ("./a", "another directory"),
        ("a/./b", "another directory"),
        ("\u2025/x", "another directory"),
        ("a\uff0fb", "another directory"),
        ("a//b", "empty component"),
        ("a/", "empty component"),
        ("a\\b", "backslash"),
        ("a\0b", "control character"),
        ("a\nb", "control character"),
        ("a\x7fb", "control character"),
        ("a\u2028b", "line separator"),
        ("\ud800", "surrogate"),
        ("\u202egnp.py", "direction"),
        ("a\u2066b", "direction"),
        ("a\u200fb", "direction"),
        ("a.py ", "ends with"),
        ("dir./a", "ends with"),
        ("a.", "ends with"),
        ("C:/x", "colon"),
        ("C:x", "colon"),
        ("a.txt:stream", "colon"),
        (".git", "git's own"),
        (".git/hooks/pre-commit", "git's own"),
        ("a/.GIT/config", "git's own"),
        (".git\u200c/config", "git's own"),
        (".g\u00adit/config", "git's own"),
        ("\uff0egit/config", "git's own"),
        ("git~1/config", "git's own"),
        ("GIT~1", "git's own"),
        ("CON", "device"),
        ("a/aux.txt", "device"),
        ("nul .tar.gz", "device"),
        ("com1.py", "device"),
        ("COM\u00b9", "device"),
        ("lpt9", "device"),
        ("x" * 256, "255 bytes"),
        ("é" * 128, "255 bytes"),
        ("/".join(["d"] * 600), "1024 bytes"),
    ],
)
def test_unsafe_paths_are_refused_with_the_reason(path: str, reason: str) -> None:
    with pytest.raises(UnsafePath) as refused:
        check_target_path(path)

    assert reason in refused.value.reason
    assert refused.value.path == path


@given(st.text(max_size=40))
def test_whatever_is_accepted_stays_inside_and_can_be_encoded(path: str) -> None:
    try:
        check_target_path(path)
    except UnsafePath:
        return
    components = path.split("/")
    assert path.encode()
    assert all(component not in {"", ".", ".."} for component in components)
    assert not any(is_git_component(component) for component in components)


def test_names_that_some_system_takes_for_git_are_recognised() -> None:
    assert all(
        map(is_git_component, [".git", ".Git", ".git ", ".git.", ".git::$INDEX", "g\u200bit~1"])
    )
    assert not any(map(is_git_component, ["git", ".gitignore", "x.git", ".git2"]))


def test_paths_that_differ_in_case_or_composition_collide() -> None:
    paths = ["src/A.py", "src/a.py", "b", "e\u0301.txt", "\u00c9.TXT", "b"]

    assert colliding_paths(paths) == [("e\u0301.txt", "\u00c9.TXT"), ("src/A.py", "src/a.py")]


def test_a_file_collides_with_a_directory_of_its_name() -> None:
    assert colliding_paths(["a", "a/b", "a/b/c", "ab/c"]) == [
        ("a", "a/b"),
        ("a", "a/b/c"),
        ("a/b", "a/b/c"),
    ]
    assert colliding_paths(["SRC", "src/x"]) == [("SRC", "src/x")]


@given(st.text(max_size=20))
def test_the_collision_key_ignores_case_and_composition(path: str) -> None:
    key = collision_key(path)

    assert collision_key(unicodedata.normalize("NFC", path)) == key
    assert collision_key(unicodedata.normalize("NFD", path)) == key
    assert collision_key(path.casefold()) == key


def test_ancestors_are_listed_nearest_first() -> None:
    assert ancestors("a/b/c") == ["a/b", "a"]
    assert ancestors("a") == []
