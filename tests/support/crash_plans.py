"""Plans that are worth being interrupted."""

from __future__ import annotations

from typing import Any

from support.plans import plan_of, scripted, writes


def fifty_tasks() -> dict[str, Any]:
    """Commands in layers, with failures that a retry mends, one that it does not, and skips."""
    tasks = [writes(f"base{number}") for number in range(6)]
    for number in range(30):
        flaky = number % 5 == 0
        command = f"sleep 0.02; echo mid{number} > mid{number}.txt"
        tasks.append(
            writes(
                f"mid{number}",
                f"base{number % 6}",
                command=f'[ "$MASTERPLAN_ATTEMPT" -ge 2 ] && {command}' if flaky else command,
            )
        )
    tasks.append(scripted("doomed", "base0", max_retries=1, script={"fail_attempts": 99}))
    tasks += [writes(f"blocked{number}", "doomed") for number in range(3)]
    for number in range(5):
        tasks.append(
            writes(
                f"shared{number}",
                f"mid{number}",
                target_files=["shared.txt"],
                command=f"(sleep 0.1; exit 0) & echo {number} >> shared.txt; wait",
                checks=[f"grep -q {number} shared.txt"],
            )
        )
    tasks += [writes(f"end{number}", f"mid{number}", f"mid{number + 5}") for number in range(5)]
    assert len(tasks) == 50
    return plan_of(*tasks)


FIFTY_ENDS = {"completed": 46, "failed": 1, "skipped": 3}


def few_tasks() -> dict[str, Any]:
    """Some of each: proven successes, a failure that a retry mends, one that blocks.

    Three are proven and four published, so that each failpoint of a run is passed three times.
    """
    return plan_of(
        writes("a", command="echo working; sleep 0.2; echo a > a.txt"),
        scripted("flaky", script={"fail_attempts": 1}, max_retries=1),
        scripted("doomed", max_retries=0, script={"fail_attempts": 99}),
        writes("blocked", "doomed"),
        writes("b"),
        writes("c"),
    )


FEW_ENDS = {"completed": 4, "failed": 1, "skipped": 1}


def endless() -> dict[str, Any]:
    """A command that takes minutes, with children that leave its session."""
    command = "setsid sh -c 'while true; do sleep 0.1; done' & sleep 300"
    return plan_of(writes("endless", command=command), writes("after", "endless"))
