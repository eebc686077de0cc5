"""Plan files of other tools: stored with their text, given back with their ticks."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from masterplan import repository
from masterplan.importers import Imported, PlanFormat, Ticked, detect_format, import_plan
from masterplan.importers.exporting import PlanFile, export_plan
from masterplan.models import MasterPlan, PlanSource
from masterplan.plan_mapping import document_of_plan
from masterplan.services.file_sync import require_same_file
from masterplan.services.masterplan_service import MasterplanService


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A plan file as somebody hands it over; `format` None is to be found out."""

    text: str
    format: PlanFormat | None = None
    name: str | None = None
    sync_path: str | None = None
    """Where the file lies on this machine, if it is to be ticked while tasks complete."""


class PlanFileService:
    """Functions over a session that the caller commits."""

    def __init__(self, masterplans: MasterplanService, *, node_id: str) -> None:
        self._masterplans = masterplans
        self._node_id = node_id

    async def import_file(
        self, session: AsyncSession, file: ReceivedFile, *, by: str
    ) -> tuple[MasterPlan, list[str]]:
        """Store the file's plan as a draft, with its text; return it and the import's notices.

        Raises InvalidPlan where it is no plan, and CannotSync where its file cannot be ticked.
        """
        format, imported = await asyncio.to_thread(_read, file)
        if file.sync_path is not None:
            await asyncio.to_thread(require_same_file, file.sync_path, file.text, format)
        notices = [str(notice) for notice in imported.notices]
        document = imported.document
        done = [task.key for task in document.tasks() if task.done]
        reason = f"imported; {len(done)} of its tasks were done before" if done else "imported"
        plan = await self._masterplans.create(session, document, by=by, reason=reason)
        session.add(
            PlanSource(
                masterplan_id=plan.id,
                format=format,
                name=_plain(file.name),
                text=file.text,
                notices=notices,
                sync_path=file.sync_path,
                sync_node=self._node_id if file.sync_path else None,
                synced_tasks=len(done),
                synced_revision=plan.revision,
                synced_keys=done,
                sync_notices=[],
            )
        )
        await session.flush()
        return plan, notices

    async def export(self, session: AsyncSession, plan_id: str, format: PlanFormat) -> Ticked:
        """Write the plan as a file of this format. Raises NotFound."""
        plan = await repository.get_plan_tree(session, plan_id)
        source = await repository.get_source(session, plan_id)
        done = await repository.completed_keys(session, plan_id)
        file = PlanFile(PlanFormat(source.format), source.text) if source else None
        return await asyncio.to_thread(
            export_plan, document_of_plan(plan), format, done=done, source=file
        )


def _plain(name: str | None) -> str | None:
    """A file's name as it can be stored and shown."""
    return "".join(filter(str.isprintable, name or ""))[:255] or None


def _read(file: ReceivedFile) -> tuple[PlanFormat, Imported]:
    format = file.format or detect_format(file.text)
    return format, import_plan(file.text, format)
