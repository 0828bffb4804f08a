"""The verifier as a function of a bundle."""

from pathlib import Path
from typing import Any

import pytest

from api.auditing import verify
from tests.support.judged_bundles import LOG, Answer, Judge
from tests.support.signed_logs import SignedLog


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """Judges a bundle; the key is that of the log unless another is given."""

    def judged(
        content: bytes, log: SignedLog = LOG, *, key: str | None = None, since: bytes | None = None, **more: Any
    ) -> tuple[int, Answer]:
        (tmp_path / "bundle.zip").write_bytes(content)
        kept = None
        if since is not None:
            kept = str(tmp_path / "kept.txt")
            Path(kept).write_bytes(since)
        return verify.judge(str(tmp_path / "bundle.zip"), [key or log.signer.public], kept, **more)

    return judged
