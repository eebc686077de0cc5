"""A server's REST API as such: where it is, what it is asked with, and how it says no."""

from __future__ import annotations

import os
import pwd
import re
from collections.abc import Callable
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel

from masterplan.errors import MasterplanError

API = "/api/v1"
TIMEOUT_S = 60.0
ANSWERED = 400

Answer = TypeVar("Answer", bound=BaseModel)


class RequestRefusedError(MasterplanError):
    """The server said no; the message is the server's own."""

    def __init__(self, response: httpx.Response) -> None:
        self.status_code = response.status_code
        message, details = _told(response)
        super().__init__(message, details=details)


def _told(response: httpx.Response) -> tuple[str, dict[str, Any]]:
    fallback = f"The server answered {response.status_code} {response.reason_phrase}."
    try:
        error = response.json()["error"]
        return str(error["message"]), dict(error.get("details") or {})
    except (ValueError, KeyError, TypeError):
        return fallback, {}


class HttpClient:
    """Asks one server, found by `base_url` and reached through `transport` where one is given.

    `locate` says where the server is now, for a connection that was lost; it may have moved.
    """

    def __init__(
        self,
        *,
        base_url: str,
        token: str,
        embedded: bool,
        locate: Callable[[], str | None] = lambda: None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.embedded = embedded
        """Whether the server lives and dies with this command."""
        self._locate = locate
        self.http = httpx.AsyncClient(
            base_url=base_url,
            transport=transport,
            timeout=TIMEOUT_S,
            trust_env=False,
            headers={"Authorization": f"Bearer {token}", "X-Masterplan-Actor": user_name()},
        )

    def relocate(self) -> bool:
        """Look up where the server is now; tell whether there is one."""
        url = self._locate()
        if url is not None:
            self.http.base_url = httpx.URL(url)
        return url is not None

    def has_server(self) -> bool:
        """Tell whether a server of the data directory runs now."""
        return self._locate() is not None

    async def _get(
        self, path: str, model: type[Answer], *, params: dict[str, Any] | None = None
    ) -> Answer:
        given = {name: value for name, value in (params or {}).items() if value is not None}
        return model.model_validate_json((await self._asked("GET", path, params=given)).content)

    async def _post(self, path: str, model: type[Answer], **request: Any) -> Answer:
        return model.model_validate_json((await self._asked("POST", path, **request)).content)

    async def _asked(self, method: str, path: str, **request: Any) -> httpx.Response:
        response = await self.http.request(method, API + path, **request)
        if response.status_code >= ANSWERED:
            raise RequestRefusedError(response)
        return response


def user_name() -> str:
    """Name the operating system's user who acts, in the letters that the API takes."""
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        name = str(os.getuid())
    return re.sub(r"[^A-Za-z0-9_.@ +-]", "_", name)[:100]
