"""What is there when a server begins is no concern of the garbage collector's until its end."""

from __future__ import annotations

import gc

from masterplan.cli.garbage import present_objects_kept


def test_a_collection_looks_at_what_was_made_since() -> None:
    present = [object()]
    with present_objects_kept():
        made_within = [object()]
        looked_at = {id(each) for each in gc.get_objects()}

    assert id(made_within) in looked_at
    assert id(present) not in looked_at
    assert id(present) in {id(each) for each in gc.get_objects()}
