"""A plan's result over REST: the files of its workspace's branch, one of them, or all as a ZIP.

Files are what agents wrote, so none is ever sent as something that a browser would run.
"""

from __future__ import annotations

from fastapi import APIRouter, Response
from sqlalchemy.ext.asyncio import AsyncSession

from masterplan import repository
from masterplan.api.answers import INVALID, NOT_FOUND, Responses
from masterplan.api.dependencies import ReadSession, RuntimeDep
from masterplan.api.schemas import FileList
from masterplan.errors import NotFound
from masterplan.services.runtime import Runtime
from masterplan.workspace.git import BareRepository

NOT_RUN = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}
BINARY = {"schema": {"type": "string", "format": "binary"}}

router = APIRouter(prefix="/masterplans/{masterplan_id}", tags=["files"], responses=INVALID)


def _sends(*media_types: str) -> Responses:
    content = dict.fromkeys(media_types, BINARY)
    return {**NOT_FOUND, 200: {"description": "The bytes.", "content": content}}


async def _workspace(
    session: AsyncSession, runtime: Runtime, plan_id: str
) -> BareRepository | None:
    plan = await repository.get_plan(session, plan_id)
    if plan.workspace_path is None:
        return None
    return await runtime.workspaces.opened(plan.id, plan.workspace_path, branch=plan.branch)


async def _existing_workspace(
    session: AsyncSession, runtime: Runtime, plan_id: str
) -> BareRepository:
    git = await _workspace(session, runtime, plan_id)
    if git is None:
        raise NotFound("workspace of masterplan", plan_id)
    return git


@router.get("/files", responses=NOT_FOUND)
async def list_files(masterplan_id: str, session: ReadSession, runtime: RuntimeDep) -> FileList:
    """The paths of the published files, sorted."""
    git = await _workspace(session, runtime, masterplan_id)
    if git is None:
        return FileList(commit=None, files=[])
    head = await git.head()
    return FileList(commit=head, files=await git.files(head))


@router.get(
    "/files/{path:path}",
    response_class=Response,
    responses=_sends("text/plain", "application/octet-stream"),
)
async def get_file(
    masterplan_id: str, path: str, session: ReadSession, runtime: RuntimeDep
) -> Response:
    """One published file: as text where it is UTF-8, else as bytes to save."""
    git = await _existing_workspace(session, runtime, masterplan_id)
    content = await git.read(await git.head(), path)
    if content is None:
        raise NotFound("file", path)
    return Response(content, media_type=_media_type(content), headers=NOT_RUN)


def _media_type(content: bytes) -> str:
    try:
        content.decode()
    except UnicodeDecodeError:
        return "application/octet-stream"
    return "text/plain; charset=utf-8"


@router.get("/archive", response_class=Response, responses=_sends("application/zip"))
async def get_archive(masterplan_id: str, session: ReadSession, runtime: RuntimeDep) -> Response:
    """All published files as a ZIP archive."""
    git = await _existing_workspace(session, runtime, masterplan_id)
    content = await git.archive(await git.head())
    name = f'attachment; filename="masterplan-{masterplan_id[:8]}.zip"'
    headers = {**NOT_RUN, "Content-Disposition": name}
    return Response(content, media_type="application/zip", headers=headers)
