"""Writes plain values as YAML for people: block strings, a stable order, no aliases.

Reading it back must give the very same values, so whatever YAML would alter (a carriage return, a
line separator, text that looks like a number) is put in quotes.
"""

from __future__ import annotations

import re

import yaml

from masterplan.documents.text import FLOAT, INTEGER, STRING_TAG

_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_UNUSUAL = re.compile(r"[^\n\t -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]")
"""Characters that only double quotes keep as they are: YAML takes some of them for line breaks."""


class _PlanDumper(_DUMPER):  # type: ignore[valid-type,misc]  # the C dumper where there is one
    """Writes block strings for text of several lines, and never an alias."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 (signature of PyYAML)
        return True


def _represent_text(dumper: _PlanDumper, text: str) -> yaml.ScalarNode:
    node: yaml.ScalarNode = dumper.represent_scalar(STRING_TAG, text, style=_style(text))
    return node


def _style(text: str) -> str | None:
    if _UNUSUAL.search(text):
        return '"'
    return "|" if "\n" in text else None


_PlanDumper.add_representer(str, _represent_text)
# PyYAML asks YAML 1.1 whether text needs quotes; 1e5 and 0o7 are numbers in YAML 1.2 alone.
_PlanDumper.add_implicit_resolver("tag:yaml.org,2002:int", INTEGER, list("-+0123456789"))
_PlanDumper.add_implicit_resolver("tag:yaml.org,2002:float", FLOAT, list("-+.0123456789"))


def write_yaml(value: object) -> str:
    """Write plain values as YAML that `read_text` reads back exactly."""
    text: str = yaml.dump(value, Dumper=_PlanDumper, sort_keys=False, allow_unicode=True, width=100)
    return text
