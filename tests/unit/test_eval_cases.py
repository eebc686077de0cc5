"""Each case can be solved, is not solved yet, and notices mistakes."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from evals.cases import CASES, Case, Check, Half, Kind, Level, UnknownCase, chosen, load_cases
from evals.checking import judge, write_files
from masterplan.settings import SandboxKind
from masterplan.workspace.sandbox import NoSandbox, Sandbox, probe

FROZEN = CASES / "held_out.sha256"
KNOWN = load_cases()


async def sandbox_for(case: Case) -> Sandbox:
    """Services need ports that no other test has; for the rest a process is enough, and faster."""
    return await probe(SandboxKind.BWRAP) if case.kind is Kind.SERVICE else NoSandbox()


async def failing(
    case: Case, files: Mapping[str, str], checks: Sequence[Check], folder: Path, *, most: int = 1
) -> list[str]:
    """Name the first checks that do not hold on files, with what they said."""
    sandbox = await sandbox_for(case)
    write_files(folder, files)
    found: list[str] = []
    for check in checks:
        (verdict,) = await judge(sandbox, folder, [check])
        found += [] if verdict.held else [f"{verdict.name}: {verdict.said}"]
        if len(found) == most:
            break
    return found


@pytest.mark.parametrize("case", KNOWN, ids=lambda case: case.id)
async def test_case_is_sound(case: Case, tmp_path: Path) -> None:
    visible = [Check(name=each, shell=each) for each in case.checks]
    shown = await failing(case, case.solved, [*case.hidden, *visible], tmp_path / "ok", most=99)
    assert shown == []
    (tmp_path / "start").mkdir()
    assert await failing(case, case.given, case.hidden, tmp_path / "start"), "solved at the start"
    for number, mistake in enumerate(case.mistakes):
        noticed = await failing(case, case.spoilt(mistake), case.hidden, tmp_path / f"{number}")
        assert noticed, f"nothing notices {mistake}"


def test_halves_are_even_for_every_kind() -> None:
    counts = Counter((case.level, case.kind, case.half) for case in KNOWN)
    for case in KNOWN:
        tuning = counts[case.level, case.kind, Half.TUNING]
        assert tuning == counts[case.level, case.kind, Half.HELD_OUT], (case.level, case.kind)
    for level in Level:
        assert sum(case.level is level for case in KNOWN) >= 20


def test_held_out_cases_are_frozen() -> None:
    """What was counted with other words or checks cannot be compared."""
    held_out = {case.id for case in KNOWN if case.half is Half.HELD_OUT}
    paths = sorted(path for path in CASES.glob("*/*.yaml") if path.stem in held_out)
    now = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(CASES).as_posix()}"
        for path in paths
    ]
    assert now == FROZEN.read_text("utf-8").splitlines(), (
        f"A held-out case has changed. Where it had to be mended, write {FROZEN} anew with "
        "sha256sum and measure all arms again."
    )


def test_brief_holds_nothing_hidden() -> None:
    for case in KNOWN:
        told = repr(case.brief)
        secrets = [*case.reference.values(), *(each.python or each.shell for each in case.hidden)]
        assert not any(repr(text)[1:-1] in told for text in secrets), case.id


def test_only_references_may_differ_from_what_is_given() -> None:
    for case in KNOWN:
        assert set(case.reference) <= set(case.files), case.id


def test_cases_are_chosen_by_id_kind_and_half() -> None:
    services = chosen(KNOWN, names=["service"], half=Half.HELD_OUT)
    assert {case.id for case in services} == {"votes", "store"}
    assert [case.id for case in chosen(KNOWN, names=["roman"], half=None)] == ["roman"]
    assert chosen(KNOWN, names=[], half=None) == KNOWN
    with pytest.raises(UnknownCase, match="romans"):
        chosen(KNOWN, names=["romans"], half=None)
