"""Examples of what a module does, from a model's assertions to a test file of the plan.

Assertions on lines of their own are the form in which small models give examples best. They are
parsed, never run here; only those survive that use nothing but the module's public names, and they
are written out as unittest cases, so that a failure shows the value that came instead. What has to
raise an error is kept as `with raises(ValueError): …`, in whichever of its forms it came.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from masterplan.llm.answers import WrongAnswer, closed, only_block
from masterplan.planning.outline import Module, import_line

_BANNED = frozenset(
    {
        "open",
        "input",
        "print",
        "exit",
        "quit",
        "eval",
        "exec",
        "compile",
        "__import__",
        "breakpoint",
    }
)
RAISES = "raises"
_KNOWN = (frozenset(dir(builtins)) - _BANNED) | {RAISES}

MAX_LENGTH = 300
"""Characters; a plan is read by a person, and a longer example is seldom a right one."""


@dataclass(frozen=True, slots=True)
class Example:
    """Statements of which the last one asserts, or raises what it says."""

    subject: str
    """The public name that it is about."""
    statements: tuple[str, ...]


def read_examples(answer: str, module: Module) -> list[Example]:
    """Take the usable examples out of an answer, without repetitions.

    Raises WrongAnswer when the answer is no Python or holds no usable assertion.
    """
    code = only_block(closed(answer))
    stories = stories_in(code)
    if not stories:
        _refuse_broken(code)
    found = [example for story in stories if (example := _example(story, module))]
    if not found:
        raise WrongAnswer(
            "No line is an assertion on the public names of the module. Write lines such as "
            f"`assert {module.public_names[0]}(...) == ...`, with literal values."
        )
    return list({example.statements: example for example in found}.values())


def select_examples(examples: Sequence[Example], *, most: int = 4) -> list[Example]:
    """Keep at most `most` examples of each subject, spread over what there is.

    Models begin with the trivial ones, so the first few would say least.
    """
    kept: list[Example] = []
    for subject in dict.fromkeys(each.subject for each in examples):
        own = [each for each in examples if each.subject == subject]
        step = max(1.0, (len(own) - 1) / max(1, most - 1))
        kept += [own[round(number * step)] for number in range(min(most, len(own)))]
    return kept


def render_tests(module: Module, examples: Sequence[Example]) -> str:
    """Write the examples as a unittest file that imports the module from the project's root."""
    lines = ["import inspect", "import unittest", "", import_line(module), "", ""]
    lines += [f"class {_camel(module.name)}Test(unittest.TestCase):"]
    lines += ["    def test_interface(self) -> None:"]
    for function in module.functions:
        lines += [
            # Not by list(): a module's own function may be called so.
            f"        self.assertEqual([*inspect.signature({function.path}).parameters], "
            f"{list(function.parameters)})"
        ]
    lines += [""]
    for name, example in zip(test_names(examples), examples, strict=True):
        lines += [f"    def {name}(self) -> None:"]
        for statement in example.statements:
            lines += [f"        {line}" for line in _checked(statement).splitlines()]
        lines += [""]
    return "\n".join(lines).rstrip() + "\n"


def test_names(examples: Sequence[Example]) -> list[str]:
    """Name a test method for each example: test_<subject>_<number>."""
    counts: dict[str, int] = {}
    names: list[str] = []
    for example in examples:
        subject = "".join(c if c.isalnum() else "_" for c in example.subject).lower().strip("_")
        counts[subject] = counts.get(subject, 0) + 1
        names.append(f"test_{subject}_{counts[subject]}")
    return names


def test_class(module: Module) -> str:
    """Return the dotted name by which unittest finds a module's examples."""
    return f"tests.test_{module.name}.{_camel(module.name)}Test"


def _refuse_broken(code: str) -> None:
    try:
        ast.parse(code)
    except (SyntaxError, ValueError) as error:
        raise WrongAnswer(f"The code block is not valid Python: {error}.") from error


def statements_in(text: str) -> list[ast.stmt]:
    """Parse a paragraph; one that is no Python, as the last where it was cut off, says nothing."""
    try:
        return ast.parse(text).body
    except (SyntaxError, ValueError):
        return []


def _example(story: Sequence[ast.stmt], module: Module) -> Example | None:
    subject = _subject(story, module)
    statements = tuple(ast.unparse(each) for each in story)
    if subject and sum(map(len, statements)) <= MAX_LENGTH and _is_plain(story, module):
        return Example(subject, statements)
    return None


def stories_in(code: str) -> list[list[ast.stmt]]:
    """Read each assertion, or error that is due, with what is done before it.

    A paragraph may use what one before it has made. Whether it goes on from there or begins anew
    cannot be seen, so it is read in both ways: whoever tries them finds out.
    """
    groups = [group for text in code.split("\n\n") if (group := statements_in(text))]
    made: list[ast.stmt] = []
    found: list[list[ast.stmt]] = []
    for group in groups:
        anew = [] if _names(group, ast.Store) & _names(made, ast.Store) else made
        uses = _names(group, ast.Load) & _names(anew, ast.Store)
        own = list(_stories([*anew, *group] if uses else group))
        if not own:
            made = group
        found += own
    if made:
        found += _stories([statement for group in groups for statement in group])
    unique = {tuple(map(ast.unparse, story)): story for story in found}
    return list(unique.values())


