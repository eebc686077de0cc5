"""Comes before every hidden check that is a Python program: runs programs, reads what they print.

Checks look for what the goal says, so these are lenient about how a program puts it.
"""

import ast
import contextlib
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

__all__ = ["Path", "imports", "lines", "numbers", "raises", "refused", "run", "service", "words"]

Ask = Callable[..., tuple[int, Any]]


def run(*arguments: str, stdin: str = "") -> str:
    """Run `python ARGUMENTS`, which must end well, and return its standard output."""
    done = _started(*arguments, stdin=stdin)
    assert done.returncode == 0, f"exit code {done.returncode}: {done.stderr[-500:]}"
    return done.stdout


def refused(*arguments: str, stdin: str = "") -> bool:
    """Whether `python ARGUMENTS` ends with an exit code other than 0."""
    return _started(*arguments, stdin=stdin).returncode != 0


def words(text: str) -> list[str]:
    """The words and numbers of a text, without the punctuation around them."""
    return re.findall(r"[\w.+-]*\w", text)


def numbers(text: str) -> list[float]:
    return [float(each) for each in re.findall(r"-?\d+(?:\.\d+)?", text)]


def lines(text: str) -> list[str]:
    """The lines that are not empty, spaces collapsed."""
    return [" ".join(each.split()) for each in text.splitlines() if each.strip()]


def raises(kind: type[BaseException], act: Callable[[], object]) -> bool:
    """Whether calling `act` raises `kind`."""
    try:
        act()
    except kind:
        return True
    return False


def imports(file: str) -> set[str]:
    """The names of the modules that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(Path(file).read_text())):
        if isinstance(node, ast.Import):
            found |= {each.name.partition(".")[0] for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


@contextlib.contextmanager
def service(file: str) -> Iterator[Ask]:
    """Run `python FILE PORT` for the block's time and ask it: path, body and method to an answer.

    An answer is a status and what its JSON, or else its text, says.
    """
    import urllib.error  # takes longer to load than all others together
    import urllib.request

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, file, str(port)])

    def ask(path: str, body: object = None, method: str | None = None) -> tuple[int, Any]:
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        url = f"http://127.0.0.1:{port}{path}"
        request = urllib.request.Request(url, data=data, method=method)
        request.add_header("Content-Type", "application/json")
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:
                    return answer.status, _content(answer.read())
            except urllib.error.HTTPError as error:
                return error.code, _content(error.read())
            except urllib.error.URLError:
                assert server.poll() is None, "the service has ended"
                time.sleep(0.05)
        raise AssertionError("the service does not answer")

    try:
        yield ask
    finally:
        server.kill()
        server.wait()


def _content(answer: bytes) -> Any:
    try:
        return json.loads(answer)
    except ValueError:
        return answer.decode()


def _started(*arguments: str, stdin: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
