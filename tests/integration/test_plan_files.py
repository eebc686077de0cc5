"""Plan files of other tools over REST: stored as drafts, executed, given back with their ticks."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.app import eventually
from support.plans import API, create, detail_of, plan_of, statuses_of, tasks_of, until, writes
from support.revisions import edit, execute, task_in

FILES = Path(__file__).parents[1] / "data" / "plan_files"


async def imported(client: httpx.AsyncClient, text: str, **params: str) -> dict[str, Any]:
    answer = await client.post(f"{API}/import", params=params, content=text.encode())
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def exported(client: httpx.AsyncClient, plan_id: object, format: str) -> httpx.Response:
    answer = await client.get(f"{API}/{plan_id}/export", params={"format": format})
    assert answer.status_code == 200, answer.text
    return answer


async def run(client: httpx.AsyncClient, plan_id: str) -> dict[str, object]:
    """Let the scripted agent do the plan's tasks."""
    document = (await client.get(f"{API}/{plan_id}/export")).text
    edited = "settings: {agent: scripted}\n" + document
    assert (await client.put(f"{API}/{plan_id}", content=edited)).status_code == 200
    for step in ("approve", "execute"):
        answer = await client.post(f"{API}/{plan_id}/{step}")
        assert answer.is_success, answer.text
    return await until(client, plan_id, "completed")


async def test_agent_os_file_becomes_a_draft_whose_ticked_tasks_are_completed(
    client: httpx.AsyncClient,
) -> None:
    text = (FILES / "agent_os.md").read_bytes().decode()
    answer = await imported(client, text, name="tasks.md")

    plan = answer["masterplan"]
    assert (plan["status"], plan["total_tasks"], plan["completed_tasks"]) == ("draft", 36, 13)
    assert statuses_of(plan)["2.7"] == "completed"
    assert statuses_of(plan)["3.1"] == "pending"
    assert plan["source"]["format"] == "agent_os"
    assert plan["source"]["name"] == "tasks.md"
    assert plan["source"]["notices"] == answer["notices"]
    assert "line 135: task 3.1 names no file" in " ".join(answer["notices"])  # type: ignore[arg-type]

    refused = await client.post(f"{API}/{plan['masterplan_id']}/approve")
    assert refused.json()["error"]["code"] == "plan_incomplete"
    assert (await exported(client, plan["masterplan_id"], "agent_os")).text == text


@pytest.mark.parametrize("path", sorted(FILES.iterdir()), ids=lambda path: path.name)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
async def test_each_file_comes_back_byte_for_byte(
    client: httpx.AsyncClient, path: Path, ending: str
) -> None:
    content = b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", ending.encode())
    upload = await client.post(f"{API}/import", files={"file": (path.name, content)})
    plan = upload.json()["masterplan"]

    answer = await exported(client, plan["masterplan_id"], plan["source"]["format"])

    assert answer.content == content
    assert plan["source"]["name"] == path.name
    assert "X-Masterplan-Notices" not in answer.headers


TASKS = "# Tasks: Two\r\n\r\n- [x] T001 One in one.txt\r\n- [ ] T002 Two in two.txt\r\n"


async def test_what_was_executed_is_ticked_in_the_export(client: httpx.AsyncClient) -> None:
    plan = (await imported(client, TASKS))["masterplan"]
    ended = await run(client, plan["masterplan_id"])
    assert ended["outcome"] == "succeeded"
    assert tasks_of(ended)["T002"]["output_files"] == ["two.txt"]  # type: ignore[arg-type]

    answer = await exported(client, plan["masterplan_id"], "spec_kit")

    assert answer.text == TASKS.replace("- [ ] T002", "- [x] T002")


@pytest.mark.parametrize("format", ["agent_os", "spec_kit", "kiro", "task_master", "beads"])
async def test_any_plan_is_written_in_any_format_and_read_again(
    client: httpx.AsyncClient, format: str
) -> None:
    plan = await create(client, plan_of(writes("a", done=True), writes("b", "a")))
    text = (await exported(client, plan["masterplan_id"], format)).text

    again: dict = (await imported(client, text))["masterplan"]  # type: ignore[assignment]

    assert again["source"]["format"] == format
    found = [
        (re.sub(" in .*", "", task["name"]), task["done"]) for task in tasks_of(again).values()
    ]
    assert found == [("Write a", True), ("Write b", False)]


