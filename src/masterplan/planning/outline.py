"""What a small model is asked for first: what is wanted, its modules, and each module's interface.

The shapes are flat and short, because a small model fills in a flat form far better than it
designs. What can be put right without doubt is put right here; the rest goes back with the reason.
"""

from __future__ import annotations

import ast
import keyword
import re
import sys
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from masterplan.llm.answers import WrongAnswer

ENTRY = "main.py"
MAX_MODULES = 2
MAX_FUNCTIONS = 6

Short = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=300)]

_RUN_BY_A_PERSON = re.compile(
    r"\b(command[- ]line|cli|terminal|program|tool|script|generator|app|game)\b", re.IGNORECASE
)
_PRINTS = re.compile(r"(print|display)(_|$)")
_FILE = re.compile(r"(^|_)(file|filename|filepath|path)(_|$)")
_USED_BY_CODE = re.compile(r"\b(library|module|package|class|function)s?\b", re.IGNORECASE)


class ModuleIdea(BaseModel):
    file: Short
    purpose: Sentence


class Discovery(BaseModel):
    title: Short
    summary: Sentence
    kind: Literal["program", "library"]
    modules: list[ModuleIdea] = Field(min_length=1, max_length=MAX_MODULES)


class FunctionIdea(BaseModel):
    signature: Annotated[str, StringConstraints(min_length=8, max_length=160)]
    purpose: Sentence


class InterfaceIdea(BaseModel):
    functions: list[FunctionIdea] = Field(min_length=1, max_length=MAX_FUNCTIONS)
    # Last, as a form that asks for a class first gets one where plain functions would do.
    class_name: Annotated[str, StringConstraints(max_length=40)]


@dataclass(frozen=True, slots=True)
class Function:
    """A public function, or a method where `owner` names its class."""

    owner: str
    name: str
    signature: str
    """Such as `def to_roman(number: int) -> str`."""
    purpose: str

    @property
    def path(self) -> str:
        return f"{self.owner}.{self.name}" if self.owner else self.name

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters in order, self included."""
        [node] = ast.parse(f"{self.signature}: ...").body
        assert isinstance(node, ast.FunctionDef)
        arguments = node.args
        given = [*arguments.posonlyargs, *arguments.args, arguments.vararg]
        given += [*arguments.kwonlyargs, arguments.kwarg]
        return tuple(each.arg for each in given if each is not None)


@dataclass(frozen=True, slots=True)
class Module:
    """A file with logic and what other code may use of it."""

    file: str
    purpose: str
    functions: tuple[Function, ...]

    @property
    def name(self) -> str:
        return self.file.removesuffix(".py")

    @property
    def public_names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each.owner or each.name for each in self.functions))

    @property
    def is_stateful(self) -> bool:
        return any(each.owner for each in self.functions)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What discovery found out."""

    title: str
    summary: str
    is_program: bool
    modules: tuple[tuple[str, str], ...]
    """File and purpose of each; none where one file is all of the program."""
    are_modules_named: bool = False
    """Whether the person named them, so that they are made whatever becomes of the rest."""


def read_discovery(answer: Discovery, *, goal: str) -> Wanted:
    """Put the answer right where that is beyond doubt. Raises WrongAnswer where it is not."""
    modules: dict[str, str] = {}
    for idea in answer.modules:
        file = module_file(idea.file)
        if file != ENTRY and not file.startswith("test"):
            modules.setdefault(file, idea.purpose)
    if named := _named_modules(goal):
        purposes = [*modules.values(), *([_line(answer.summary)] * len(named))]
        modules = dict(zip(named, purposes, strict=False))
    is_program = _is_program(goal, answer.kind)
    if not modules and not is_program:
        raise WrongAnswer("Name the module that holds the logic, such as logic.py.")
    return Wanted(
        title=_line(answer.title) or "A small program",
        summary=_line(answer.summary),
        is_program=is_program,
        modules=tuple(modules.items()),
        are_modules_named=bool(named),
    )


def read_interface(answer: InterfaceIdea, *, file: str, purpose: str) -> Module:
    """Read a module's interface. Raises WrongAnswer naming the signature that is no Python."""
    owner = answer.class_name.strip()
    found = [read_function(idea, owner=owner) for idea in answer.functions]
    unique = {(each.owner, each.name): each for each in found if _is_public(each)}
    functions = list(unique.values())
    if not functions:
        raise WrongAnswer(f"List at least one public function of {file}, not main().")
    return Module(file=file, purpose=_line(purpose), functions=tuple(functions))


