"""Plans that are made for existing repositories, with what was found in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from masterplan.api.app import create_app
from masterplan.settings import Settings
from support.app import client_of, eventually
from support.loopback_model import KEY, MODEL, Answer, Hang, ModelServer, scripted
from support.plans import API, events_of, tasks_of, until
from support.repositories import SHOP, commit_files, git

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
GOAL = "pay in the cart gives 10 percent off prices above 100."
CHANGES = {
    "title": "Discount",
    "summary": "Large carts are cheaper.",
    "files": ["cart.py"],
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


EXPECTED = """```python
assert pay([50]) == 50

assert pay([300]) == 999

assert pay([600, 400]) == 900
```"""
WRONG_CART = CART.replace("9 // 10", "8 // 10")


async def test_plan_of_a_small_model_changes_the_repositorys_files_and_is_built(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = commit_files(tmp_path / "shop", SHOP)
    with model(monkeypatch, CHANGES, EXPECTED, CART, WRONG_CART, CART) as server:
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
        "python -c 'from shop.cart import pay; assert pay([600, 400]) == 900'",
    ], "what holds already, or not on a draft, proves nothing"
    assert GOAL in task["description"]
    planning, expecting, drafting, coding, another = server.seen
    assert "def pay(prices" in expecting
    assert "600" not in drafting
    assert "- shop/prices.py" in planning
    assert "def total(prices: list[int]) -> int: ..." in planning
    assert "Tests are run by: python -m unittest" in coding
    assert "def total(prices: list[int]) -> int: ..." in coding, "what the file imports"
    assert "def pay(prices):" in coding, "the file as it is"
    assert "8 // 10" not in another, "it begins afresh"
    assert [task["attempt"] for task in tasks_of(built).values()] == [1]
    assert built["outcome"] == "succeeded"
    assert git(shop, "status", "--porcelain") == ""


async def test_a_file_that_a_draft_leaves_alone_is_none_of_the_plan(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = commit_files(tmp_path / "shop", SHOP)
    several = {**CHANGES, "files": ["shop/tax.py", "cart.py", "prices.py"]}
    tax = "```python\ndef tax(price):\n    return price // 5\n```"
    unchanged = f"```python\n{SHOP['shop/prices.py']}```"
    with model(monkeypatch, several, EXPECTED, tax, CART, unchanged) as server:
        app = create_app(settings.model_copy(update={"local_model_url": server.url}))
        async with app.running(), client_of(app) as client:
            plan_id = await generate(client, shop, "local")
            detail = await until(client, plan_id, "draft")

    first, second = tasks_of(detail).values()
    assert (first["target_files"], second["target_files"]) == (["shop/tax.py"], ["shop/cart.py"])
    assert CHANGES["proof"] not in first["checks"]
    assert CHANGES["proof"] in second["checks"], "with this file it begins to hold"


async def test_a_command_that_right_code_would_fail_becomes_no_check(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = commit_files(tmp_path / "shop", SHOP)
    wrong = {**CHANGES, "proof": CHANGES["proof"].replace("180", "18")}
    with model(monkeypatch, wrong, "None.", CART, CART) as server:
        app = create_app(settings.model_copy(update={"local_model_url": server.url}))
        async with app.running(), client_of(app) as client:
            plan_id = await generate(client, shop, "local")
            detail = await until(client, plan_id, "draft")

    (task,) = tasks_of(detail).values()
    assert task["checks"] == ["python -m py_compile shop/cart.py", "python -m unittest"]
    assert "Mind before you approve: no command could be confirmed" in detail["description"]


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
    draft = "```python\ndef pay(prices):\n    return sum(prices) * 9 // 10\n```"
    with model(monkeypatch, CHANGES, "None.", draft) as server:
        app = create_app(settings.model_copy(update={"local_model_url": server.url}))
        async with app.running(), client_of(app) as client:
            plan_id = await generate(client, shop, "local")
            detail = await until(client, plan_id, "draft")
            found = await found_in(client, plan_id)

    (task,) = tasks_of(detail).values()
    assert task["checks"] == ["python -m py_compile shop/cart.py", CHANGES["proof"]]
    assert "this is not installed: bun test" in server.seen[0]
    assert found["summary"].endswith("tests: bun test, not installed here")


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
