"""The footer of a Kiro file that lists its tasks in waves, each after the one before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ValidationError

from masterplan.importers.drafting import limit_dependencies


class _Wave(BaseModel):
    id: int
    tasks: list[str]


class _Waves(BaseModel):
    waves: list[_Wave]


def read_waves(
    fenced: Sequence[str], leaves: Mapping[str, list[str]]
) -> dict[str, list[str]] | None:
    """Return what each task waits for: all of the wave before its own; None for what is no JSON.

    `leaves` are the tasks that each number stands for.
    """
    body = "\n".join(line for line in fenced if not line.lstrip().startswith(("```", "~~~")))
    try:
        waves = _Waves.model_validate_json(body).waves
    except ValidationError:
        return None
    needs: dict[str, list[str]] = {}
    before: list[str] = []
    total = 0
    for wave in sorted(waves, key=lambda wave: wave.id):
        members = [leaf for number in wave.tasks for leaf in leaves.get(number, ())]
        total = limit_dependencies(total + len(before) * len(members))
        needs.update(dict.fromkeys(members, before))
        before = members or before
    return needs
