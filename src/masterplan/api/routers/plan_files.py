"""Plan files over REST: any known format in, a draft and notices out; and back again."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import PlainTextResponse

from masterplan.api.answers import INVALID, NOT_FOUND
from masterplan.api.bodies import uploaded
from masterplan.api.dependencies import Actor, ReadSession, RuntimeDep, WriteSession
from masterplan.api.details import read_detail
from masterplan.api.schemas import ImportAnswer
from masterplan.importers import PlanFormat
from masterplan.services.plan_file_service import ReceivedFile

NOTICES_HEADER = "X-Masterplan-Notices"
MAX_NOTICES = 20
"""As many as an answer's header carries."""

router = APIRouter(prefix="/masterplans", tags=["masterplans"], responses=INVALID)


@router.post(
    "/import",
    status_code=201,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "text/plain": {"schema": {"type": "string"}},
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["file"],
                        "properties": {"file": {"type": "string", "format": "binary"}},
                    }
                },
            },
        }
    },
)
async def import_masterplan(
    request: Request,
    session: WriteSession,
    runtime: RuntimeDep,
    actor: Actor,
    format: Annotated[
        PlanFormat | Literal["auto"], Query(description="How the file is written.")
    ] = "auto",
    name: Annotated[str | None, Query(max_length=255, description="The file's name.")] = None,
    sync_path: Annotated[
        str | None,
        Query(
            max_length=4_000,
            description="Where it lies on the server, to be ticked as tasks complete.",
        ),
    ] = None,
) -> ImportAnswer:
    """Store a plan file as a draft; notices say what was inferred or left out, with its line."""
    upload = await uploaded(request)
    file = ReceivedFile(
        text=upload.text,
        format=None if format == "auto" else PlanFormat(format),
        name=name or upload.name,
        sync_path=sync_path,
    )
    plan, notices = await runtime.plan_files.import_file(session, file, by=actor)
    return ImportAnswer(masterplan=await read_detail(session, plan.id), notices=notices)


@router.get(
    "/{masterplan_id}/export",
    responses={
        **NOT_FOUND,
        200: {
            "description": f"The file; {NOTICES_HEADER} lists in JSON what it does not say.",
            "headers": {NOTICES_HEADER: {"schema": {"type": "string"}}},
        },
    },
    response_class=PlainTextResponse,
)
async def export_masterplan(
    masterplan_id: str,
    session: ReadSession,
    runtime: RuntimeDep,
    format: Annotated[PlanFormat, Query(description="How to write it.")] = PlanFormat.MASTERPLAN,
) -> Response:
    """The plan as a plan file: in the format it came in, that very text with its ticks."""
    exported = await runtime.plan_files.export(session, masterplan_id, format)
    notices = [str(notice) for notice in exported.notices[:MAX_NOTICES]]
    headers = {NOTICES_HEADER: json.dumps(notices)} if notices else {}
    # Bytes, so that line endings and a byte order mark go out as they came in.
    return PlainTextResponse(exported.text.encode(), headers=headers)
