"""/openapi.json and /docs: the committed document and a page that loads nothing from other hosts."""

import json
import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

import fastapi_offline
from fastapi import FastAPI, Request, Response
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.staticfiles import StaticFiles

_ASSETS = "/static-offline-docs"
COMMITTED = Path(__file__).parents[1] / "openapi.json"
_DOCUMENT = "/openapi.json"
_REVALIDATE = {"Cache-Control": "no-cache"}


def add_documentation(app: FastAPI) -> None:
    """Adds /openapi.json and /docs."""
    page = _page(app.title)
    document = _document()

    async def openapi(_request: Request) -> Response:
        return document

    async def docs(_request: Request) -> Response:
        return page

    app.add_route(_DOCUMENT, openapi, include_in_schema=False)
    app.add_route("/docs", docs, include_in_schema=False)
    app.mount(_ASSETS, StaticFiles(directory=Path(fastapi_offline.__file__).parent / "static"))


@cache
def _document() -> Response:
    text = json.dumps(json.loads(COMMITTED.read_text()), ensure_ascii=False, separators=(",", ":")).encode()
    tag = f'"{sha256(text).hexdigest()[:32]}"'
    return Response(text, headers={"ETag": tag, **_REVALIDATE}, media_type="application/json")


def _page(title: str) -> Response:
    """The page. Its policy allows the inline script, by hash, and files of this server; no site may frame it."""
    shown = get_swagger_ui_html(
        openapi_url=_DOCUMENT,
        title=title,
        swagger_js_url=f"{_ASSETS}/swagger-ui-bundle.js",
        swagger_css_url=f"{_ASSETS}/swagger-ui.css",
        swagger_favicon_url=f"{_ASSETS}/favicon.png",
    )
    scripts = re.findall(r"<script>(.*?)</script>", bytes(shown.body).decode(), re.DOTALL)
    hashes = " ".join(f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts)
    policy = (
        f"default-src 'none'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
        " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    shown.headers.update({"Content-Security-Policy": policy, **_REVALIDATE})
    return shown
