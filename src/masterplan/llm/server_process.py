"""The process that holds the embedded model.

The model gets a process of its own so that its threads and memory never disturb the event loop and
so that a crash in native code is an error message, not the end of Masterplan. Its owner writes one
line of JSON (`LaunchOptions`) to its standard input and keeps that pipe open; the process answers
with one line, the address it listens on. When the pipe is closed, which the operating system does
even where the owner was killed, the process ends: no other signal is needed on any platform.

Run as `python -m masterplan.llm.server_process`. Only what serving needs is imported.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass
from typing import TextIO

GUESSED_TOKENS = 12
PROMPT_CACHE_MIB = 512
"""Memory for prompts whose beginning may come again; some 30 KB for each of their tokens."""


@dataclass(frozen=True, slots=True)
class LaunchOptions:
    """What the owner decides about a server; sent through the pipe, so that `ps` shows no key."""

    model_path: str
    api_key: str
    context_tokens: int
    """Tokens that one request may hold, its answer included."""
    slots: int
    """Requests that are worked on at the same time."""
    threads: int

    def to_line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def from_line(cls, line: str) -> LaunchOptions:
        return cls(**json.loads(line))


def serve(options: LaunchOptions) -> object:
    """Load the model and listen on a free loopback port; the server lives as long as the result."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = options.model_path
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [options.api_key]
    params.n_parallel = options.slots
    params.n_ctx = options.context_tokens * options.slots
    params.cpuparams.n_threads = options.threads
    params.cpuparams_batch.n_threads = options.threads
    params.cache_ram_mib = PROMPT_CACHE_MIB
    # Text that repeats the prompt, as a revised module does, is guessed from it and only checked by
    # the model: the answer is the same, in two thirds of the time. Short guesses, for a wrong one
    # costs as much as it is long.
    params.speculative.types = [
        xllamacpp.common_speculative_type.COMMON_SPECULATIVE_TYPE_NGRAM_SIMPLE
    ]
    params.speculative.ngram_simple.size_m = GUESSED_TOKENS
    params.endpoint_slots = False
    params.ui = False
    return xllamacpp.Server(params)


def main() -> None:
    # Native code logs to standard output too, which must carry nothing but the answer.
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        server = serve(LaunchOptions.from_line(sys.stdin.readline()))
    except RuntimeError as error:
        # The native log has the reason; a traceback would push it out of the tail that is shown.
        sys.exit(str(error))
    tell_address(server, answer)
    sys.stdin.read()
    # Not a return: tearing down native threads that are amid a request can take long or hang.
    os._exit(0)


def tell_address(server: object, answer: TextIO) -> None:
    answer.write(f"{getattr(server, 'listening_address')}\n")  # noqa: B009 (native class, untyped)
    answer.close()


if __name__ == "__main__":
    main()
