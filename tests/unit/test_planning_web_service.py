"""Web services: what a goal states of them, and the tests that come of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from masterplan.documents import PlanSettings, validate_plan
from masterplan.planning.assembly import assemble_service
from masterplan.planning.web_service import (
    Exchange,
    Service,
    render_service_tests,
    stated_service,
)

GOAL = (
    "A web service that keeps names: `python names.py 8080` listens on the port given. "
    'POST /names with a JSON body such as {"name": "Ada"} answers 201 with the JSON {"id": 1}, '
    "GET /names answers 200, GET /names/ID answers 200 with one of them, "
    "DELETE /names answers 405 where names are kept."
)
WORKING = """
import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(200 if self.path == "/names" else 404, [])

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(201, {"id": 1})

    def answer(self, status, content):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())


HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def test_requests_are_taken_as_the_goal_states_them() -> None:
    assert stated_service(GOAL) == Service(
        "names.py",
        (
            Exchange("POST", "/names", {"name": "Ada"}, 201, {"id": 1}),
            Exchange("GET", "/names", None, 200, None),
        ),
    )


@pytest.mark.parametrize(
    "goal",
    [
        "A command line program: `python main.py 2024` prints MMXXIV.",
        "A web service for names, without a word of how it is started.",
    ],
)
def test_other_goals_state_no_service(goal: str) -> None:
    assert stated_service(goal) is None


@pytest.mark.parametrize(
    ("code", "complaint"),
    [
        (WORKING, None),
        (WORKING.replace("201,", "200,"), "200 != 201 : POST /names"),
        (WORKING.replace("self.path ==", "self.missing =="), "no attribute 'missing'"),
        (WORKING.replace("int(sys.argv[1])", "int('x')"), "invalid literal for int()"),
    ],
)
def test_the_tests_hold_for_a_service_that_does_what_is_stated(
    tmp_path: Path, code: str, complaint: str | None
) -> None:
    service = stated_service(GOAL)
    assert service is not None
    (tmp_path / "names.py").write_text(code)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "__init__.py").touch()
    (tmp_path / "tests" / "test_names.py").write_text(render_service_tests(service))

    done = subprocess.run(
        [sys.executable, "-m", "unittest", "tests.test_names"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode == 0) == (complaint is None), done.stderr
    assert complaint is None or complaint in done.stderr


def test_the_tests_hold_as_many_requests_as_a_plan_can() -> None:
    many = tuple(Exchange("GET", f"/names/{number}", None, 200, None) for number in range(60))

    plan = assemble_service(
        GOAL, Service("names.py", many), title="Names", summary="Names.", settings=PlanSettings()
    )

    assert validate_plan(plan) == []
    assert "GET /names/3 answers 200" in plan.description
    assert "GET /names/59" not in plan.description


def test_the_plan_is_the_tests_and_the_service() -> None:
    service = stated_service(GOAL)
    assert service is not None

    plan = assemble_service(
        GOAL, service, title="Names", summary="Keeps names.", settings=PlanSettings()
    )

    assert validate_plan(plan) == []
    assert {task.key: task.depends_on for task in plan.tasks()} == {
        "tests-names": [],
        "names": ["tests-names"],
    }
    assert "POST /names answers 201, GET /names answers 200" in plan.description
