"""One way to hash plain values, so that equal ones have equal hashes wherever they come from."""

from __future__ import annotations

import hashlib
import json


def digest(value: object) -> str:
    """Return `sha256:` and 64 hexadecimal digits of a value that JSON can hold.

    It depends neither on the order of keys nor on spelling.
    """
    canonical = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()
