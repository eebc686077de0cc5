"""What a plan has built, over REST: listed, read, taken away, and never run by a browser."""

from __future__ import annotations

import io
import zipfile

import httpx
import pytest

from support.plans import API, create, plan_of, scripted, start, tasks_of, until

PAGE = "<script>alert(1)</script>\n"


@pytest.fixture
async def built(client: httpx.AsyncClient) -> str:
    files = {"site/index.html": PAGE, "naïve name.txt": "yes\n"}
    task = scripted("site", target_files=list(files), script={"files": files})
    plan_id = await start(client, plan_of(task))
    await until(client, plan_id, "completed")
    return plan_id


async def test_published_files_are_listed_and_read(client: httpx.AsyncClient, built: str) -> None:
    listed = (await client.get(f"{API}/{built}/files")).json()
    assert listed["files"] == ["naïve name.txt", "site/index.html"]
    assert len(listed["commit"]) == 40
    answer = await client.get(f"{API}/{built}/files/naïve name.txt")
    assert answer.text == "yes\n"


async def test_a_page_that_an_agent_wrote_is_sent_as_text(
    client: httpx.AsyncClient, built: str
) -> None:
    answer = await client.get(f"{API}/{built}/files/site/index.html")
    assert answer.text == PAGE
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


async def test_all_files_come_as_one_archive(client: httpx.AsyncClient, built: str) -> None:
    answer = await client.get(f"{API}/{built}/archive")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.read("site/index.html").decode() == PAGE
        assert archive.testzip() is None


@pytest.mark.parametrize("path", ["nothing.txt", "site", "..%2F..%2Ftoken", "site/%00"])
async def test_what_is_no_file_of_the_plan_is_not_found(
    client: httpx.AsyncClient, built: str, path: str
) -> None:
    answer = await client.get(f"{API}/{built}/files/{path}")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


async def test_before_execution_there_are_no_files(client: httpx.AsyncClient) -> None:
    plan_id = (await create(client, plan_of(scripted("a"))))["masterplan_id"]
    listed = (await client.get(f"{API}/{plan_id}/files")).json()
    assert listed == {"commit": None, "files": []}
    assert (await client.get(f"{API}/{plan_id}/archive")).status_code == 404
    assert (await client.get(f"{API}/{plan_id}/files/a.txt")).status_code == 404


async def test_the_timeline_has_every_attempt(client: httpx.AsyncClient) -> None:
    failing = scripted("a", max_retries=1, script={"fail_attempts": 1})
    plan_id = await start(client, plan_of(failing, scripted("b", "a")))
    detail = tasks_of(await until(client, plan_id, "completed"))
    spans = (await client.get(f"{API}/{plan_id}/timeline")).json()["attempts"]
    told = [(span["task_id"], span["number"], span["status"]) for span in spans]
    a, b = detail["a"]["task_id"], detail["b"]["task_id"]
    assert told == [(a, 1, "failed"), (a, 2, "completed"), (b, 1, "completed")]
    assert all(span["started_at"] <= span["finished_at"] for span in spans)
    assert (await client.get(f"{API}/nothing/timeline")).status_code == 404
