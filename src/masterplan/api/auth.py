"""Who may come in: checked around the outermost app, Socket.IO included.

Every request needs the token, on the loopback too: other users of the machine and pages in a
browser can reach a loopback port. Host and Origin are checked first, which refuses DNS rebinding
and cross-site requests. A browser signs in with a one-time link and gets a SameSite=Strict cookie
that holds a value derived from the token, never the token itself.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Collection
from http.cookies import SimpleCookie
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from masterplan.api.pages import asks_for_page, has_bundle, notice_page

COOKIE = "masterplan_session"
SIGN_IN_PATH = "/sign-in"
SIGN_IN_SECONDS = 600
CUSTOM_HEADER = "x-masterplan-actor"
OPEN_PATHS = frozenset({"/healthz", "/readyz", SIGN_IN_PATH})
SOCKET_PATH = "/socket.io"
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
SIGNED_OUT = {
    "unauthorized": "This browser is not signed in",
    "sign_in_expired": "This sign-in link no longer works",
}
NOTICES = {
    "unauthorized": "Plans, and the commands that agents run, are for the owner of this server.",
    "sign_in_expired": "Each link works once, and for ten minutes.",
}
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Access:
    """The token and what is derived from it. Comparisons take constant time."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()
        self._session = hmac.new(self._token, b"masterplan session", hashlib.sha256).hexdigest()
        self._codes: dict[str, float] = {}

    def token_is(self, offered: str) -> bool:
        return hmac.compare_digest(offered.encode(), self._token)

    def session_is(self, offered: str) -> bool:
        return hmac.compare_digest(offered.encode(), self._session.encode())

    def new_sign_in_code(self) -> str:
        """A code that signs one browser in, once, within ten minutes."""
        code = secrets.token_urlsafe(24)
        self._codes[code] = time.monotonic() + SIGN_IN_SECONDS
        return code

    def redeem(self, code: str) -> str | None:
        """Use up a sign-in code; return the cookie's value, or None where it is not valid."""
        expires = self._codes.pop(code, None)
        return self._session if expires is not None and time.monotonic() < expires else None

    def allows(self, headers: Headers) -> bool:
        """Tell whether the request carries the token or a session's cookie."""
        scheme, _, credentials = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self.token_is(credentials.strip()):
            return True
        return self.session_is(session_cookie(headers))


def session_cookie(headers: Headers) -> str:
    """The session cookie's value, empty where there is none."""
    morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    return morsel.value if morsel is not None else ""


def host_name(host: str) -> str:
    """The name of a Host header without its port, in lower case; empty where it is malformed."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


class AccessGuard:
    """ASGI middleware that refuses what must not reach the app."""

    def __init__(self, app: ASGIApp, access: Access, *, hosts: Collection[str]) -> None:
        self._app = app
        self._access = access
        self._hosts = frozenset(host.lower() for host in hosts) | LOOPBACK_NAMES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await refuse(scope, receive, send, *refusal)
        elif scope["path"] == SIGN_IN_PATH:
            await self._sign_in(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[int, str, str] | None:
        headers = Headers(scope=scope)
        if host_name(headers.get("host", "")) not in self._hosts:
            return 400, "foreign_host", "This server does not answer to that Host."
        origin = headers.get("origin")
        if origin is not None and host_name(origin.partition("://")[2]) not in self._hosts:
            return 403, "foreign_origin", "Requests from other sites are refused."
        path = scope["path"]
        # Sockets show their token when they connect, where the library reads it.
        if path in OPEN_PATHS or path.startswith(SOCKET_PATH):
            return None
        if not self._access.allows(headers):
            return (
                401,
                "unauthorized",
                (
                    "The access token is missing or wrong. Send `Authorization: Bearer TOKEN`; "
                    "the token is in the file `token` of the data directory."
                ),
            )
        if scope.get("method") not in SAFE_METHODS and not _is_deliberate(headers):
            return (
                403,
                "not_deliberate",
                ("A change needs a JSON body or the header X-Masterplan-Actor."),
            )
        return None

    async def _sign_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        cookie = self._access.redeem(query.get("code", [""])[0])
        if cookie is not None:
            value = f"{COOKIE}={cookie}; Path=/; HttpOnly; SameSite=Strict"
            await _enter(send, (b"set-cookie", value.encode()))
        elif self._access.allows(Headers(scope=scope)):
            await _enter(send)
        else:
            message = "This link was used or is too old; ask for a new one."
            await refuse(scope, receive, send, 403, "sign_in_expired", message)


async def _enter(send: Send, *headers: tuple[bytes, bytes]) -> None:
    """Lead a signed-in browser to the pages, or to the API's where there are none."""
    location = (b"location", b"/" if has_bundle() else b"/docs")
    start = {"type": "http.response.start", "status": 303, "headers": [location, *headers]}
    await send(start)
    await send({"type": "http.response.body", "body": b""})


def _is_deliberate(headers: Headers) -> bool:
    """Tell whether a plain HTML form of another site could not have sent this."""
    return (
        "authorization" in headers
        or CUSTOM_HEADER in headers
        or headers.get("content-type", "").startswith("application/json")
    )


async def refuse(
    scope: Scope, receive: Receive, send: Send, status: int, code: str, message: str
) -> None:
    """Answer with an error, or close the WebSocket before it is accepted."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": code})
        return
    title = SIGNED_OUT.get(code)
    if title is not None and asks_for_page(Headers(scope=scope), scope["method"]):
        page = notice_page(status, title, NOTICES[code])
        await page(scope, receive, send)
        return
    await answer_json(send, status, code, message)


async def answer_json(send: Send, status: int, code: str, message: str) -> None:
    body = json.dumps({"error": {"code": code, "message": message, "details": {}}}).encode()
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", b"application/json"),
                (b"content-length", str(len(body)).encode()),
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})
