"""first version"""

from __future__ import annotations

from pathlib import Path

from masterplan.errors import Unavailable
from masterplan.settings import Settings


def local_model_file(settings: Settings) -> Path | None:
    """Return the embedded model's file where it is there already."""
    path = settings.local_model_path
    return path if path is not None and path.is_file() else None


async def ensure_model(settings: Settings) -> Path:
    path = local_model_file(settings)
    if path is None:
        raise Unavailable("Set MASTERPLAN_LOCAL_MODEL_PATH to a GGUF file.")
    return path
