"""Serves the web interface that is built into the package, where there is one.

The bundle answers only where no endpoint does. Its pages are one page: every address that names no
file gets index.html, which is asked for anew each time, while the files under `assets/` carry a
hash of their content in their name and are kept for good.
"""

from __future__ import annotations

from html import escape
from pathlib import Path, PurePosixPath

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

BUNDLE = Path(__file__).parent.parent / "_ui"
FOREVER = "public, max-age=31536000, immutable"
API_PREFIXES = ("api/", "socket.io/", "docs/")
GUARDED = {
    # What a plan or an agent has written is shown as text; no script but the bundle's own runs.
    "Content-Security-Policy": (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "worker-src 'self' blob:; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def has_bundle(bundle: Path = BUNDLE) -> bool:
    """Tell whether the web interface is in this installation."""
    return (bundle / "index.html").is_file()


class Pages:
    """ASGI application for every path that is no endpoint's."""

    def __init__(self, bundle: Path = BUNDLE) -> None:
        self._bundle = bundle
        self._files = StaticFiles(directory=bundle)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].lstrip("/")
        if scope["type"] != "http" or path.startswith(API_PREFIXES):
            raise HTTPException(404)
        if scope["method"] not in {"GET", "HEAD"}:
            raise HTTPException(405)
        response = await self._answer(path, scope)
        await response(scope, receive, send)

    async def _answer(self, path: str, scope: Scope) -> Response:
        if PurePosixPath(path).suffix:
            hashed = path.startswith("assets/")
            response = await self._files.get_response(path, scope)
            response.headers["Cache-Control"] = FOREVER if hashed else "no-cache"
        else:
            headers = {"Cache-Control": "no-cache", **GUARDED}
            response = FileResponse(self._bundle / "index.html", headers=headers)
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def asks_for_page(headers: Headers, method: str) -> bool:
    """Tell whether a person's browser asks, rather than a program."""
    return method in {"GET", "HEAD"} and "text/html" in headers.get("accept", "")


def notice_page(status: int, title: str, text: str) -> HTMLResponse:
    """A page for whoever is not let in: it needs nothing of the bundle, which they may not load."""
    page = NOTICE.replace("{title}", escape(title)).replace("{text}", escape(text))
    return HTMLResponse(page, status_code=status, headers={"Cache-Control": "no-store", **GUARDED})


NOTICE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title} · Masterplan</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root{color-scheme:light dark;font:16px/1.6 system-ui,sans-serif;
 --ink:light-dark(#15202b,#e8eef3);--soft:light-dark(#4a5966,#a6b5c1);
 --ground:light-dark(#e9edf1,#0b1117);--panel:light-dark(#fff,#141d26);
 --line:light-dark(#d3dae0,#2a3743)}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--ground);
 color:var(--ink)}
main{max-width:34rem;margin:1rem;padding:2rem;background:var(--panel);border-radius:14px;
 border:1px solid var(--line)}
h1{font-size:1.25rem;margin:0 0 .75rem}p{margin:.5rem 0;color:var(--soft)}
code{font:.9em ui-monospace,monospace;color:var(--ink)}a{color:inherit}
</style></head><body><main><h1>{title}</h1><p>{text}</p>
<p>Masterplan prints a link that signs this browser in, once, whenever it starts. In the terminal
where it runs, open the newest line that begins with <code>browser</code>; or stop it and run
<code>masterplan up</code> again for a new link. What is running resumes by itself.</p>
<p>Already signed in? <a href="/">Open Masterplan</a></p></main></body></html>
"""
