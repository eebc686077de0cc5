"""The names of the formats that plan files are read and written in.

Apart from `importers`, so that the command line can name them without loading what reads them.
"""

from __future__ import annotations

from enum import StrEnum


class PlanFormat(StrEnum):
    """How a plan file is written."""

    MASTERPLAN = "masterplan"
    AGENT_OS = "agent_os"
    SPEC_KIT = "spec_kit"
    KIRO = "kiro"
    TASK_MASTER = "task_master"
    BEADS = "beads"
