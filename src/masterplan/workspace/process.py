"""Running one command within limits of time and output, and ending all that it started."""

from __future__ import annotations

import asyncio
import codecs
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from masterplan.background import to_its_end

OUTPUT_TAIL_BYTES = 32 * 1024
_CHUNK = 64 * 1024
_ENDING_S = 2.0
"""How long the output of a killed command is awaited; its end means that nobody is left."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a command may use. Memory and files are per process, the rest is for all of it."""

    wall_s: float = 300.0
    memory_bytes: int = 2 << 30
    processes: int = 256
    file_bytes: int = 256 << 20
    output_bytes: int = 8 << 20
    """A command that writes more to its standard output and error is ended."""
    temporary_bytes: int = 512 << 20
    """Size of the private /tmp, which is held in memory."""


@dataclass(frozen=True, slots=True)
class CommandResult:
    """How a command ended; a command ended by a signal has exit code 128 + its number."""

    exit_code: int
    output_tail: str
    """The end of standard output and standard error together, as they came."""
    duration_s: float
    timed_out: bool
    output_truncated: bool
    """Whether the command was ended for writing more than it may."""


class Output:
    """Takes a command's output: all of it to a listener, the end of it into memory."""

    def __init__(self, *, limit_bytes: int, listener: Callable[[str], None] | None) -> None:
        self._left = limit_bytes
        self._listener = listener
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._tail = bytearray()
        self.exceeded = False

    def take(self, chunk: bytes) -> None:
        accepted = chunk[: self._left]
        self.exceeded = len(accepted) < len(chunk)
        self._left -= len(accepted)
        self._tail += accepted
        del self._tail[:-OUTPUT_TAIL_BYTES]
        if self._listener is not None and (text := self._decoder.decode(accepted)):
            self._listener(text)

    @property
    def tail(self) -> str:
        return self._tail.decode("utf-8", "replace")


async def run_bounded(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    directory: Path,
    limits: Limits,
    on_output: Callable[[str], None] | None,
    inherited: Sequence[int] = (),
) -> CommandResult:
    """Run a command until it ends, or end it when it exceeds its time or output.

    However this function is left, by cancellation too, the command's process group is gone.
    Raises OSError when the command cannot be started.
    """
    started = time.monotonic()
    output = Output(limit_bytes=limits.output_bytes, listener=on_output)
    # A pipe of our own: with asyncio's, some versions of Python report the command's end only when
    # whatever it left in the background has closed its output as well.
    read_end, write_end = os.pipe()
    with os.fdopen(read_end, "rb") as source:
        with os.fdopen(write_end, "wb") as sink:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=sink,
                stderr=asyncio.subprocess.STDOUT,
                env=dict(environment),
                cwd=directory,
                pass_fds=inherited,
                start_new_session=True,
            )
        exited = asyncio.ensure_future(process.wait())
        reading = asyncio.ensure_future(_read(source, output))
        timed_out = False
        try:
            async with asyncio.timeout(limits.wall_s):
                await asyncio.wait({exited, reading}, return_when=asyncio.FIRST_COMPLETED)
                if not output.exceeded and not exited.done():
                    await reading
                    await exited
        except TimeoutError:
            timed_out = True
        finally:
            ending = _end(process.pid, exited=exited, reading=reading)
            await to_its_end(asyncio.ensure_future(ending))
    # A command that wrote too much meets either the kill or the closed pipe first; it is one end.
    code = -signal.SIGKILL if output.exceeded else exited.result()
    return CommandResult(
        exit_code=code if code >= 0 else 128 - code,
        output_tail=output.tail,
        duration_s=time.monotonic() - started,
        timed_out=timed_out,
        output_truncated=output.exceeded,
    )


async def _read(source: IO[bytes], output: Output) -> None:
    """Take what comes until there is no writer left, or more came than is accepted."""
    reader = asyncio.StreamReader(limit=_CHUNK)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), source
    )
    try:
        while not output.exceeded and (chunk := await reader.read(_CHUNK)):
            output.take(chunk)
    finally:
        transport.close()


async def _end(
    process_group: int, *, exited: asyncio.Future[int], reading: asyncio.Future[None]
) -> None:
    """Kill a process group, wait for its leader, and read what was still on its way."""
    with suppress(ProcessLookupError):
        os.killpg(process_group, signal.SIGKILL)
    await exited
    await asyncio.wait({reading}, timeout=_ENDING_S)
    if not reading.done():
        reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    if not reading.cancelled() and (error := reading.exception()) is not None:
        raise error
