"""What a small model says of changes becomes a plan, or goes back with the reason."""

from __future__ import annotations

import pytest

from masterplan.discovery.facts import (
    Conventions,
    Language,
    LeftOut,
    ProjectCommand,
    Purpose,
    RepositoryFacts,
)
from masterplan.documents import PlanSettings, validate_plan
from masterplan.llm.answers import WrongAnswer
from masterplan.planning.changes import Changes, assemble_changes, read_changes

PROOF = 'python -c "from shop.cart import pay; assert pay([200]) == 180"'
FACTS = RepositoryFacts(
    commit="c0ffee",
    files=4,
    complete=True,
    languages=(Language(name="Python", percent=100, files=3),),
    commands=(ProjectCommand(purpose=Purpose.TEST, command="python -m pytest", source="x"),),
    conventions=Conventions(),
    paths=("README.md", "shop/__init__.py", "shop/cart.py", "web/app.ts"),
    interfaces=(),
    documents=(),
    left_out=LeftOut(),
)


def changes(*files: str, proof: str = PROOF) -> Changes:
    return Changes(
        title="Discount",
        summary="Cheaper.",
        files=list(files),
        proof=proof,
    )


@pytest.mark.parametrize(
    ("named", "meant"),
    [
        ("cart.py", "shop/cart.py"),
        ("./shop/cart.py", "shop/cart.py"),
        ("`/shop/cart.py`", "shop/cart.py"),
        ("shop/discount.py", "shop/discount.py"),
        ("__init__.py", "__init__.py"),
    ],
)
def test_a_name_that_can_only_mean_an_existing_file_is_put_right(named: str, meant: str) -> None:
    assert read_changes(changes(named), FACTS).files == [meant]


def test_two_changes_of_one_file_are_one_task() -> None:
    assert read_changes(changes("cart.py", "shop/cart.py"), FACTS).files == ["shop/cart.py"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (changes("../cart.py"), "Name a file by its path in the repository"),
        (changes("deploy/.env"), "a file for secrets, which no plan may change"),
    ],
)
def test_what_cannot_be_planned_goes_back_with_the_reason(answer: Changes, reason: str) -> None:
    with pytest.raises(WrongAnswer, match=reason):
        read_changes(answer, FACTS)


@pytest.mark.parametrize(
    "proof",
    [
        'python -c "assert 1 ="',
        "python -c 'print(1)'",
        "python -c 'print(1)",
        "echo done",
        "make\nmake test",
    ],
)
def test_a_command_that_tells_nothing_is_left_out(proof: str) -> None:
    assert read_changes(changes("a.py", proof=proof), FACTS).proof == ""
    assert read_changes(changes("a.py"), FACTS).proof == PROOF


def test_files_change_one_after_the_other_and_the_goal_is_proven_at_the_end() -> None:
    wanted = changes("shop/discount.py", "web/app.ts", "shop/cart.py")

    plan = assemble_changes(
        "Discounts.", wanted, FACTS, proofs={"shop/cart.py": [PROOF]}, settings=PlanSettings()
    )

    first, second, third = plan.tasks()
    assert [each.name for each in plan.tasks()] == [
        "Write shop/discount.py",
        "Change web/app.ts",
        "Change shop/cart.py",
    ]
    assert first.checks == ["python -m py_compile shop/discount.py", "python -m pytest"]
    assert second.checks == ["python -m pytest"]
    assert third.checks == ["python -m py_compile shop/cart.py", "python -m pytest", PROOF]
    assert third.depends_on == [first.key, second.key]
    assert "in an existing repository. The goal, in the person's words: Discounts." in (
        second.description
    )
    assert second.description.endswith(
        "Here only what of it belongs into web/app.ts is done: "
        "shop/discount.py, shop/cart.py are done by another task."
    )
    assert validate_plan(plan) == []


def test_without_tests_of_its_own_a_file_must_at_least_be_there() -> None:
    bare = FACTS.model_copy(update={"commands": ()})

    wanted = changes("web/new.ts", "a.ts")

    plan = assemble_changes("g", wanted, bare, proofs={"a.ts": [PROOF]}, settings=PlanSettings())

    assert [each.checks for each in plan.tasks()] == [["test -s web/new.ts"], [PROOF]]
