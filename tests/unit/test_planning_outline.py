"""Discovery and interfaces: what is put right, what goes back to the model."""

import pytest

from masterplan.llm.answers import WrongAnswer
from masterplan.planning.outline import (
    Discovery,
    Function,
    FunctionIdea,
    InterfaceIdea,
    Module,
    ModuleIdea,
    Wanted,
    module_file,
    read_discovery,
    read_interface,
    stub,
)


def discovery(*files: str, kind: str = "program") -> Discovery:
    return Discovery.model_validate(
        {
            "title": "Roman  numerals",
            "summary": "Converts\nnumbers.",
            "kind": kind,
            "modules": [{"file": file, "purpose": "Logic."} for file in files],
        }
    )


def interface(*signatures: str, class_name: str = "") -> InterfaceIdea:
    ideas = [FunctionIdea(signature=each, purpose="Does it") for each in signatures]
    return InterfaceIdea(class_name=class_name, functions=ideas)


def read(answer: InterfaceIdea) -> Module:
    return read_interface(answer, file="roman.py", purpose="Logic.")


def test_discovery_is_read_with_spaces_collapsed() -> None:
    assert read_discovery(discovery("roman.py"), goal="Roman numerals") == Wanted(
        title="Roman numerals",
        summary="Converts numbers.",
        is_program=True,
        modules=(("roman.py", "Logic."),),
    )


def test_the_entry_point_and_tests_are_no_modules() -> None:
    wanted = read_discovery(discovery("main.py", "logic"), goal="x")

    assert wanted.modules == (("logic.py", "Logic."),)


def test_a_program_may_be_one_file_and_a_library_may_not() -> None:
    assert read_discovery(discovery("main.py"), goal="A command line program").modules == ()
    with pytest.raises(WrongAnswer, match="Name the module"):
        read_discovery(discovery("main.py"), goal="A library")


def test_a_module_that_the_goal_names_is_called_so() -> None:
    goal = "A library bank.py with a class; `python main.py` shows it. See docs/other.py."

    wanted = read_discovery(discovery("account.py", "more.py"), goal=goal)

    assert wanted.modules == (("bank.py", "Logic."),)


@pytest.mark.parametrize(
    ("goal", "kind", "is_program"),
    [
        ("A command line program that adds", "library", True),
        ("A library for dates", "program", False),
        ("A command line tool with a library", "library", True),
        ("Something", "library", False),
    ],
)
def test_the_words_of_the_goal_weigh_more_than_the_models_reading(
    goal: str, kind: str, is_program: bool
) -> None:
    assert read_discovery(discovery("a.py", kind=kind), goal=goal).is_program is is_program


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("roman", "roman.py"),
        ("src/RomanConverter.py", "roman_converter.py"),
        ("text-stats.py", "text_stats.py"),
        ("2048.py", "module_2048.py"),
        ("statistics.py", "statistics_logic.py"),
        ("class", "class_logic.py"),
        ("../../etc/passwd", "passwd.py"),
        ("é", "module.py"),
    ],
)
def test_a_modules_name_becomes_one_that_can_be_imported(name: str, file: str) -> None:
    assert module_file(name) == file


def test_signatures_are_read_in_the_forms_that_models_write_them() -> None:
    module = read(interface("to_roman(n: int) -> str:", "def from_roman(text: str) -> int: ..."))

    assert [each.signature for each in module.functions] == [
        "def to_roman(n: int) -> str",
        "def from_roman(text: str) -> int",
    ]


def test_self_without_a_class_is_dropped() -> None:
    assert read(interface("def f(self, n: int) -> str")).functions == (
        Function("", "f", "def f(n: int) -> str", "Does it."),
    )


def test_a_class_without_methods_is_ignored() -> None:
    module = read(interface("def f(n: int) -> str", class_name="Converter"))

    assert module.public_names == ("f",)
    assert not module.is_stateful


def test_no_initializer_is_made_up_for_a_class() -> None:
    module = read(interface("def add(self, n: int) -> None", class_name="Account"))

    assert [each.path for each in module.functions] == ["Account.add"]
    assert module.functions[0].parameters == ("self", "n")


def test_private_functions_and_main_are_left_out() -> None:
    module = read(interface("def main() -> None", "def _help() -> None", "def f() -> int"))

    assert module.public_names == ("f",)


@pytest.mark.parametrize("signature", ["convert numbers", "def f(n: int -> str", "x = 1 + f()"])
def test_what_is_no_signature_goes_back(signature: str) -> None:
    with pytest.raises(WrongAnswer, match="signature"):
        read(interface(signature))


def test_an_interface_without_public_functions_goes_back() -> None:
    with pytest.raises(WrongAnswer, match="at least one public function"):
        read(interface("def main() -> None"))


def test_a_stub_is_the_interface_as_python() -> None:
    module = read(interface("def f(n: int) -> str", "def g() -> int"))

    assert stub(module) == (
        'def f(n: int) -> str:\n    """Does it."""\n\ndef g() -> int:\n    """Does it."""'
    )


def test_modules_are_limited_by_the_schema() -> None:
    schema = Discovery.model_json_schema()

    assert schema["properties"]["modules"]["maxItems"] == 2
    assert set(schema["$defs"]) == {ModuleIdea.__name__}
