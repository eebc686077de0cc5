"""Writes what the web interface is typed from: the OpenAPI document and the events' schemas.

`ui_contract.py` writes ui/contract/*.json; `ui_contract.py --check` only tells whether they are
what the code says, and fails where they are not. The TypeScript types are made from these files.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from masterplan.api.app import create_app
from masterplan.events import MessageDelta, PlanEvent, TaskLogged
from masterplan.settings import Settings

CONTRACT = Path(__file__).parent.parent / "ui" / "contract"
REFERENCE = "#/components/schemas/{model}"


def api_document() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), token="unused")  # type: ignore[arg-type] # noqa: S106
        document = create_app(settings, execution=False).fastapi.openapi()
    document["info"]["version"] = "1"  # a release alone changes no type
    return document


def event_document() -> dict[str, Any]:
    """The messages as Socket.IO clients receive them, as the schemas of an OpenAPI document."""
    recorded = PlanEvent.__subclasses__()
    models: list[type[BaseModel]] = [*recorded, TaskLogged, MessageDelta]
    schemas = models_json_schema(
        [(model, "serialization") for model in models],
        ref_template=REFERENCE,
    )[1]["$defs"]
    for event in recorded:
        _add_envelope(schemas[event.__name__])
    messages = {event.type: {"$ref": REFERENCE.format(model=event.__name__)} for event in recorded}
    schemas["RecordedMessages"] = {
        "type": "object",
        "properties": messages,
        "required": list(messages),
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Masterplan's events", "version": "1"},
        "paths": {},
        "components": {"schemas": schemas},
    }


def _add_envelope(schema: dict[str, Any]) -> None:
    schema["properties"] = {
        "masterplan_id": {"type": "string"},
        "seq": {"type": "integer", "minimum": 1},
        "occurred_at": {"type": "string", "format": "date-time"},
        **schema["properties"],
    }
    schema["required"] = ["masterplan_id", "seq", "occurred_at", *schema.get("required", [])]


def main() -> int:
    documents = {"openapi.json": api_document(), "events.json": event_document()}
    texts = {name: json.dumps(value, indent=1) + "\n" for name, value in documents.items()}
    if "--check" not in sys.argv:
        CONTRACT.mkdir(exist_ok=True)
        for name, text in texts.items():
            (CONTRACT / name).write_text(text)
        return 0
    old = [n for n, text in texts.items() if (CONTRACT / n).read_text() != text]
    for name in old:
        print(f"ui/contract/{name} is not what the code says; run: make ui-types", file=sys.stderr)
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main())
