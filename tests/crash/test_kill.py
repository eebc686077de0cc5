"""SIGKILL of the whole process at random moments: nothing is lost, nothing happens twice.

The seed is printed and can be given again in MASTERPLAN_CRASH_SEED; how often the process is killed
is in MASTERPLAN_CRASH_KILLS.
"""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import pytest

from support.campaign import Campaign

KILLS = int(os.environ.get("MASTERPLAN_CRASH_KILLS", "6"))
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
