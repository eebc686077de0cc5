"""Plans a web service from the goal's own words: what it is asked and what it answers.

A service does not fit the shape of other programs, for it never ends and prints nothing that
matters. Everything that a small plan of it needs is usually stated: how it is started, and
`GET /notes answers 200`. So no model is asked for examples; what is stated becomes the tests.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from masterplan.planning.prompts import render

_SERVICE = re.compile(r"\b(web|http|rest)[- ]?(service|server|api)\b|\bhttp\.server\b", re.I)
_STARTED = re.compile(r"`python (?P<file>[a-z]\w*\.py) (?P<port>\d{2,5})`")
_EXCHANGE = re.compile(
    r"\b(?P<method>GET|POST|PUT|PATCH|DELETE) (?P<path>/[a-z0-9/_.:?=&-]*+)(?![A-Z{<])(?P<rest>.*?)"
    r"(?=\b(?:GET|POST|PUT|PATCH|DELETE) /|$)",
    re.DOTALL,
)
_BODY = re.compile(r"\bJSON body\b[^{}]{0,20}(?P<json>\{[^{}]*\})")
_ANSWER = re.compile(
    r"\b(?:answers|returns|responds with|gives)\s+(?P<status>[1-5]\d\d)\b"
    r"(?!\s+(?:where|when|if|for|unless)\b)"
    r"(?:\s+(?:with|and)\s+(?:the\s+)?JSON\b[^{}.;]{0,40}(?P<json>\{[^{}]*\}))?"
)
_TESTS = """\
import json
import socket
import subprocess
import sys
import time
import unittest
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class $class_name(unittest.TestCase):
    def setUp(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        command = [sys.executable, "$file", str(self.port)]
        self.service = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        self.addCleanup(self.service.stderr.close)
        self.addCleanup(self.service.wait)
        self.addCleanup(self.service.kill)
        for _ in range(100):
            if self.service.poll() is not None:
                self.fail(f"$file has ended:\\n{self.service.stderr.read()[-2000:]}")
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except ConnectionRefusedError:
                time.sleep(0.1)
        self.fail("$file does not listen on 127.0.0.1 at the port that is its first argument")

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        self.addCleanup(connection.close)
        sent = None if body is None else json.dumps(body)
        connection.request(method, path, sent, {"Content-Type": "application/json"})
        try:
            answer = connection.getresponse()
        except ConnectionError:
            self.service.kill()
            self.fail(f"{method} {path} is not answered:\\n{self.service.stderr.read()[-1200:]}")
        return answer.status, answer.read().decode()

    def test_answers(self) -> None:
        self.assertGreaterEqual(self.ask("GET", "/")[0], 200)
"""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request that the goal states, and what is answered."""

    method: str
    path: str
    body: object
    """What is sent as JSON; None where nothing is sent."""
    status: int
    answer: object
    """The JSON that is answered; None where the goal does not state it."""


@dataclass(frozen=True, slots=True)
class Service:
    """A web service as the goal states it."""

    file: str
    """The program that is started, with its port as the only argument."""
    exchanges: tuple[Exchange, ...]

    @property
    def name(self) -> str:
        return self.file.removesuffix(".py")

    @property
    def summary(self) -> str:
        """What the plan's tests prove of it, in a sentence."""
        if not self.exchanges:
            return (
                "Mind before you approve: the goal states no request such as `GET /notes answers "
                "200`, so the checks prove only that the service starts and answers."
            )
        asked = [f"{each.method} {each.path} answers {each.status}" for each in self.exchanges]
        return f"The checks prove that {', '.join(asked)}, asked in this order."


def stated_service(goal: str) -> Service | None:
    """Find the service that a goal describes; None where it is none or says not how to start it."""
    started = _STARTED.search(goal)
    if started is None or not _SERVICE.search(goal):
        return None
    return Service(started["file"], tuple(_exchanges(goal)))


def service_description(goal: str, service: Service) -> str:
    """Say in full what the author of the service has to write."""
    return render("service_task", file=service.file, goal=goal)


def render_service_tests(service: Service) -> str:
    """Write a unittest file that starts the service and asks it what the goal states, in order."""
    class_name = "".join(part.capitalize() for part in service.name.split("_"))
    lines = [
        _TESTS.replace("$class_name", f"{class_name}Test").replace("$file", service.file).rstrip()
    ]
    if service.exchanges:
        lines += ["", "    def test_stated_requests(self) -> None:"]
    for each in service.exchanges:
        body = "" if each.body is None else f", {each.body!r}"
        asked = f"{each.method} {each.path}"
        lines += [f"        status, text = self.ask({each.method!r}, {each.path!r}{body})"]
        lines += [f"        self.assertEqual(status, {each.status}, {asked!r})"]
        if each.answer is not None:
            lines += [f"        self.assertEqual(json.loads(text), {each.answer!r}, {asked!r})"]
    return "\n".join(lines) + "\n"


def _exchanges(goal: str) -> Iterator[Exchange]:
    for found in _EXCHANGE.finditer(goal):
        rest = found["rest"]
        answer = _ANSWER.search(rest)
        if answer is None:
            continue
        body = _BODY.search(rest[: answer.start()])
        yield Exchange(
            method=found["method"],
            path=found["path"].rstrip(".,:"),
            body=_json(body["json"]) if body else None,
            status=int(answer["status"]),
            answer=_json(answer["json"]) if answer["json"] else None,
        )


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None
