"""The doctor finds what is wrong, says how to mend it, and leaves nothing behind."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from masterplan.datadir import DataDirectory
from masterplan.services.doctor import (
    Finding,
    Verdict,
    check_data_directory,
    check_database,
    check_git,
    check_python,
    check_sqlite,
    judge_agents,
    judge_git,
    works,
)
from masterplan.settings import Settings

OK = Finding("sandbox", Verdict.OK, "works")
BROKEN = Finding("sandbox", Verdict.FAIL, "does not work", "mend it")


@pytest.mark.parametrize(
    ("version", "verdict"),
    [((3, 10, 14), Verdict.FAIL), ((3, 11, 0), Verdict.OK), ((3, 14, 1), Verdict.OK)],
)
def test_python_must_be_new_enough(version: tuple[int, ...], verdict: Verdict) -> None:
    assert check_python(version).verdict is verdict


@pytest.mark.parametrize(
    ("version", "verdict"),
    [((3, 40, 1), Verdict.WARN), ((3, 51, 2), Verdict.WARN), ((3, 51, 3), Verdict.OK)],
)
def test_sqlite_with_the_wal_reset_bug_is_warned_of(
    version: tuple[int, ...], verdict: Verdict
) -> None:
    assert check_sqlite(version).verdict is verdict


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("git version 2.39.5", Verdict.OK),
        ("git version 2.50.1 (Apple Git-155)", Verdict.OK),
        ("git version 2.30.2", Verdict.FAIL),
        ("nonsense", Verdict.FAIL),
    ],
)
def test_git_must_be_new_enough(said: str, verdict: Verdict) -> None:
    assert judge_git(said, "install").verdict is verdict


async def test_the_installed_git_is_asked() -> None:
    finding = await check_git()

    assert (finding.verdict, finding.remedy) == (Verdict.OK, "")
    assert finding.said.startswith("git version")


def test_a_good_data_directory_is_left_as_it_was(tmp_path: Path) -> None:
    directory = DataDirectory(tmp_path / "data")

    findings = check_data_directory(directory)

    assert {finding.verdict for finding in findings} == {Verdict.OK}
    assert list(directory.path.iterdir()) == []


def test_a_data_directory_that_others_can_read_is_warned_of(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o755)

    finding = check_data_directory(DataDirectory(tmp_path / "data"))[0]

    assert (finding.verdict, finding.remedy) == (Verdict.WARN, f"chmod 700 {tmp_path / 'data'}")


def test_a_data_directory_that_cannot_be_made_fails(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    [finding] = check_data_directory(DataDirectory(tmp_path / "file/data"))

    assert finding.verdict is Verdict.FAIL
    assert "MASTERPLAN_DATA_DIR" in finding.remedy


def test_the_owner_of_the_data_directory_is_named(tmp_path: Path) -> None:
    directory = DataDirectory(tmp_path / "data")
    with directory.lock("masterplan run"):
        said = [finding.said for finding in check_data_directory(directory)]

    assert any(words.startswith("held by masterplan run (process") for words in said)


def test_a_damaged_database_is_found(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    path = tmp_path / "masterplan.sqlite3"
    assert check_database(settings) == []

    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE words (word TEXT)")
        database.executemany("INSERT INTO words VALUES (?)", [("x" * 500,)] * 200)
    assert check_database(settings) == [Finding("database", Verdict.OK, str(path))]

    content = bytearray(path.read_bytes())
    content[4096 : 4096 * 3] = b"\xff" * 8192
    path.write_bytes(content)
    [finding] = check_database(settings)
    assert finding.verdict is Verdict.FAIL
    assert "damaged" in finding.said


def test_a_database_that_cannot_be_opened_is_not_called_damaged(tmp_path: Path) -> None:
    (tmp_path / "masterplan.sqlite3").mkdir()

    [finding] = check_database(Settings(data_dir=tmp_path))

    assert finding.verdict is Verdict.FAIL
    assert "cannot be read" in finding.said
    assert "damaged" not in finding.said


@pytest.mark.parametrize(
    ("sandbox", "model", "verdict"),
    [(OK, OK, Verdict.OK), (OK, BROKEN, Verdict.WARN), (BROKEN, OK, Verdict.FAIL)],
)
def test_agents_need_the_sandbox_and_models(
    sandbox: Finding, model: Finding, verdict: Verdict
) -> None:
    assert judge_agents(sandbox=sandbox, models=[model]).verdict is verdict


def test_warnings_do_not_fail_the_whole() -> None:
    warned = Finding("sqlite", Verdict.WARN, "old")

    assert works([OK, warned])
    assert not works([OK, warned, BROKEN])
