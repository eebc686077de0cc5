"""Runs a program in a sandbox that has no network, and lets it reach the model there.

    python bridge.py SOCKET PORT PROGRAM …

Whoever connects to PORT of the sandbox's own loopback gets the SOCKET in the file system. Standard
library only: it runs where Masterplan is not.
"""

import socket
import subprocess
import sys
import threading


def pump(source: socket.socket, target: socket.socket) -> None:
    """Pass on what comes until there is no more."""
    try:
        while piece := source.recv(65_536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        # One side is gone: the other one has to know.
        source.close()
        target.close()


def accept(listener: socket.socket, path: str) -> None:
    while True:
        inside, _ = listener.accept()
        outside = socket.socket(socket.AF_UNIX)
        outside.connect(path)
        for pair in ((inside, outside), (outside, inside)):
            threading.Thread(target=pump, args=pair, daemon=True).start()


def main(path: str, port: str, *program: str) -> int:
    """Serve the bridge while the program runs; return its exit code."""
    listener = socket.create_server(("127.0.0.1", int(port)))
    threading.Thread(target=accept, args=(listener, path), daemon=True).start()
    return subprocess.run(program, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
