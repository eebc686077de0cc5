"""What the statements of every module here share."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import CursorResult

NO_SYNC = {"synchronize_session": False}
"""Rows that a session has loaded are not updated with the database: whoever needs one rereads."""


def was_changed(result: Any) -> bool:
    """Tell whether a statement has changed any row."""
    assert isinstance(result, CursorResult)
    return bool(result.rowcount)