def read_function(idea: FunctionIdea, *, owner: str) -> Function:
    """Read one signature; it is a method of `owner` if it takes self and there is an owner."""
    text = idea.signature.strip().removesuffix("...").strip().rstrip(":").strip()
    text = re.sub(r"^(async\s+)?(def\s+)?", "def ", text, count=1)
    try:
        [node] = ast.parse(f"{text}: ...").body
    except (SyntaxError, ValueError) as error:
        raise WrongAnswer(
            f"The signature {idea.signature!r} is not valid Python; write it like "
            "`def name(first: int) -> str`."
        ) from error
    if not isinstance(node, ast.FunctionDef):
        raise WrongAnswer(
            f"{idea.signature!r} is no function; write `def name(first: int) -> str`."
        )
    takes_self = bool(node.args.args) and node.args.args[0].arg == "self"
    if takes_self and not owner.isidentifier():
        del node.args.args[0]
    return Function(
        owner=owner if takes_self and owner.isidentifier() else "",
        name=node.name,
        signature=ast.unparse(node).partition(":\n")[0],
        purpose=_line(idea.purpose).rstrip(".") + ".",
    )


def as_drafted(module: Module, draft: str) -> Module:
    """Take over how a draft, on which examples hold, names the parameters of its functions."""
    drafted: dict[str, ast.FunctionDef] = {}
    for node in ast.parse(draft).body:
        if isinstance(node, ast.FunctionDef):
            drafted[node.name] = node
        elif isinstance(node, ast.ClassDef):
            methods = [each for each in node.body if isinstance(each, ast.FunctionDef)]
            drafted |= {f"{node.name}.{each.name}": each for each in methods}
    functions = [
        _with_parameters_of(drafted[each.path], each) if each.path in drafted else each
        for each in module.functions
    ]
    return replace(module, functions=tuple(functions))


def _with_parameters_of(drafted: ast.FunctionDef, function: Function) -> Function:
    bare = ast.parse(f"{function.signature}: ...").body[0]
    assert isinstance(bare, ast.FunctionDef)
    bare.args = drafted.args
    changed = replace(function, signature=ast.unparse(bare).partition(":\n")[0])
    return function if changed.parameters == function.parameters else changed


def is_part_of_program(module: Module) -> bool:
    """Whether it reads files, prints or returns nothing, which is what the program itself is to do.

    Such a module gives its tests nothing to compare, and its program nothing to do.
    """
    functions = [each for each in module.functions if not each.owner]
    methods = [each for each in module.functions if each.owner and each.name != "__init__"]
    return any(map(_acts, functions)) or bool(methods and all(map(_acts, methods)))


def _acts(function: Function) -> bool:
    return bool(
        _PRINTS.match(function.name)
        or function.signature.endswith("-> None")
        or any(map(_FILE.search, function.parameters))
    )


def _is_public(function: Function) -> bool:
    return function.name == "__init__" or not (
        function.name == "main" or function.name.startswith("_")
    )


def stub(module: Module) -> str:
    """Write the interface as Python without bodies, as examples and coders are shown it."""
    lines: list[str] = []
    owners = dict.fromkeys(each.owner for each in module.functions)
    for owner in owners:
        if owner:
            lines += [f"class {owner}:"]
        indent = "    " if owner else ""
        for each in (each for each in module.functions if each.owner == owner):
            purpose = each.purpose.replace("\\", "\\\\").replace('"""', "'''")
            lines += [f"{indent}{each.signature}:", f'{indent}    """{purpose}"""', ""]
    return "\n".join(lines).strip()


def import_line(module: Module) -> str:
    """Write the import of all that a module offers."""
    return f"from {module.name} import {', '.join(sorted(module.public_names))}"


def summary(module: Module) -> list[str]:
    """Say in a line each how the functions are called and what they do.

    Shown a stub, a small model writes the bodies again instead of importing them.
    """
    return [
        f"`{each.path}{each.signature.removeprefix(f'def {each.name}')}`: {each.purpose}"
        for each in module.functions
    ]


def module_file(name: str) -> str:
    """Turn a model's name for a module into a file that can be imported and shadows nothing."""
    stem = name.strip().replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".py")
    stem = re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", stem).lower())
    stem = stem.strip("_")
    if not stem or stem[0].isdigit():
        stem = f"module_{stem}".strip("_")
    if keyword.iskeyword(stem) or stem in sys.stdlib_module_names:
        stem = f"{stem}_logic"
    return f"{stem}.py"


def _named_modules(goal: str) -> list[str]:
    """Find the modules that the person names; what they are called is then settled."""
    files = dict.fromkeys(re.findall(r"(?<![\w/.])[a-z]\w*\.py\b", goal))
    return [file for file in files if file != ENTRY and not file.startswith("test")][:MAX_MODULES]


def _is_program(goal: str, kind: str) -> bool:
    """Believe the person's own words before the model's reading of them."""
    if _USED_BY_CODE.search(goal) and not re.search(
        r"command[- ]line|\bcli\b", goal, re.IGNORECASE
    ):
        return False
    return kind == "program" or bool(_RUN_BY_A_PERSON.search(goal))


def _line(text: str) -> str:
    return " ".join(text.split())
