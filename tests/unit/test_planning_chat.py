"""What is made of a conversation: the goal, and what a model's turn means."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic_ai.messages import ModelRequest, ModelResponse

from masterplan.lifecycle import MessageRole
from masterplan.llm.answers import WrongAnswer
from masterplan.planning.chat import (
    PlanCommand,
    Said,
    goal_for,
    plan_command,
    unknown_command,
    with_stated_runs,
    within,
)
from masterplan.planning.chat_turn import ChatAnswer, as_question, read_answer, reply_so_far

RUN = "`python main.py 2024` prints MMXXIV"


def person(text: str) -> Said:
    return Said(MessageRole.PERSON, text)


def assistant(text: str, *questions: str, goal: str | None = None, ready: bool = False) -> Said:
    return Said(MessageRole.ASSISTANT, text, questions, goal, ready)


def turn(**fields: Any) -> ChatAnswer:
    known = {"reply": "Well.", "questions": [], "goal": "", "ready": False, "agreed": False}
    return ChatAnswer.model_validate({**known, "repository": "", **fields})


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/masterplan", PlanCommand("")),
        ("  /masterplan  a todo list ", PlanCommand("a todo list")),
        ("/masterplan\na todo list\nwith dates", PlanCommand("a todo list\nwith dates")),
        ("/masterplans", None),
        ("make a /masterplan", None),
    ],
)
def test_the_command_is_told_from_words(text: str, command: PlanCommand | None) -> None:
    assert plan_command(text) == command


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/masterplna a todo list", "/masterplna"),
        (" /Plan", "/Plan"),
        ("/masterplan a todo list", None),
        ("/etc/hosts is to be read", None),
        ("/a1 is a key", None),
        ("`/plan` is a path of my service", None),
        ("a /plan", None),
    ],
)
def test_a_mistyped_command_is_told_from_words(text: str, command: str | None) -> None:
    assert unknown_command(text) == command


def test_a_plan_is_made_of_the_goal_that_was_gathered_last() -> None:
    said = [person("hello"), assistant("Hm.", goal="old"), assistant("Ah.", goal="new")]
    assert goal_for(PlanCommand(""), said) == "new"


def test_a_plan_is_made_of_what_was_said_where_nothing_was_gathered() -> None:
    assert goal_for(PlanCommand(""), [person("a list"), person("of books")]) == "a list\nof books"
    assert goal_for(PlanCommand(""), [assistant("Hello.")]) is None


def test_what_was_said_before_goes_with_a_goal_that_is_given() -> None:
    goal = goal_for(PlanCommand("a reading list"), [person("In Python."), assistant("Good.")])
    assert goal == "a reading list\n\nWhat was said before:\n- In Python."


def test_stated_runs_stay_in_the_goal_word_for_word() -> None:
    goal = with_stated_runs("Converts numbers.", [f"So that {RUN}.", f"I said {RUN}."])
    assert goal == f"Converts numbers. So that {RUN}."
    assert with_stated_runs(f"Converts: {RUN}.", [RUN]) == f"Converts: {RUN}."


def test_what_is_said_of_a_run_stays_in_the_goal_though_it_is_no_check() -> None:
    said = [
        "For the shell. `python main.py list` prints every title on its own line",
        "Should `python main.py` alone print help?",
    ]

    assert with_stated_runs("Keeps titles.", said) == (
        "Keeps titles. `python main.py list` prints every title on its own line."
    )


def test_an_answer_that_says_nothing_is_refused() -> None:
    with pytest.raises(WrongAnswer, match="reply"):
        read_answer(turn(reply=" "), [person("hello")])
    with pytest.raises(WrongAnswer, match="goal"):
        read_answer(turn(ready=True), [person("hello")])


def test_a_question_is_not_asked_twice() -> None:
    said = [person("a list"), assistant("Hm.", "Which books?")]
    answer = read_answer(turn(questions=["which books", "How many?", "How many?"]), said)
    assert answer.questions == ("How many?",)


def test_a_question_is_asked_either_in_the_reply_or_below_it() -> None:
    asked = turn(reply="I see. Which format? It matters.", questions=["Which format?", "How many?"])
    alone = turn(reply="Which format?", questions=["Which format?"])

    assert read_answer(asked, [person("books")]).text == "I see. It matters."
    assert read_answer(asked, [person("books")]).questions == ("Which format?", "How many?")
    assert read_answer(alone, [person("books")]).text == ""


def test_a_plan_begins_only_when_a_goal_was_shown_and_agreed_to() -> None:
    agreed = turn(goal="a list", ready=True, agreed=True)
    shown = [person("a list"), assistant("Shall I?", goal="a list", ready=True), person("yes")]
    assert not read_answer(agreed, [person("a list")]).begins
    assert read_answer(agreed, shown).begins
    assert not read_answer(agreed.model_copy(update={"questions": ["Why?"]}), shown).begins


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("yes, go ahead with what is simplest", True),
        ("OK", True),
        ("yes, but it should sort them", False),
        ("Yesterday I said five", False),
        ("ok, and what about dates?", False),
        ("yes and it prints the year of each book behind its title", False),
    ],
)
def test_a_person_who_agrees_is_understood_though_the_model_does_not(
    text: str, begins: bool
) -> None:
    shown = assistant("Like this?", goal="Keeps titles.", ready=True)
    answer = turn(goal="Keeps titles.", ready=True)

    assert read_answer(answer, [person("titles"), shown, person(text)]).begins is begins
    assert not read_answer(answer, [person("titles"), assistant("Hm."), person(text)]).begins


def test_a_repository_is_used_only_where_the_person_named_it() -> None:
    said = [person("Work on ~/shop please.")]
    assert read_answer(turn(repository="~/shop"), said).repository == "~/shop"
    assert read_answer(turn(repository="/etc"), said).repository is None


@pytest.mark.parametrize(
    ("draft", "reply"),
    [
        ("", ""),
        ('{"rep', ""),
        ('{"reply": "Which wo', "Which wo"),
        ('{"reply": "one\\ntwo\\', "one\ntwo"),
        ('{"reply": "done", "questions": ["a', "done"),
        ("Let me think.", ""),
        ("[1, 2", ""),
    ],
)
def test_the_reply_can_be_read_while_it_comes(draft: str, reply: str) -> None:
    assert reply_so_far(draft) == reply


def test_sides_alternate_in_what_a_model_is_told() -> None:
    said = [
        person("a list"),
        assistant("Hm.", "Of what?"),
        Said(MessageRole.PLAN, "(A plan was begun.)"),
        person("of books"),
        person("and films"),
    ]
    history, question = as_question(said)
    assert [type(each) for each in history] == [ModelRequest, ModelResponse]
    assert question == "of books\n\nand films"


def test_the_first_message_and_the_latest_are_kept_where_there_is_little_room() -> None:
    said = [person("first"), *(assistant(f"answer {n}") for n in range(9)), person("last")]
    assert within(said, 24) == [said[0], said[-2], said[-1]]
    assert within(said, 1000) == said
    assert within([], 10) == []