def _names(statements: Sequence[ast.stmt], context: type[ast.expr_context]) -> set[str]:
    return {
        node.id
        for statement in statements
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, context)
    }


def _stories(group: Sequence[ast.stmt]) -> Iterable[list[ast.stmt]]:
    """Give each assertion with what was done before it, as far as that can be followed."""
    has_objects = any(isinstance(statement, ast.Assign) for statement in group)
    done: list[ast.stmt] = []
    for statement in group:
        raising = _raising(statement)
        if raising is not None:
            yield [*done, raising]
        elif isinstance(statement, ast.Assert):
            yield [*done, statement]
            done += _steps(statement.test) if has_objects else []
        elif isinstance(statement, ast.Assign | ast.Expr | ast.AugAssign):
            done.append(statement)
        elif not isinstance(statement, ast.Import | ast.ImportFrom):
            return


def _steps(test: ast.expr) -> list[ast.stmt]:
    """What an assertion does besides asserting: a later one may rest on its calls."""
    acting = test.left if isinstance(test, ast.Compare) else test
    calls = any(isinstance(node, ast.Call) for node in ast.walk(acting))
    return [ast.Expr(acting)] if calls else []


def _raising(statement: ast.stmt) -> ast.stmt | None:
    """Return what has to raise an error as `with raises(Error): …`, None where it need not."""
    match statement:
        case ast.With(
            items=[ast.withitem(context_expr=ast.Call(func=function, args=[error, *_]))],
            body=[ast.Expr(value=call) | ast.Assign(value=call)],
        ) if ast.unparse(function).lower().endswith(RAISES):
            return _with_raises(error, call)
        case ast.Try(
            body=[ast.Expr(value=call) | ast.Assign(value=call), *after],
            handlers=[ast.ExceptHandler(type=ast.expr() as error, body=handling)],
            orelse=otherwise,
            finalbody=[],
        ) if not any(map(_fails, handling)) and all(map(_fails, [*after, *otherwise])):
            return _with_raises(error, call)
        case _:
            return None


def _with_raises(error: ast.expr, call: ast.expr) -> ast.stmt:
    [node] = ast.parse(f"with {RAISES}({ast.unparse(error)}):\n    {ast.unparse(call)}").body
    return node


def _fails(statement: ast.stmt) -> bool:
    """Whether a statement says that it must not be reached, such as `assert False`."""
    return isinstance(statement, ast.Raise) or (
        isinstance(statement, ast.Assert)
        and isinstance(statement.test, ast.Constant)
        and not statement.test.value
    )


def _is_plain(story: Sequence[ast.stmt], module: Module) -> bool:
    """Whether it is straight-line code on public names, values and built-in functions."""
    known = {*_KNOWN, *module.public_names}
    for statement in story:
        if isinstance(statement, ast.Assert) and isinstance(statement.test, ast.Constant):
            return False
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                if node.id not in known:
                    return False
            elif isinstance(node, ast.Attribute) and node.attr.startswith("_"):
                return False
        known |= {
            node.id
            for node in ast.walk(statement)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
    return True


def _subject(story: Sequence[ast.stmt], module: Module) -> str:
    """The method or function called last in the story, or "" when it uses none of the module's."""
    names = {each.name for each in module.functions} | set(module.public_names)
    used = [
        name
        for statement in story
        for node in ast.walk(statement)
        for name in [node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")]
        if name in names
    ]
    return used[-1] if used else ""


def _checked(statement: str) -> str:
    """Turn an assertion into the unittest call that says most when it fails."""
    [node] = ast.parse(statement).body
    if isinstance(node, ast.With):
        return statement.replace(f"with {RAISES}(", "with self.assertRaises(", 1)
    if not isinstance(node, ast.Assert):
        return statement
    test = node.test
    if not (
        isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq)
    ):
        return f"self.assertTrue({ast.unparse(test)})"
    actual, expected = ast.unparse(test.left), ast.unparse(test.comparators[0])
    value = _number(test.comparators[0])
    if isinstance(value, float):
        # Examples give rounded values; what is asked for is not more exact than what is written.
        return f"self.assertAlmostEqual({actual}, {expected}, delta={_tolerance(value)})"
    return f"self.assertEqual({actual}, {expected})"


def _number(node: ast.expr) -> int | float | None:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _tolerance(value: float) -> float:
    decimals = len(repr(value).partition(".")[2]) if "e" not in repr(value) else 6
    return float(f"{10.0**-decimals:.10g}")


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
