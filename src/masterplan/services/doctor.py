"""What works here and what does not, with how to mend it: results only, whoever shows them.

Every check is done for real (a command runs in the sandbox, a file is written) and none changes
anything that stays.
"""

from __future__ import annotations

import asyncio
import platform
import re
import shutil
import sqlite3
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy.engine import URL

from masterplan.datadir import DataDirectory
from masterplan.db import database_url
from masterplan.db.postgres import SeenWorker, look_at_server
from masterplan.db.urls import is_sqlite, shown, sqlite_file
from masterplan.errors import MasterplanError
from masterplan.llm.catalog import available_models
from masterplan.settings import SandboxKind, Settings
from masterplan.workspace.sandbox import probe

OLDEST_PYTHON = (3, 11)
OLDEST_GIT = (2, 31)
WAL_RESET_FIXED = (3, 51, 3)
LITTLE_SPACE = 2_000_000_000
NO_SPACE = 200_000_000
PRIMARY_CODE = 0xFF
"""The bits of SQLite's error codes that name the kind; the others refine it."""
DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
OTHERS = 0o077


class Verdict(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check; `remedy` says what to do where it is not ok."""

    name: str
    verdict: Verdict
    said: str
    remedy: str = ""


async def examine(settings: Settings) -> list[Finding]:
    """Do every check, in the order in which things are needed."""
    sandbox, models = await check_sandbox(settings.sandbox), check_models(settings)
    return [
        check_python(sys.version_info[:3]),
        check_sqlite(sqlite3.sqlite_version_info),
        *check_data_directory(DataDirectory(settings.data_dir)),
        *await asyncio.to_thread(check_database, settings),
        await check_git(),
        sandbox,
        *models,
        judge_agents(sandbox=sandbox, models=models),
    ]


def works(findings: list[Finding]) -> bool:
    """Tell whether nothing that is needed fails."""
    return all(finding.verdict is not Verdict.FAIL for finding in findings)


def check_python(version: tuple[int, ...]) -> Finding:
    said = f"{_dotted(version)} on {platform.system()} {platform.machine()}"
    if version >= OLDEST_PYTHON:
        return Finding("python", Verdict.OK, said)
    return Finding("python", Verdict.FAIL, said, f"Use Python {_dotted(OLDEST_PYTHON)} or later.")


def check_sqlite(version: tuple[int, ...]) -> Finding:
    if version >= WAL_RESET_FIXED:
        return Finding("sqlite", Verdict.OK, _dotted(version))
    return Finding(
        "sqlite",
        Verdict.WARN,
        f"{_dotted(version)}: versions before {_dotted(WAL_RESET_FIXED)} can, very rarely, corrupt "
        "a database in WAL mode (the WAL-reset bug)",
        "Use a Python whose SQLite is newer, for example one installed by uv; keep backups.",
    )


def check_data_directory(directory: DataDirectory) -> list[Finding]:
    try:
        directory.create()
        # A file without a name: nothing is left behind, whatever happens.
        with tempfile.TemporaryFile(dir=directory.path) as file:
            file.write(b"masterplan doctor")
    except (MasterplanError, OSError) as error:
        remedy = "Set MASTERPLAN_DATA_DIR to a directory that you may write."
        return [Finding("data", Verdict.FAIL, str(error), remedy)]
    return [_privacy(directory), _space(directory), _ownership(directory)]


def _privacy(directory: DataDirectory) -> Finding:
    if directory.path.stat().st_mode & OTHERS:
        return Finding(
            "data",
            Verdict.WARN,
            f"{directory.path} is writable, but other users may look into it",
            f"chmod 700 {directory.path}",
        )
    return Finding("data", Verdict.OK, f"{directory.path} is writable and private")


def _space(directory: DataDirectory) -> Finding:
    free = shutil.disk_usage(directory.path).free
    said = f"{free / 1e9:.1f} GB free"
    if free >= LITTLE_SPACE:
        return Finding("space", Verdict.OK, said)
    verdict = Verdict.WARN if free >= NO_SPACE else Verdict.FAIL
    remedy = "Make room, or set MASTERPLAN_DATA_DIR elsewhere; the embedded model needs 1.5 GB."
    return Finding("space", verdict, said, remedy)


def _ownership(directory: DataDirectory) -> Finding:
    server = directory.running_server()
    if server is not None:
        return Finding("server", Verdict.OK, f"{server.purpose} at {server.url}, pid {server.pid}")
    owner = directory.owner()
    return Finding("server", Verdict.OK, f"held by {owner}" if owner else "none runs; not needed")


def check_database(settings: Settings) -> list[Finding]:
    """Look whether the database can be used, read-only; nothing to say of a file not made yet."""
    try:
        url = database_url(settings.resolved_database_url)
    except MasterplanError as error:
        return [Finding("database", Verdict.FAIL, error.message, "Mend MASTERPLAN_DATABASE_URL.")]
    if is_sqlite(url):
        return _check_file(sqlite_file(url))
    return _check_server(url)


def _check_server(url: URL) -> list[Finding]:
    where = shown(url)
    try:
        server = look_at_server(url)
    except MasterplanError as error:
        remedy = str(error.details.get("remedy", ""))
        said = error.message.removesuffix(f" {remedy}")
        return [Finding("database", Verdict.FAIL, said, remedy)]
    said = f"PostgreSQL {server.version} at {where}"
    if server.may_create:
        return [Finding("database", Verdict.OK, said), *map(judge_worker, server.workers)]
    remedy = f"ALTER DATABASE {url.database} OWNER TO {url.username}"
    said = f"{said}: its user may not create the schema that the engine needs"
    return [Finding("database", Verdict.FAIL, said, remedy)]


def judge_worker(worker: SeenWorker) -> Finding:
    """Say of a worker whether it lives; one that was lost is not missed, but somebody may be."""
    name = f"{worker.hostname}, process {worker.pid}"
    if worker.lost:
        said = f"{name} does not answer; its tasks are taken over by the others"
        return Finding("worker", Verdict.WARN, said, "Look at that machine, or start it again.")
    return Finding("worker", Verdict.OK, f"{name}, up to {worker.places} tasks at once")


def _check_file(path: Path) -> list[Finding]:
    if not path.exists():
        return []
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            complaint = str(database.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        if error.sqlite_errorcode & PRIMARY_CODE not in DAMAGE:
            remedy = f"See that you may write {path.parent} and the files in it."
            return [Finding("database", Verdict.FAIL, f"{path} cannot be read: {error}", remedy)]
        complaint = str(error)
    if complaint == "ok":
        return [Finding("database", Verdict.OK, str(path))]
    remedy = "Put back a copy from the data directory's backups, or the file that you saved."
    return [Finding("database", Verdict.FAIL, f"{path} is damaged: {complaint}", remedy)]


async def check_git() -> Finding:
    remedy = f"Install git {_dotted(OLDEST_GIT)} or later, for example: apt install git"
    git = shutil.which("git")
    if git is None:
        return Finding("git", Verdict.FAIL, "not found", remedy)
    process = await asyncio.create_subprocess_exec(
        git, "--version", stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    return judge_git(output.decode(errors="replace").strip(), remedy)


def judge_git(said: str, remedy: str) -> Finding:
    """Judge what `git --version` says."""
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", said)
    version = tuple(int(part) for part in found.groups(default="0")) if found else ()
    verdict = Verdict.OK if version >= OLDEST_GIT else Verdict.FAIL
    return Finding("git", verdict, said, "" if verdict is Verdict.OK else remedy)


async def check_sandbox(kind: SandboxKind) -> Finding:
    """Run a real command in the sandbox."""
    if kind is SandboxKind.NONE:
        return Finding(
            "sandbox",
            Verdict.WARN,
            "none: agents' commands can do whatever you can",
            "Unset MASTERPLAN_SANDBOX.",
        )
    try:
        await probe(kind)
    except MasterplanError as error:
        return Finding("sandbox", Verdict.FAIL, f"{kind}: does not work", error.message)
    return Finding("sandbox", Verdict.OK, f"{kind}: a command ran in it")


def check_models(settings: Settings) -> list[Finding]:
    """Say which model is used by default and which others are at hand."""
    statuses = available_models(settings)
    findings = [
        Finding(
            "model",
            Verdict.OK if status.usable else Verdict.FAIL,
            f"{status.name}, the default: {status.reason}",
            "" if status.usable else status.reason,
        )
        for status in statuses
        if status.default
    ]
    others = [status.name for status in statuses if status.usable and not status.default]
    if others:
        findings.append(Finding("models", Verdict.OK, f"also usable: {', '.join(others)}"))
    return findings


def judge_agents(*, sandbox: Finding, models: list[Finding]) -> Finding:
    """Say which agents can work: each needs the sandbox for its checks, llm a model besides."""
    if sandbox.verdict is Verdict.FAIL:
        return Finding("agents", Verdict.FAIL, "none: checks need the sandbox", "Mend the sandbox.")
    if all(finding.verdict is Verdict.FAIL for finding in models):
        return Finding("agents", Verdict.WARN, "command, scripted; llm needs a model")
    return Finding("agents", Verdict.OK, "llm, command, scripted")


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)
