"""Runs a Python module that ends with whoever started it.

`python -m masterplan.llm.tethered MODULE ARGUMENT…` runs the module and watches standard input, a
pipe that the owner holds. The pipe is closed when the owner ends, were it by SIGKILL, and with it
this process: no download goes on unseen, writing where the next one begins.
"""

from __future__ import annotations

import os
import runpy
import sys
import threading


def _end_with_owner() -> None:
    # Not through sys.stdin, whose lock this thread would hold when the interpreter shuts down.
    while os.read(0, 1):
        pass
    os._exit(1)


def main() -> None:
    threading.Thread(target=_end_with_owner, daemon=True).start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
