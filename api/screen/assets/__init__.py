"""The files that pages load, under names that change with their content."""

import gzip
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from fastapi import Request, Response

from api.http.problems import Problem

PREFIX = "/assets"
_TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


class _Asset(NamedTuple):
    """A file, and the same compressed by gzip."""

    content: bytes
    packed: bytes
    media_type: str


def asset(name: str) -> str:
    """The address of a file of this folder, such as ``/assets/style.0a1b2c3d4e5f.css``."""
    return _addresses()[name]


async def serve_asset(request: Request) -> Response:
    """The endpoint of all files. They never change, so a browser keeps them for a year."""
    content = _contents().get(request.url.path)
    if content is None:
        raise Problem("not_found", "there is no such file, or no longer")
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(content.content, headers=headers, media_type=content.media_type)
    return Response(content.packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=content.media_type)


@cache
def _files() -> Mapping[str, tuple[str, _Asset]]:
    """Each file by its name, with its address."""
    files_by_path = {}
    for path in sorted(Path(__file__).parent.iterdir()):
        if path.suffix in _TYPES:
            content = path.read_bytes()
            mark = sha256(content).hexdigest()[:12]
            packed = gzip.compress(content, mtime=0)
            address = f"{PREFIX}/{path.stem}.{mark}{path.suffix}"
            files_by_path[path.name] = address, _Asset(content, packed, _TYPES[path.suffix])
    return MappingProxyType(files_by_path)


@cache
def _addresses() -> Mapping[str, str]:
    return {name: address for name, (address, _) in _files().items()}


@cache
def _contents() -> Mapping[str, _Asset]:
    return dict(_files().values())
