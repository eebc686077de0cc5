"""What every engine of the table is given to do, and how it tells how long that took.

The plan is a chain of tasks and, on its end, a fan of tasks that only need the chain's last one. A
task does nothing; what is measured is the engine. An engine is a script that runs the plan once,
after whatever it needs to start, and prints one line of JSON. It is a process of its own, so that
no engine inherits another's memory or warmth.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Plan:
    """Tasks in topological order, each with what it needs."""

    chain: int
    fan: int
    needs: dict[str, tuple[str, ...]] = field(init=False)

    def __post_init__(self) -> None:
        links = [f"c{number}" for number in range(self.chain)]
        needs = {link: tuple(links[:number][-1:]) for number, link in enumerate(links)}
        needs |= {f"f{number}": (self.last_link,) for number in range(self.fan)}
        object.__setattr__(self, "needs", needs)

    @property
    def last_link(self) -> str:
        return f"c{self.chain - 1}"

    def dependents(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {key: [] for key in self.needs}
        for key, needed in self.needs.items():
            for each in needed:
                found[each].append(key)
        return found


class Watch:
    """Notes when the plan was handed over, when tasks ran, and when all was over."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._handed_over = 0.0
        self._cpu_before = 0.0
        self._ran: dict[str, float] = {}

    def start(self) -> None:
        self._handed_over = time.time()
        self._cpu_before = time.process_time()

    def ran(self, key: str, at: float | None = None) -> None:
        """Note that a task ran; `at` is its time.time() where another process ran it."""
        assert key not in self._ran, f"{key} ran twice"
        self._ran[key] = at or time.time()

    def finish(self) -> None:
        """Print milliseconds: to the first task, per task of the chain, per task of the fan.

        And what one task takes of the processor in this process: steadier than time where other
        work runs beside, but without what servers and workers of the engine's own take.
        """
        end, cpu = time.time(), time.process_time() - self._cpu_before
        assert self._ran.keys() == self._plan.needs.keys(), "every task ran"
        chained = self._ran[self._plan.last_link]
        result = {
            "first": self._ran["c0"] - self._handed_over,
            "chain": (chained - self._handed_over) / self._plan.chain,
            "fan": (end - chained) / max(self._plan.fan, 1),
            "cpu": cpu / len(self._plan.needs),
        }
        print(json.dumps({name: seconds * 1e3 for name, seconds in result.items()}), flush=True)


def plan_and_watch() -> tuple[Plan, Watch]:
    """Read `--chain N --fan N` from the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--chain", type=int, required=True)
    parser.add_argument("--fan", type=int, required=True)
    arguments = parser.parse_args()
    plan = Plan(arguments.chain, arguments.fan)
    return plan, Watch(plan)
