"""The data directory: who owns it, how it is reached, and the token that opens it.

One data directory belongs to one process at a time, because one SQLite file and one engine do.
The owner holds an exclusive lock that the operating system releases with the process, however it
ends; everything else that is written here about the owner is only believed while that lock is
held, so a `kill -9` leaves nothing behind that could mislead the next command. The owner's
temporary files are in here too, so that the next owner can remove what a killed one left.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from masterplan.errors import DataDirectoryInUse, Unavailable

LOCK_PATIENCE_S = 0.5
"""How long taking the lock is tried: probes of other processes hold it for microseconds."""
_LOCK_POLL_S = 0.01


class LockOwner(BaseModel):
    """Who holds the data directory: the process and what it was started for."""

    model_config = ConfigDict(frozen=True)

    pid: int
    purpose: str

    def __str__(self) -> str:
        return f"{self.purpose} (process {self.pid})"


class ServerInfo(BaseModel):
    """Where the server of a data directory answers."""

    model_config = ConfigDict(frozen=True)

    url: str
    pid: int
    purpose: str = ""


class DataDirectory:
    """The folder that `MASTERPLAN_DATA_DIR` names; its owner's own, mode 0700 where made here."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().absolute()
        self.lock_path = self.path / "lock"
        self.token_path = self.path / "token"
        self.server_path = self.path / "server.json"
        self.node_path = self.path / "node"
        self.temporary_path = self.path / "tmp"

    def create(self) -> None:
        """Make the directory where it is missing.

        Raises Unavailable where it cannot be made or is not a directory.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Unavailable(
                f"Cannot make the data directory {self.path}: {error.strerror}. "
                "Set MASTERPLAN_DATA_DIR to a directory that you may write."
            ) from error

    def token(self, explicit: SecretStr | None) -> str:
        """Give the access token: the explicit one, else the stored one, made on first use.

        Any number of processes that ask at the same time for the first time get the same token.
        Raises Unavailable where the token cannot be read or written.
        """
        if explicit is not None and explicit.get_secret_value():
            return explicit.get_secret_value()
        self.create()
        try:
            return self._read_token()
        except FileNotFoundError:
            self._write_token(secrets.token_urlsafe(32))
            return self._read_token()

    def node_id(self) -> str:
        """Give the directory's own name among the machines that share a database; made once."""
        self.create()
        if not self.node_path.exists():
            self._replace(self.node_path, str(uuid.uuid4()))
        return self.node_path.read_text("ascii").strip()

    @contextmanager
    def lock(self, purpose: str, *, patience: float = LOCK_PATIENCE_S) -> Iterator[None]:
        """Own the directory for the block's time, trying for `patience` seconds.

        Raises DataDirectoryInUse, naming the owner, where another holds it.
        """
        self.create()
        descriptor = self._open_lock()
        try:
            if not _flock_within(descriptor, patience):
                raise DataDirectoryInUse(
                    str(self.path), owner=str(self._recorded_owner() or "another process")
                )
            _overwrite(descriptor, LockOwner(pid=os.getpid(), purpose=purpose).model_dump_json())
            with self._temporary_files():
                yield
        finally:
            os.close(descriptor)

    def owner(self) -> LockOwner | None:
        """Tell who holds the directory at this moment, or None."""
        return self._recorded_owner() if self._is_locked() else None

    def advertise(self, url: str, pid: int) -> None:
        """Let other processes find the server at `url`; only while its process holds the lock."""
        self._replace(self.server_path, ServerInfo(url=url, pid=pid).model_dump_json())

    def withdraw(self) -> None:
        """Take back what `advertise` said."""
        self.server_path.unlink(missing_ok=True)

    def running_server(self) -> ServerInfo | None:
        """Find the server of this directory, or None.

        What a killed process has left behind is not believed: the server must be the process that
        holds the lock now.
        """
        try:
            server = ServerInfo.model_validate_json(self.server_path.read_text("utf-8"))
        except (FileNotFoundError, NotADirectoryError, ValidationError):
            return None
        owner = self.owner()
        if owner is None or owner.pid != server.pid:
            return None
        return server.model_copy(update={"purpose": owner.purpose})

    @contextmanager
    def _temporary_files(self) -> Iterator[None]:
        """Let this process make its temporary files here, beginning with none."""
        shutil.rmtree(self.temporary_path, ignore_errors=True)
        self.temporary_path.mkdir(mode=0o700, exist_ok=True)
        before, tempfile.tempdir = tempfile.tempdir, str(self.temporary_path)
        try:
            yield
        finally:
            tempfile.tempdir = before

    def _open_lock(self) -> int:
        try:
            return os.open(self.lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Unavailable(
                f"Cannot write in the data directory {self.path}: {error.strerror}. "
                "Set MASTERPLAN_DATA_DIR to a directory that you may write."
            ) from error

    def _is_locked(self) -> bool:
        try:
            descriptor = os.open(self.lock_path, os.O_RDONLY | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            return False
        try:
            return not _try_flock(descriptor, fcntl.LOCK_SH)
        finally:
            os.close(descriptor)

    def _recorded_owner(self) -> LockOwner | None:
        try:
            return LockOwner.model_validate_json(self.lock_path.read_text("utf-8"))
        except (FileNotFoundError, ValidationError):
            return None

    def _read_token(self) -> str:
        token = self.token_path.read_text("ascii").strip()
        if not token:
            raise Unavailable(
                f"The token file {self.token_path} is empty. Delete it and a new one is made."
            )
        return token

    def _write_token(self, token: str) -> None:
        temporary = self._temporary_file(token)
        try:
            # A link, not a rename: the first of several processes wins, and none sees half a file.
            os.link(temporary, self.token_path)
        except FileExistsError:
            return
        finally:
            temporary.unlink()

    def _replace(self, path: Path, text: str) -> None:
        temporary = self._temporary_file(text)
        temporary.replace(path)

    def _temporary_file(self, text: str) -> Path:
        """Write a complete file, readable by its owner alone, beside its later place."""
        descriptor, name = tempfile.mkstemp(dir=self.path, prefix=".", suffix=".new")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        return Path(name)


@contextmanager
def sole_user(file: Path) -> Iterator[None]:
    """Keep processes with other data directories from a database file for the block's time.

    Raises Unavailable where one has it.
    """
    lock = file.with_name(f"{file.name}.lock")
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if not _flock_within(descriptor, LOCK_PATIENCE_S):
            raise Unavailable(
                f"The database {file} is in use by a process with another data directory. End "
                "that process, or give each its own file; many processes can share a PostgreSQL "
                "database."
            )
        yield
    finally:
        os.close(descriptor)


def _try_flock(descriptor: int, operation: int) -> bool:
    try:
        fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _flock_within(descriptor: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not _try_flock(descriptor, fcntl.LOCK_EX):
        if time.monotonic() >= deadline:
            return False
        time.sleep(_LOCK_POLL_S)
    return True


def _overwrite(descriptor: int, text: str) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, text.encode(), 0)
