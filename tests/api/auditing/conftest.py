"""The verifier as a function of a bundle, and the sealed desk of the exam of tampering."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.auditing import verify
from tests.support.judged_bundles import LOG, Answer, Judge
from tests.support.run_databases import RUN, RunDatabases
from tests.support.signed_logs import SignedLog
from tests.support.tampering.case import KEY, Case, fill
from tests.support.tampering.exam import copied


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


@pytest.fixture(scope="session")
def exam_key(pytestconfig: pytest.Config) -> Path:
    """The sealing key of the desk of the exam."""
    folder = pytestconfig.stash[RUN] / "tampering"
    folder.mkdir(exist_ok=True)
    return folder / KEY


@pytest.fixture(scope="session")
def exam_desk(run_databases: RunDatabases, template: str, exam_key: Path) -> str:
    """The name of the database of the sealed desk."""
    return run_databases.made("tampering", lambda dsn: fill(dsn, exam_key), template)


@pytest.fixture
def case(run_databases: RunDatabases, exam_desk: str, exam_key: Path) -> Iterator[Case]:
    """A copy of the sealed desk."""
    with copied(run_databases, exam_desk, exam_key) as made:
        yield made
