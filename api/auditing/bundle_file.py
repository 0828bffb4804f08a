"""The zip file of a bundle: the same files always give the same bytes."""

import hashlib
import json
import zipfile
from collections.abc import Iterable
from types import TracebackType
from typing import IO, Self

from api.auditing.verify import MANIFEST

_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can hold; a bundle names no time of its making."""


class BundleFile:
    """Takes files one after another, and writes the manifest with their SHA-256 last."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w")
        self._digests: dict[str, str] = {}

    def add(self, name: str, chunks: Iterable[bytes], *, compressed: bool = True) -> None:
        """Adds a file of any size."""
        digest = hashlib.sha256()
        info = zipfile.ZipInfo(name, _TIME)
        info.compress_type = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
        with self._zip.open(info, "w", force_zip64=True) as file:
            for chunk in chunks:
                digest.update(chunk)
                file.write(chunk)
        self._digests[name] = digest.hexdigest()

    def finish(self, said: dict[str, object]) -> None:
        """Writes the manifest: what is said of the bundle, and the digests of its files."""
        text = json.dumps({**said, "files": self._digests}, ensure_ascii=False, indent=1)
        self.add(MANIFEST, [text.encode()])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self._zip.close()