async def test_file_of_no_format_is_refused_and_nothing_is_stored(
    client: httpx.AsyncClient,
) -> None:
    for text in ("Dear diary\n", "- [ ] T001 a\n- [ ] T001 b\n", "\0"):
        answer = await client.post(f"{API}/import", content=text)
        assert answer.status_code == 422
        assert "line" in answer.json()["error"]["message"]
    wrong = await client.post(f"{API}/import", params={"format": "kiro"}, content="title: x\n")
    assert wrong.status_code == 422
    assert (await client.get(API)).json()["total"] == 0


async def test_users_file_is_ticked_as_tasks_complete_and_keeps_its_mode(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    file = tmp_path / "tasks.md"
    file.write_bytes(TASKS.encode())
    file.chmod(0o640)
    plan = (await imported(client, TASKS, sync_path=str(file)))["masterplan"]
    file.write_bytes(b"A line of my own.\r\n" + TASKS.encode())

    await run(client, plan["masterplan_id"])

    wanted = "A line of my own.\r\n" + TASKS.replace("- [ ] T002", "- [x] T002")
    await holds(file, wanted)
    assert file.stat().st_mode & 0o777 == 0o640
    assert (await detail_of(client, plan["masterplan_id"]))["source"]["sync_notices"] == []


async def test_tick_of_a_reopened_task_is_taken_back_until_it_is_completed_again(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    file = tmp_path / "tasks.md"
    file.write_bytes(TASKS.encode())
    plan = (await imported(client, TASKS, sync_path=str(file)))["masterplan"]
    await run(client, plan["masterplan_id"])
    ticked = TASKS.replace("- [ ] T002", "- [x] T002")
    await holds(file, ticked)

    def ask_for_more(document: dict[str, Any]) -> None:
        task_in(document, "T002")["description"] = "Two, and then some."

    assert (await edit(client, plan["masterplan_id"], ask_for_more)).status_code == 200

    await holds(file, TASKS)
    await execute(client, plan["masterplan_id"])
    await holds(file, ticked)


async def test_line_that_the_user_changed_is_left_alone_and_told(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    file = tmp_path / "tasks.md"
    file.write_bytes(TASKS.encode())
    plan = (await imported(client, TASKS, sync_path=str(file)))["masterplan"]
    changed = TASKS.replace("Two in two.txt", "Two and more in two.txt")
    file.write_bytes(changed.encode())

    await run(client, plan["masterplan_id"])

    told = await sync_notices(client, plan["masterplan_id"])
    assert told == ["line 4: T002 was changed meanwhile, so it was left alone"]
    assert file.read_bytes() == changed.encode()


async def test_link_and_missing_file_are_left_alone_and_told(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    file = tmp_path / "tasks.md"
    file.write_bytes(TASKS.encode())
    plan = (await imported(client, TASKS, sync_path=str(file)))["masterplan"]
    outside = tmp_path / "outside.md"
    file.rename(outside)
    file.symlink_to(outside)

    await run(client, plan["masterplan_id"])

    (told,) = await sync_notices(client, plan["masterplan_id"])
    assert told.startswith(f"{file} was left alone:")
    assert outside.read_bytes() == TASKS.encode()
    assert os.readlink(file) == str(outside)


@pytest.mark.parametrize("case", ["missing", "other text", "link", "relative", "control", "native"])
async def test_file_that_cannot_be_kept_in_step_is_refused(
    client: httpx.AsyncClient, tmp_path: Path, case: str
) -> None:
    file, text = tmp_path / "tasks.md", TASKS
    match case:
        case "other text":
            file.write_text("- [ ] T001 other\n")
        case "link":
            (tmp_path / "real.md").write_bytes(TASKS.encode())
            file.symlink_to(tmp_path / "real.md")
        case "control":
            file = tmp_path / "a\0b" / "tasks.md"
        case "native":
            plan = await create(client, plan_of(writes("a")))
            text = (await exported(client, plan["masterplan_id"], "masterplan")).text
            file.write_text(text)
    path = "tasks.md" if case == "relative" else str(file)

    answer = await client.post(f"{API}/import", params={"sync_path": path}, content=text.encode())

    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "cannot_sync"


async def holds(file: Path, wanted: str) -> None:
    """Wait until the file holds this text."""
    await eventually(lambda: file.read_bytes().decode() == wanted)


async def sync_notices(client: httpx.AsyncClient, plan_id: str) -> list[str]:
    """Wait until the plan says what could not be ticked."""
    async with asyncio.timeout(20):
        while True:
            found: list[str] = (await detail_of(client, plan_id))["source"]["sync_notices"]
            if found:
                return found
            await asyncio.sleep(0.05)
