"""The text that a request carries, as its body or as the one file of a form."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from masterplan.errors import InvalidPlan

MAX_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came, its byte order mark included; `name` where a form tells it."""

    text: str
    name: str | None = None


async def text_body(request: Request) -> str:
    """Return the text without its byte order mark. Raises InvalidPlan."""
    return (await uploaded(request)).text.removeprefix("\ufeff")


async def uploaded(request: Request) -> Upload:
    """Return the request's file. Raises InvalidPlan where there is none, or it is too large."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        content, name = await _file_of_form(request)
    else:
        content, name = await _body(request), None
    try:
        return Upload(content.decode(), name)
    except UnicodeDecodeError as error:
        raise InvalidPlan([f"the file is not UTF-8 text (byte {error.start})"]) from error


async def _body(request: Request) -> bytes:
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        _refuse_large(len(content))
    return bytes(content)


async def _file_of_form(request: Request) -> tuple[bytes, str | None]:
    try:
        async with request.form(max_files=1, max_fields=10) as form:
            for part in form.values():
                if isinstance(part, UploadFile):
                    _refuse_large(part.size or 0)
                    return await part.read(), part.filename
    except HTTPException as error:
        raise InvalidPlan([f"the form cannot be read: {error.detail}"]) from error
    raise InvalidPlan(["the form holds no file"])


def _refuse_large(size: int) -> None:
    if size > MAX_BYTES:
        raise InvalidPlan([f"the file is larger than {MAX_BYTES // 1024**2} MiB"])
