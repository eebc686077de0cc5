"""Commands that are to prove a change, read out of what a model says."""

from __future__ import annotations

import pytest

from masterplan.llm.answers import WrongAnswer
from masterplan.planning.proofs import import_of, read_snippets

IMPORT = "from shop.basket import Basket"


def fenced(code: str) -> str:
    return f"```python\n{code}\n```"


def test_each_paragraph_is_a_command_of_one_line() -> None:
    story = "b = Basket()\nb.add('tea', 30.0, 3)\nassert b.total() == 90.0"
    code = f"{story}\n\nassert Basket().count() == 0"

    assert read_snippets(fenced(code), imports=[IMPORT]) == [
        f"""python -c '{IMPORT}; b = Basket(); b.add('"'"'tea'"'"', 30.0, 3); """
        "assert b.total() == 90.0'",
        f"python -c '{IMPORT}; assert Basket().count() == 0'",
    ]


def test_what_is_no_single_line_is_left_out() -> None:
    code = "class Basket:\n    pass\n\nwith raises(ValueError):\n    Basket(1)\n\nassert Basket()"

    assert read_snippets(fenced(code), imports=[IMPORT]) == [
        f"python -c '{IMPORT}; assert Basket()'"
    ]


@pytest.mark.parametrize("answer", ["None.", fenced("assert"), fenced("Basket().total()")])
def test_an_answer_that_asserts_nothing_is_of_no_use(answer: str) -> None:
    with pytest.raises(WrongAnswer):
        read_snippets(answer, imports=[IMPORT])


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("shop/basket.py", "class Basket: ...\ndef _own(): ...\n", IMPORT),
        ("shop/__init__.py", "def pay(): ...\ndef total(): ...\n", "from shop import pay, total"),
        ("shop/basket.py", "LIMIT = 3\n", None),
        ("shop-2/basket.py", "class Basket: ...\n", None),
        ("shop/basket.ts", "class Basket {}\n", None),
    ],
)
def test_imports_name_what_a_python_file_offers(path: str, text: str, line: str | None) -> None:
    assert import_of(path, text) == line
