"""Planning in one step, for models that can fill in a whole plan document."""

from __future__ import annotations

from masterplan.discovery.facts import Purpose, RepositoryFacts
from masterplan.discovery.secrets import is_secret_name
from masterplan.discovery.telling import tell
from masterplan.documents import PlanDocument, PlanSettings, validate_plan
from masterplan.llm.answers import WrongAnswer
from masterplan.llm.asking import Interview
from masterplan.llm.catalog import ModelCapability
from masterplan.planning.prompts import render


async def plan_at_once(
    goal: str,
    *,
    interview: Interview,
    settings: PlanSettings,
    repository: RepositoryFacts | None = None,
) -> PlanDocument:
    """Ask for the plan; what is wrong with it goes back. Raises what the interview raises."""
    question = render("whole_plan", goal=goal)
    if repository is not None:
        question += f"\n\n{_on_repository(repository, goal)}"
    return await interview.fill_in(
        question,
        PlanDocument,
        lambda document: read_plan(document, goal=goal, settings=settings, repository=repository),
    )


def _on_repository(facts: RepositoryFacts, goal: str) -> str:
    test = facts.command(Purpose.TEST)
    return render(
        "repository_plan",
        repository=tell(facts, goal=goal, capability=ModelCapability.LARGE),
        testing=(
            f"Tests belong where the repository has its own, and `{test}` is a check of every task "
            "whose change they prove."
            if test
            else "No test command is known that runs here: give each task checks that do."
        ),
    )


def read_plan(
    document: PlanDocument,
    *,
    goal: str,
    settings: PlanSettings,
    repository: RepositoryFacts | None = None,
) -> PlanDocument:
    """Take a model's plan under the person's goal and settings, which are not the model's to set.

    Raises WrongAnswer with every problem found.
    """
    plan = document.model_copy(update={"goal": goal, "settings": settings, "repository": None})
    problems = validate_plan(plan)
    problems += [
        f"Task {task.key} has no checks; add a command that fails before the work, not after it."
        for task in plan.tasks()
        if not task.checks
    ]
    problems += [
        f"Task {task.key} names who does it; leave `agent`, `command` and `script` out."
        for task in plan.tasks()
        if task.agent or task.command or task.script
    ]
    problems += [
        f"Task {task.key} says that it is done; leave `done` out: nothing is, before it is built."
        for task in plan.tasks()
        if task.done
    ]
    problems += [
        f"Task {task.key} sets a budget; leave `budget_usd` and `budget_tokens` out."
        for task in plan.tasks()
        if task.budget_usd or task.budget_tokens
    ]
    if repository is not None:
        problems += [
            f"Task {task.key} names {path}, a file for secrets, which no plan may change."
            for task in plan.tasks()
            for path in task.target_files
            if is_secret_name(path)
        ]
    if problems:
        raise WrongAnswer("The plan cannot be run:\n" + "\n".join(f"- {each}" for each in problems))
    return plan
