"""asyncio alone: no state survives; what no engine can be below."""

from __future__ import annotations

import asyncio

from workload import Plan, Watch, plan_and_watch


async def main(plan: Plan, watch: Watch) -> None:
    done = {key: asyncio.Event() for key in plan.needs}

    async def run(key: str) -> None:
        for needed in plan.needs[key]:
            await done[needed].wait()
        watch.ran(key)
        done[key].set()

    watch.start()
    await asyncio.gather(*map(run, plan.needs))
    watch.finish()


if __name__ == "__main__":
    asyncio.run(main(*plan_and_watch()))
