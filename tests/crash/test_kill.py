"""SIGKILL of whole processes at random moments: nothing is lost, nothing happens twice.

One process alone, and on PostgreSQL a server with a worker beside it, of which one or the other or
both are killed at a time. The seed is printed and can be given again in MASTERPLAN_CRASH_SEED; how
often is killed is in MASTERPLAN_CRASH_KILLS.
"""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import pytest

from support.campaign import Campaign

KILLS = int(os.environ.get("MASTERPLAN_CRASH_KILLS", "6"))
KILLS_OF_TWO = int(os.environ.get("MASTERPLAN_CRASH_KILLS", "3"))
SEED = int(os.environ.get("MASTERPLAN_CRASH_SEED", "0")) or random.SystemRandom().randrange(
    1, 10**9
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="orphans are adopted on Linux")


@pytest.mark.databases
@pytest.mark.timeout(120 + 20 * KILLS)
async def test_killed_process_resumes_and_loses_and_repeats_nothing(
    tmp_path: Path, backend: str, database_url: str
) -> None:
    print(f"\n{backend}: {KILLS} kills, MASTERPLAN_CRASH_SEED={SEED}")  # noqa: T201
    campaign = Campaign(
        tmp_path / "data",
        seed=SEED,
        kills=KILLS,
        environment={"MASTERPLAN_DATABASE_URL": database_url},
    )

    figures = await campaign.run(database_url=database_url)

    print(f"{backend}: {figures}")  # noqa: T201
    assert figures.kills == KILLS


@pytest.mark.essential
@pytest.mark.postgres
@pytest.mark.timeout(120 + 30 * KILLS_OF_TWO)
async def test_killed_server_and_worker_lose_and_repeat_nothing(
    tmp_path: Path, postgres_url: str
) -> None:
    print(f"\nserver and worker: {KILLS_OF_TWO} kills, MASTERPLAN_CRASH_SEED={SEED}")  # noqa: T201
    campaign = Campaign(
        tmp_path / "server",
        seed=SEED,
        kills=KILLS_OF_TWO,
        environment={"MASTERPLAN_DATABASE_URL": postgres_url},
        beside=[tmp_path / "worker"],
    )

    figures = await campaign.run(database_url=postgres_url)

    print(f"server and worker: {figures}")  # noqa: T201
    assert figures.kills == KILLS_OF_TWO
