"""The exam of tampering: each kind is done on a copy of a sealed desk, and the auditor looks.

It writes docs/reference/tampering.md.
"""

import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from api.cli.printing import bars
from api.database import database
from api.migrations import migrate
from tests.support.run_databases import RunDatabases, reachable_folder
from tests.support.tampering.bundles import BUNDLES, PERIODS
from tests.support.tampering.case import KEY, Case, Detection, fill, made_case
from tests.support.tampering.kinds import Tampering
from tests.support.tampering.rows import ACCESS, EVENTS
from tests.support.tampering.trees import TREES

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "tampering.md"
GROUPS: dict[str, Sequence[Tampering]] = {
    "Events in the database": EVENTS,
    "The access journal in the database": ACCESS,
    "The tree and its checkpoints": TREES,
    "The bundle on its way": BUNDLES,
    "The bundle of a period on its way": PERIODS,
}
KINDS = [kind for kinds in GROUPS.values() for kind in kinds]
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T[\d:.]+\+00:00")
_HEAD = """# Tampering

What somebody can do who is superuser of the database, and by what it is found. `./run exam tamper` does each of these
on a real database or on a bundle, exports the whole log, verifies it as an auditor does, and writes this page. The
auditor holds the public key and the newest checkpoint (361 events, 40 entries of the access journal).
[Verify a bundle](../how-to/audit-bundle.md) says how to be such an auditor.

"The sealer": it stops and says why, and signs nothing more. "The bundle alone": the public key is enough. "The kept
checkpoint": only a checkpoint that the auditor kept, or one that another auditor was given, shows it. "The witness":
the cosignature of a witness is missing. "`doctor`": what was sealed is proven, and the operator's check finds the rest.
"""
_TAIL = """
## What is not found

- What is changed **before it is sealed**. That window is about a second while a sealer runs; `export audit`, `doctor`
  and `checkpoint` say how many positions no checkpoint covers.
- A history made anew by somebody who **holds the sealing key**, where the auditor kept no checkpoint, no checkpoint
  left the house, and no witness cosigned.
- What was **never recorded**, or recorded falsely by who may record it.
- Which of the tiles or rows is the right one: the verifier says that they differ and where.
"""


class Result(NamedTuple):
    """A kind and how it was found."""

    kind: Tampering
    detection: Detection

    @property
    def is_named(self) -> bool:
        """Whether it was found, and named as it should be."""
        return self.detection.by is not None and self.kind.finding in self.detection.finding

    @property
    def row(self) -> str:
        """A row of the page. The id of the database and instants are left out: each run has others."""
        finding = _INSTANT.sub("...", _UUID.sub("...", self.detection.finding))
        return f"| {self.kind.name} | {self.detection.by} | {finding} |"


def tampered(databases: RunDatabases, source: str, key: Path, kind: Tampering) -> Result:
    """Does one kind on a copy of the sealed desk, and lets the auditor look."""
    with copied(databases, source, key) as case:
        kind.do(case)
        return Result(kind, case.look())


@contextmanager
def copied(databases: RunDatabases, source: str, key: Path) -> Iterator[Case]:
    """A copy of the sealed desk."""
    with databases.copied(source) as dsn, TemporaryDirectory() as folder, made_case(dsn, key, Path(folder)) as case:
        yield case


def page(results: Sequence[Result]) -> str:
    """The page of these results, which are those of all kinds."""
    rows = {result.kind.name: result.row for result in results}
    parts = [_HEAD]
    for title, kinds in GROUPS.items():
        table = "\n".join(rows[kind.name] for kind in kinds)
        parts.append(f"\n## {title}\n\n| what is done | found by | what the auditor reads |\n|---|---|---|\n{table}\n")
    return "".join([*parts, _TAIL])


def main(_words: Sequence[str]) -> int:
    """Runs all kinds and writes the page. The exit code is 1 when one is not found or not named."""
    folder = reachable_folder("ticketledger-exam-")
    try:
        with (
            database(folder / "data", settings={"fsync": "off"}) as server,
            closing(RunDatabases(server, folder)) as databases,
            bars() as progress,
        ):
            count = progress.counter("kinds of tampering", len(KINDS))
            empty = databases.made("template", migrate)
            source = databases.made("sealed", lambda dsn: fill(dsn, folder / KEY), empty)
            with copied(databases, source, folder / KEY) as unharmed:
                control = unharmed.look()
            results = []
            for kind in KINDS:
                results.append(tampered(databases, source, folder / KEY, kind))
                count(1)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    missed = [result for result in results if not result.is_named]
    for result in missed:
        sys.stdout.write(f"NOT NAMED: {result.kind.name}: {result.detection}, expected {result.kind.finding!r}\n")
    sys.stdout.write(f"{len(results) - len(missed)} of {len(results)} kinds of tampering were found and named.\n")
    if control.by is not None:
        sys.stdout.write(f"The unharmed log is not proven: {control.finding}\n")
    if missed or control.by is not None:
        return 1
    PAGE.write_text(page(results), encoding="utf-8")
    sys.stdout.write(f"The unharmed log is proven. Written: docs/reference/{PAGE.name}\n")
    return 0
