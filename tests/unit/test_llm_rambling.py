"""Text that repeats itself, and text that only looks like it."""

from __future__ import annotations

import pytest

from masterplan.llm.rambling import explains_at_length, goes_in_circles

LOOP = "    # Create a list of all names\n    needed = [name for name in names if name]\n\n"
HANDLERS = "".join(
    f"        elif self.path == '/{name}':\n"
    "            self.send_response(200)\n"
    "            self.send_header('Content-Type', 'application/json')\n"
    "            self.end_headers()\n"
    f"            self.wfile.write({name})\n"
    for name in ("notes", "names", "items", "people", "places", "things")
)
TABLE = "".join(f"    ('some city', 'some country', {number}),\n" for number in range(40))
BRACKETS = "        }\n    }\n" * 20


def test_the_same_lines_again_and_again_are_noticed_before_long() -> None:
    text = "def order(needs):\n" + LOOP * 20

    assert goes_in_circles(text)
    assert not goes_in_circles(text[: len("def order(needs):\n" + LOOP * 3)])


def test_a_circle_of_many_lines_is_noticed_when_it_comes_round_the_third_time() -> None:
    names = ("Ada", "Scheme", "Haxe", "Julia", "Matlab", "SQL", "XML", "JSON", "HTML", "CSS")
    circle = "".join(f"    '{name}': 'Hello!',\n" for name in names)

    assert not goes_in_circles("GREETINGS = {\n" + circle * 2)
    assert goes_in_circles("GREETINGS = {\n" + circle * 3 + "    ")


@pytest.mark.parametrize("text", ["", "x = 1", HANDLERS, TABLE, BRACKETS])
def test_code_that_repeats_itself_with_reason_is_left_alone(text: str) -> None:
    assert not any(goes_in_circles(text[:end]) for end in range(len(text)))


def test_prose_behind_code_is_enough_at_some_length() -> None:
    code = "Here it is:\n```python\nx = 1\n```\n"
    prose = "It sets x to one, which is what was asked for.\n" * 12

    assert explains_at_length(code + prose)
    assert not explains_at_length(code + prose[:200])
    assert not explains_at_length(prose + code), "it thinks before it writes"
    assert not explains_at_length(code + prose + code), "more code has followed"
    assert not explains_at_length(prose + "```python\n" + "x = 1\n" * 200), "code is being written"
