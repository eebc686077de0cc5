"""What once went wrong in systems of this kind, and must not again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import make_url

import masterplan
from masterplan.db import alembic_config, migrate
from masterplan.db.urls import blocking_url
from masterplan.documents import document_of
from masterplan.errors import InvalidPlan
from masterplan.models import Base, MasterPlan, MasterPlanTask

PACKAGE = Path(masterplan.__file__).parent


on_both = pytest.mark.databases


@pytest.fixture
def url(empty_database_url: str) -> str:
    return empty_database_url


def columns(url: str, table: str) -> dict[str, object]:
    engine = create_engine(blocking_url(make_url(url)))
    try:
        return {column["name"]: column for column in inspect(engine).get_columns(table)}
    finally:
        engine.dispose()


@on_both
def test_workspace_path_is_a_nullable_string_of_500(url: str) -> None:
    migrate(url)
    column = columns(url, "masterplans")["workspace_path"]
    assert isinstance(column, dict)
    assert (str(column["type"]), column["nullable"]) == ("VARCHAR(500)", True)
    assert MasterPlan.__table__.c.workspace_path.nullable


@on_both
def test_workspace_path_migration_goes_back_and_forth(url: str) -> None:
    migrate(url)
    config = alembic_config(make_url(url))
    command.downgrade(config, "20251020_0900")
    assert "workspace_path" not in columns(url, "masterplans")
    migrate(url)
    assert "workspace_path" in columns(url, "masterplans")


@on_both
def test_migrations_are_reversible_to_nothing(url: str) -> None:
    migrate(url)
    command.downgrade(alembic_config(make_url(url)), "base")
    assert columns(url, "alembic_version")
    migrate(url)
    assert columns(url, "events")


def test_database_is_backed_up_before_it_is_migrated(url: str, tmp_path: Path) -> None:
    assert migrate(url) is None, "a new database needs no backup"
    command.downgrade(alembic_config(make_url(url)), "20251103_0900")
    backup = migrate(url)
    assert backup is not None
    assert backup.parent == tmp_path / "backups"
    assert "events" not in inspect(create_engine(f"sqlite:///{backup}")).get_table_names()
    assert migrate(url) is None, "nothing is left to do"


@on_both
@pytest.mark.essential
def test_models_and_migrations_say_the_same(url: str) -> None:
    migrate(url)
    config = alembic_config(make_url(url))
    config.print_stdout = lambda *_arguments: None
    command.check(config)


def test_target_files_are_extracted_from_the_task_model() -> None:
    task = MasterPlanTask(key="a", name="A", target_files=["src/a.py", "tests/test_a.py"])
    assert task.target_files == ["src/a.py", "tests/test_a.py"]
    assert not MasterPlanTask.__table__.c.target_files.nullable


def test_task_without_target_files_is_refused() -> None:
    plan = {
        "title": "t",
        "phases": [
            {
                "name": "p",
                "milestones": [
                    {"name": "m", "tasks": [{"key": "a", "name": "A", "target_files": []}]}
                ],
            }
        ],
    }
    from masterplan.documents import validate_plan

    try:
        problems = validate_plan(document_of(plan))
    except InvalidPlan as error:
        problems = error.problems
    assert any("target_files" in problem for problem in problems)


def test_nothing_is_written_to_a_projects_table() -> None:
    assert "projects" not in Base.metadata.tables
    mentions = [
        path
        for path in PACKAGE.rglob("*.py")
        if re.search(r"""["']projects["']|\bINTO projects\b""", path.read_text())
    ]
    assert mentions == []
