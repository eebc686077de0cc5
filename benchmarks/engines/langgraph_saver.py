# /// script
# requires-python = ">=3.11"
# dependencies = ["langgraph>=1,<2", "langgraph-checkpoint-sqlite>=3,<4"]
# ///
"""LangGraph with its SQLite saver, synchronous: one checkpoint for each level of the plan.

After a crash it goes on from the last level that was complete.
"""

from __future__ import annotations

import asyncio
import operator
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypedDict

from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import START, StateGraph

from workload import Plan, Watch, plan_and_watch


class State(TypedDict):
    done: Annotated[list[str], operator.add]


def node(key: str, watch: Watch) -> Callable[[State], Awaitable[dict[str, Any]]]:
    async def run(_state: State) -> dict[str, Any]:
        watch.ran(key)
        return {"done": [key]}

    return run


async def main(plan: Plan, watch: Watch, file: Path) -> None:
    graph = StateGraph(State)
    for key in plan.needs:
        graph.add_node(key, node(key, watch))
    for key, needs in plan.needs.items():
        graph.add_edge(needs[0] if needs else START, key)
    async with AsyncSqliteSaver.from_conn_string(str(file)) as saver:
        compiled = graph.compile(checkpointer=saver)
        config = {"configurable": {"thread_id": "plan"}, "recursion_limit": 10_000}
        watch.start()
        await compiled.ainvoke({"done": []}, config, durability="sync")
        watch.finish()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(main(*plan_and_watch(), Path(directory) / "saver.sqlite3"))
