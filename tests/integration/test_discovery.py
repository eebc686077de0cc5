"""Looking at real repositories, and plans that are made for them with what was found."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from masterplan.api.app import create_app
from masterplan.discovery.availability import probe_of
from masterplan.discovery.facts import Purpose
from masterplan.discovery.source import discover
from masterplan.errors import UnusableRepository
from masterplan.settings import Settings
from masterplan.workspace.foreign import FETCH_LIMITS
from support.app import client_of, eventually
from support.loopback_model import KEY, MODEL, Answer, Hang, ModelServer, scripted
from support.plans import API, events_of, tasks_of, until
from support.repositories import commit_files, git

CANARY = "c4n4ry-0f9e8d7c6b5a"
SECRETS = {
    ".env": f"TOKEN={CANARY}",
    "deploy/.env.production": CANARY,
    "server.pem": CANARY,
    "keys/id_rsa": CANARY,
    "credentials.json": f'{{"key": "{CANARY}"}}',
    ".npmrc": f"//registry.example/:_authToken={CANARY}",
    "shop/config.py": f"API_KEY = '{CANARY}a1b2c3d4'\n",
    "NOTES.md": f"Log in as https://admin:{CANARY}@shop.example\n",
}
SHOP = {
    "README.md": "# Shop\n\nAdds prices.\n",
    "shop/__init__.py": "",
    "shop/prices.py": "def total(prices: list[int]) -> int:\n    return sum(prices)\n",
    "shop/cart.py": "from shop.prices import total\n\n\n"
    "def pay(prices):\n    return total(prices)\n",
    "tests/__init__.py": "",
    "tests/test_prices.py": "import unittest\n\nfrom shop.prices import total\n\n\n"
    "class TotalTest(unittest.TestCase):\n"
    "    def test_total(self):\n        self.assertEqual(total([1, 2]), 3)\n",
}
GOAL = "pay in the cart gives 10 percent off prices above 100."
CHANGES = {
    "title": "Discount",
    "summary": "Large carts are cheaper.",
    "changes": [{"file": "cart.py", "change": "pay takes 10 percent off a total above 100."}],
    "proof": 'python -c "from shop.cart import pay; assert pay([200]) == 180"',
}
CART = """```python
from shop.prices import total


def pay(prices):
    amount = total(prices)
    return amount * 9 // 10 if amount > 100 else amount
```"""


@contextmanager
def model(monkeypatch: pytest.MonkeyPatch, *answers: object) -> Iterator[ModelServer]:
    """A model behind HTTP that gives these answers, one after the other."""
    texts = [each if isinstance(each, str) else json.dumps(each) for each in answers]
    with ModelServer(scripted(*map(Answer, texts))).running() as server:
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        yield server


async def generate(client: httpx.AsyncClient, repository: Path | str, name: str) -> str:
    body = {"goal": GOAL, "repository": str(repository), "settings": {"model": name}}
    answer = await client.post(f"{API}/generate", json=body)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["masterplan_id"])


async def found_in(client: httpx.AsyncClient, plan_id: str) -> Any:
    answer = await client.get(f"{API}/{plan_id}/discovery")
    assert answer.status_code == 200, answer.text
    return answer.json()["discovery"]


# Looking


async def test_head_is_read_and_the_working_tree_is_not(tmp_path: Path) -> None:
    shop = commit_files(tmp_path / "shop", {**SHOP, "link.py": "x = 1\n"})
    (shop / "link.py").unlink()
    (shop / "link.py").symlink_to("/etc/passwd")
    git(shop, "add", ".")
    git(shop, "commit", "-qm", "Link")
    (shop / "uncommitted.py").write_text(CANARY)
    (shop / "shop/prices.py").write_text(CANARY)

    facts = await discover(str(shop), place=tmp_path)

    assert facts.commit == git(shop, "rev-parse", "HEAD")
    assert set(facts.paths) == set(SHOP)
    assert CANARY not in facts.model_dump_json()
    assert facts.command(Purpose.TEST) == "python -m unittest"
    assert facts.summary == "Python 100%, 6 files, tests: unittest"


async def test_repository_behind_a_url_is_fetched_shallowly_and_removed(tmp_path: Path) -> None:
    shop = commit_files(tmp_path / "shop", {"old.py": "x = 1\n"})
    (shop / "old.py").unlink()
    commit_files(shop, SHOP)
    place = tmp_path / "place"

    facts = await discover(f"file://{shop}", place=place)

    assert facts == await discover(str(shop), place=place)
    assert list(place.iterdir()) == []


async def test_repository_that_is_too_large_or_too_slow_is_refused(tmp_path: Path) -> None:
    shop = commit_files(tmp_path / "shop", {"noise.bin": os.urandom(300_000)})

    with pytest.raises(UnusableRepository, match="larger than 0 MiB: clone it yourself"):
        limits = replace(FETCH_LIMITS, file_bytes=100_000)
        await discover(f"file://{shop}", place=tmp_path / "place", limits=limits)
    with pytest.raises(UnusableRepository, match="not be fetched within 0 seconds: clone it"):
        limits = replace(FETCH_LIMITS, wall_s=0.001)
        await discover(f"file://{shop}", place=tmp_path / "place", limits=limits)
    assert list((tmp_path / "place").iterdir()) == []


async def test_what_cannot_be_worked_on_is_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "empty").mkdir()
    git(tmp_path / "empty", "init", "-q")
    git(tmp_path / "empty", "init", "-q", "--bare", str(tmp_path / "bare.git"))
    shop = commit_files(tmp_path / "shop", SHOP)
    refused = {
        str(tmp_path / "missing"): "There is no folder .*missing: name a git repository",
        str(tmp_path / "plain"): "plain is no git repository: name the folder",
        str(shop / "shop"): "is no git repository: name the folder that holds its .git",
        str(tmp_path / "empty"): "empty has no commit yet: commit what it holds",
        f"file://{tmp_path}/bare.git": "bare.git has no commit yet",
        f"file://{tmp_path}/none.git": "none.git cannot be cloned .*: check the address",
    }
    for repository, message in refused.items():
        with pytest.raises(UnusableRepository, match=message):
            await discover(repository, place=tmp_path / "place")


async def test_password_of_an_address_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(UnusableRepository) as refusal:
        await discover(f"https://me:{CANARY}@127.0.0.1:9/shop.git", place=tmp_path)

    assert CANARY not in refusal.value.message


async def test_hooks_filters_and_configuration_of_the_repository_do_nothing(
    tmp_path: Path,
) -> None:
    shop = commit_files(tmp_path / "shop", {**SHOP, ".gitattributes": "* filter=evil\n"})
    evil = f"touch {tmp_path}/harmed"
    for name in (
        "filter.evil.smudge",
        "core.fsmonitor",
        "core.sshCommand",
        "uploadpack.packObjectsHook",
    ):
        git(shop, "config", name, evil)
    for name in ("post-checkout", "pre-auto-gc", "reference-transaction"):
        hook = shop / ".git/hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\n{evil}\n")
        hook.chmod(0o755)

    for repository in (str(shop), f"file://{shop}"):
        await discover(repository, place=tmp_path / "place")

    assert not (tmp_path / "harmed").exists()


# Planning


async def test_plan_of_a_small_model_changes_the_repositorys_files_and_is_built(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = commit_files(tmp_path / "shop", SHOP)
    with model(monkeypatch, CHANGES, CART) as server:
        app = create_app(settings.model_copy(update={"local_model_url": server.url}))
        async with app.running(), client_of(app) as client:
            plan_id = await generate(client, shop, "local")
            detail = await until(client, plan_id, "draft")
            events = await events_of(client, plan_id)
            for step in ("approve", "execute"):
                assert (await client.post(f"{API}/{plan_id}/{step}")).is_success
            built = await until(client, plan_id, "completed")

    told = [
        event["payload"]["message"]
        for event in events
        if event["type"] == "masterplan_generation_progress"
    ]
    assert told[:2] == [
        f"Looking at the repository {shop}",
        "Repository: Python 100%, 6 files, tests: unittest",
    ]
    (task,) = tasks_of(detail).values()
    assert task["name"] == "Change shop/cart.py"
    assert task["target_files"] == ["shop/cart.py"]
    assert task["checks"] == [
        "python -m py_compile shop/cart.py",
        "python -m unittest",
        CHANGES["proof"],
    ]
    planning, coding = server.seen
    assert "- shop/prices.py" in planning
    assert "def total(prices: list[int]) -> int: ..." in planning
    assert "Tests are run by: python -m unittest" in coding
    assert "def total(prices: list[int]) -> int: ..." in coding, "what the file imports"
    assert "def pay(prices):" in coding, "the file as it is"
    assert built["outcome"] == "succeeded"
    assert git(shop, "status", "--porcelain") == ""


async def test_plan_of_a_large_model_is_told_what_exists(
    client: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = commit_files(tmp_path / "shop", SHOP)
    task = {
        "key": "discount",
        "name": "Discount",
        "description": "pay takes 10 percent off.",
        "target_files": ["shop/cart.py"],
        "checks": ["python -m unittest"],
    }
    plan = {
        "title": "Discount",
        "phases": [{"name": "A", "milestones": [{"name": "B", "tasks": [task]}]}],
    }
    secret = json.loads(json.dumps(plan).replace("shop/cart.py", "deploy/.env"))
    with model(monkeypatch, secret, plan) as server:
        plan_id = await generate(client, shop, MODEL)
        detail = await until(client, plan_id, "draft")

    assert [each["target_files"] for each in tasks_of(detail).values()] == [["shop/cart.py"]]
    assert "- shop/cart.py" in server.seen[0]
    assert "`python -m unittest` is a check of every task" in server.seen[0]
    assert "names deploy/.env, a file for secrets" in server.seen[1]
    found = await found_in(client, plan_id)
    assert found["summary"] == "Python 100%, 6 files, tests: unittest"
    assert found["commit"] == git(shop, "rev-parse", "HEAD")

    for repository, kept in ((str(shop), found), (str(tmp_path), None)):
        document = (await client.get(f"{API}/{plan_id}/document")).json()["document"]
        edited = {**document, "title": "Edited", "repository": repository}
        assert (await client.put(f"{API}/{plan_id}", json=edited)).status_code == 200
        assert await found_in(client, plan_id) == kept, "it is of that repository alone"


async def test_test_command_that_is_not_installed_becomes_no_check(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = json.dumps({"scripts": {"test": "vitest"}})
    bun = {"package.json": package, "bun.lock": "", "shop/cart.py": "def pay(prices): ...\n"}
    shop = commit_files(tmp_path / "shop", bun)
    with model(monkeypatch, CHANGES) as server:
        app = create_app(settings.model_copy(update={"local_model_url": server.url}))
        async with app.running(), client_of(app) as client:
            plan_id = await generate(client, shop, "local")
            detail = await until(client, plan_id, "draft")
            found = await found_in(client, plan_id)

    (task,) = tasks_of(detail).values()
    assert task["checks"] == ["python -m py_compile shop/cart.py", CHANGES["proof"]]
    assert "this is not installed: bun test" in server.seen[0]
    assert found["summary"].endswith("tests: bun test, not installed here")


@pytest.mark.parametrize(
    ("command", "probe"),
    [
        ("PYTHONPATH=src python -m pytest -q", "python -c 'import pytest'"),
        ("cargo test", "command -v cargo"),
        ("./gradlew test", None),
        ("$(evil) test", None),
        ("python -m 'a; b'", "command -v python"),
        ('unclosed "', None),
    ],
)
def test_only_the_program_of_a_command_is_looked_for(command: str, probe: str | None) -> None:
    assert probe_of(command) == probe


async def test_planning_that_is_resumed_does_not_look_again(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = commit_files(tmp_path / "shop", SHOP)
    with model(monkeypatch, CHANGES) as server:
        answering = settings.model_copy(update={"local_model_url": server.url})
        with ModelServer(scripted(Hang())).running() as silent:
            hanging = settings.model_copy(update={"local_model_url": silent.url})
            first = create_app(hanging)
            async with first.running(), client_of(first) as client:
                plan_id = await generate(client, shop, "local")
                await eventually(lambda: silent.seen)
        shop.rename(tmp_path / "moved")
        second = create_app(answering)
        async with second.running(), client_of(second) as client:
            detail = await until(client, plan_id, "draft")

    assert server.seen == silent.seen, "the same facts are told again"
    assert tasks_of(detail)["change-1"]["target_files"] == ["shop/cart.py"]


@pytest.mark.databases
async def test_no_secret_reaches_the_model_the_database_or_a_log(
    client: httpx.AsyncClient,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    shop = commit_files(tmp_path / "shop", {**SHOP, **SECRETS})
    with model(monkeypatch, "No plan.") as server:
        plan_id = await generate(client, shop, MODEL)
        detail = await until(client, plan_id, "failed")

    assert "shop/prices.py" in server.seen[0]
    found = await found_in(client, plan_id)
    assert found["left_out"]["secret"] == len(SECRETS)
    said = [*server.seen, json.dumps([found, detail]), *capfd.readouterr()]
    said.append(json.dumps(await events_of(client, plan_id)))
    assert CANARY not in "".join(said)
    stored = [path for path in settings.data_dir.rglob("*") if path.is_file()]
    assert stored
    assert [path for path in stored if CANARY.encode() in path.read_bytes()] == []


async def test_unusable_repository_fails_the_planning_before_the_model_is_asked(
    client: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with model(monkeypatch, "Never.") as server:
        plan_id = await generate(client, tmp_path / "missing", MODEL)
        detail = await until(client, plan_id, "failed")

    assert server.seen == []
    assert detail["failure_reason"] == (
        f"There is no folder {tmp_path}/missing: name a git repository by its path or its URL."
    )
    assert await found_in(client, plan_id) is None


async def test_discovery_of_an_unknown_plan_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.get(f"{API}/nobody/discovery")).status_code == 404
