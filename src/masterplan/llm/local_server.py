"""Starts, watches and ends the process that serves the embedded model.

One server answers for the whole of Masterplan: loading takes seconds and a gigabyte. It listens on
the loopback alone and asks for a key made for this run, so that no other user of the machine can
use it. See `masterplan.llm.server_process` for how it ends with its owner.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
from collections import deque
from pathlib import Path

from masterplan.errors import Unavailable
from masterplan.llm.server_process import LaunchOptions

CONTEXT_TOKENS = 8192
SLOTS = 2
START_TIMEOUT = 180.0
STOP_TIMEOUT = 5.0
LOG_TAIL_LINES = 15

YIELDING = {"OMP_WAIT_POLICY": "passive"}
"""Makes the server's threads sleep where they wait for each other.

By default they spin. That gains nothing on an idle machine, and with one other busy process on two
cores it makes the model fifteen times slower, for the thread that spins keeps the one it waits for
from running; checks run beside the model all the time.
"""


class LocalModelServer:
    """An OpenAI-compatible server of one GGUF file, in a process of its own.

    Belongs to one event loop. `start` may be called before each use: it starts the server at the
    first call and again where it has died, else it returns at once.
    """

    def __init__(
        self,
        model_path: Path,
        *,
        log_path: Path,
        context_tokens: int = CONTEXT_TOKENS,
        slots: int = SLOTS,
        threads: int | None = None,
    ) -> None:
        self.log_path = log_path
        self._options = LaunchOptions(
            model_path=str(model_path),
            api_key=secrets.token_urlsafe(32),
            context_tokens=context_tokens,
            slots=slots,
            threads=threads or os.cpu_count() or 1,
        )
        self._process: asyncio.subprocess.Process | None = None
        self._base_url = ""
        self._starting = asyncio.Lock()

    @property
    def api_key(self) -> str:
        return self._options.api_key

    @property
    def process_id(self) -> int | None:
        """The server's process while it runs."""
        return self._process.pid if self.running and self._process else None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self) -> str:
        """Return the base URL of the running server, starting it where needed.

        Raises Unavailable, with the end of the server's log, where it cannot be started.
        """
        async with self._starting:
            if not self.running:
                await self._launch()
        return self._base_url

    async def stop(self) -> None:
        """End the server; requests under way fail."""
        async with self._starting:
            await self._end()

    async def _launch(self) -> None:
        self.log_path.parent.mkdir(parents=True, exist_ok=True)
        with self.log_path.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "masterplan.llm.server_process",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env={**os.environ, **YIELDING},
                # A Ctrl-C in the terminal is for the owner, which decides what becomes of requests.
                start_new_session=True,
            )
        try:
            address = await asyncio.wait_for(self._exchange(self._process), START_TIMEOUT)
        except TimeoutError:
            await self._end()
            raise self._failed_to_start(f"it was not ready after {START_TIMEOUT:.0f} s") from None
        except BaseException:
            await self._end()
            raise
        if not address:
            await self._end()
            raise self._failed_to_start("its process ended")
        self._base_url = f"{address}/v1"

    async def _exchange(self, process: asyncio.subprocess.Process) -> str:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(self._options.to_line())
        return (await process.stdout.readline()).decode().strip()

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), STOP_TIMEOUT)
        except TimeoutError:
            process.kill()
            await process.wait()

    def _failed_to_start(self, reason: str) -> Unavailable:
        tail = log_tail(self.log_path)
        return Unavailable(
            f"The embedded model {self._options.model_path} could not be started: {reason}. "
            f"Its log {self.log_path} ends with:\n{tail}",
            details={"model_path": self._options.model_path, "log": tail},
        )


def log_tail(path: Path, *, lines: int = LOG_TAIL_LINES) -> str:
    """Return the last lines of a text file, or an empty string where there is none."""
    if not path.exists():
        return ""
    with path.open(errors="replace") as log:
        return "".join(deque(log, maxlen=lines)).rstrip()
