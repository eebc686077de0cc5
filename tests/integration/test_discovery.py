"""Looking at real repositories, without touching them."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from masterplan.discovery.availability import probe_of
from masterplan.discovery.facts import Purpose
from masterplan.discovery.source import discover, read_texts
from masterplan.errors import UnusableRepository
from masterplan.workspace.foreign import FETCH_LIMITS
from support.repositories import SHOP, commit_files, git

CANARY = "c4n4ry-0f9e8d7c6b5a"


async def test_head_is_read_and_the_working_tree_is_not(tmp_path: Path) -> None:
    shop = commit_files(tmp_path / "shop", {**SHOP, "link.py": "x = 1\n"})
    (shop / "link.py").unlink()
    (shop / "link.py").symlink_to("/etc/passwd")
    git(shop, "add", ".")
    git(shop, "commit", "-qm", "Link")
    (shop / "uncommitted.py").write_text(CANARY)
    (shop / "shop/prices.py").write_text(CANARY)

    facts = await discover(str(shop), place=tmp_path)

    assert facts.commit == git(shop, "rev-parse", "HEAD")
    assert set(facts.paths) == set(SHOP)
    assert CANARY not in facts.model_dump_json()
    assert facts.command(Purpose.TEST) == "python -m unittest"
    assert facts.summary == "Python 100%, 6 files, tests: unittest"


async def test_repository_behind_a_url_is_fetched_shallowly_and_removed(tmp_path: Path) -> None:
    shop = commit_files(tmp_path / "shop", {"old.py": "x = 1\n"})
    (shop / "old.py").unlink()
    commit_files(shop, SHOP)
    place = tmp_path / "place"

    facts = await discover(f"file://{shop}", place=place)

    assert facts == await discover(str(shop), place=place)
    assert list(place.iterdir()) == []


async def test_texts_for_a_trial_are_those_of_the_discovered_commit_without_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = {".env": f"TOKEN={CANARY}", "shop/config.py": f"API_KEY = '{CANARY}a1b2c3d4'\n"}
    shop = commit_files(tmp_path / "shop", {**SHOP, **secrets, "logo.png": b"\x89PNG\xff"})
    place, commit = tmp_path / "place", git(shop, "rev-parse", "HEAD")
    (shop / "shop/prices.py").write_text("uncommitted")

    texts = await read_texts(str(shop), commit, place=place)

    assert texts == SHOP
    assert await read_texts(f"file://{shop}", commit, place=place) == SHOP
    commit_files(shop, {"later.py": "x = 1\n"})
    assert await read_texts(f"file://{shop}", commit, place=place) is None, "it has moved on"
    assert await read_texts(str(shop), commit, place=place) == SHOP
    assert await read_texts(str(tmp_path / "gone"), commit, place=place) is None
    monkeypatch.setattr("masterplan.discovery.source.MAX_TEXT_BYTES", 100)
    assert await read_texts(str(shop), commit, place=place) is None


async def test_repository_that_is_too_large_or_too_slow_is_refused(tmp_path: Path) -> None:
    shop = commit_files(tmp_path / "shop", {"noise.bin": os.urandom(300_000)})

    with pytest.raises(UnusableRepository, match="larger than 0 MiB: clone it yourself"):
        limits = replace(FETCH_LIMITS, file_bytes=100_000)
        await discover(f"file://{shop}", place=tmp_path / "place", limits=limits)
    with pytest.raises(UnusableRepository, match="not be fetched within 0 seconds: clone it"):
        limits = replace(FETCH_LIMITS, wall_s=0.001)
        await discover(f"file://{shop}", place=tmp_path / "place", limits=limits)
    assert list((tmp_path / "place").iterdir()) == []


async def test_what_cannot_be_worked_on_is_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "empty").mkdir()
    git(tmp_path / "empty", "init", "-q")
    git(tmp_path / "empty", "init", "-q", "--bare", str(tmp_path / "bare.git"))
    shop = commit_files(tmp_path / "shop", SHOP)
    refused = {
        str(tmp_path / "missing"): "There is no folder .*missing: name a git repository",
        str(tmp_path / "plain"): "plain is no git repository: name the folder",
        str(shop / "shop"): "is no git repository: name the folder that holds its .git",
        str(tmp_path / "empty"): "empty has no commit yet: commit what it holds",
        f"file://{tmp_path}/bare.git": "bare.git has no commit yet",
        f"file://{tmp_path}/none.git": "none.git cannot be cloned .*: check the address",
    }
    for repository, message in refused.items():
        with pytest.raises(UnusableRepository, match=message):
            await discover(repository, place=tmp_path / "place")


async def test_password_of_an_address_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(UnusableRepository) as refusal:
        await discover(f"https://me:{CANARY}@127.0.0.1:9/shop.git", place=tmp_path)

    assert CANARY not in refusal.value.message


async def test_hooks_filters_and_configuration_of_the_repository_do_nothing(
    tmp_path: Path,
) -> None:
    shop = commit_files(tmp_path / "shop", {**SHOP, ".gitattributes": "* filter=evil\n"})
    evil = f"touch {tmp_path}/harmed"
    for name in (
        "filter.evil.smudge",
        "core.fsmonitor",
        "core.sshCommand",
        "uploadpack.packObjectsHook",
    ):
        git(shop, "config", name, evil)
    for name in ("post-checkout", "pre-auto-gc", "reference-transaction"):
        hook = shop / ".git/hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\n{evil}\n")
        hook.chmod(0o755)

    for repository in (str(shop), f"file://{shop}"):
        await discover(repository, place=tmp_path / "place")

    assert not (tmp_path / "harmed").exists()


@pytest.mark.parametrize(
    ("command", "probe"),
    [
        ("PYTHONPATH=src python -m pytest -q", "python -c 'import pytest'"),
        ("cargo test", "command -v cargo"),
        ("./gradlew test", None),
        ("$(evil) test", None),
        ("python -m 'a; b'", "command -v python"),
        ('unclosed "', None),
    ],
)
def test_only_the_program_of_a_command_is_looked_for(command: str, probe: str | None) -> None:
    assert probe_of(command) == probe
