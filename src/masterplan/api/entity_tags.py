"""ETags: a client that has read something large before is told when it is still the same."""

from __future__ import annotations

import hashlib
from importlib.metadata import version as release_of

RELEASE = release_of("masterplan")


def entity_tag(version: str) -> str:
    """Return the weak ETag of what has this version, as this release of Masterplan shows it."""
    return f'W/"{hashlib.sha256(f"{RELEASE} {version}".encode()).hexdigest()[:24]}"'


def is_known(tag: str, if_none_match: str | None) -> bool:
    """Tell whether the header If-None-Match names the ETag (RFC 9110, 13.1.2)."""
    given = {each.strip().removeprefix("W/") for each in (if_none_match or "").split(",")}
    return "*" in given or tag.removeprefix("W/") in given
