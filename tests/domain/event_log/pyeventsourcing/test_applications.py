"""Whole applications of the library on the log: snapshots, notification log, projections, and the guide's example."""

import re
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import pytest
from eventsourcing.application import Application, ProcessingEvent
from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.domain import Aggregate, DomainEventProtocol, event
from eventsourcing.persistence import Tracking
from eventsourcing.projection import (
    EventSourcedProjection,
    EventSourcedProjectionRunner,
    Projection,
    ProjectionRunner,
)
from psycopg import Connection, sql

from domain.event_log.pyeventsourcing import LogTrackingRecorder

HANGS = 60
"""Seconds after which a test that waits is ended."""
GUIDE = Path(__file__).parents[4] / "docs" / "how-to" / "eventsourcing-library.md"


class Article(Aggregate):
    class Drafted(Aggregate.Created):
        title: str

    class Revised(Aggregate.Event):
        body: str

    @event(Drafted)
    def __init__(self, title: str) -> None:
        self.title = title
        self.revisions: list[str] = []

    @event(Revised)
    def revise(self, body: str) -> None:
        self.revisions.append(body)


class Articles(Application[UUID]):
    snapshotting_intervals: ClassVar[dict[type[Any], int]] = {Article: 3}


class RevisionCounts(LogTrackingRecorder):
    """A view with a table of its own."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._run("create table if not exists {}.revision_counts (article uuid primary key, n integer not null)")

    def _run(self, statement: Any, *parameters: object) -> list[tuple[Any, ...]]:
        text = sql.SQL(statement).format(self.database.schema)

        def execute(connection: Connection) -> list[tuple[Any, ...]]:
            cursor = connection.execute(text, parameters)
            return cursor.fetchall() if cursor.description else []

        return self.database.run(execute)

    def add(self, article: UUID, tracking: Tracking) -> None:
        count = sql.SQL(
            "insert into {}.revision_counts as counted values (%s, 1)"
            " on conflict (article) do update set n = counted.n + 1"
        ).format(self.database.schema)
        self.insert_tracking(tracking, lambda connection: connection.execute(count, [article]))

    def counts(self) -> dict[UUID, int]:
        return dict(self._run("select article, n from {}.revision_counts"))


class CountRevisions(Projection[RevisionCounts]):
    name = "revisioncounts"

    @singledispatchmethod
    def process_event(self, _: Any, tracking: Tracking) -> None:
        self.view.insert_tracking(tracking)

    @process_event.register
    def _(self, revised: Article.Revised, tracking: Tracking) -> None:
        self.view.add(revised.originator_id, tracking)


class Journal(Aggregate):
    """What happened to articles, as events of its own."""

    ID = UUID(int=1)

    @event("Opened")
    def __init__(self) -> None:
        self.entries: list[str] = []

    @staticmethod
    def create_id() -> UUID:
        return Journal.ID

    @event("Noted")
    def note(self, what: str) -> None:
        self.entries.append(what)


class Journals(EventSourcedProjection[UUID]):
    @singledispatchmethod
    def policy(self, domain_event: DomainEventProtocol[UUID], processing_event: ProcessingEvent[UUID]) -> None:
        known = self.recorder.select_events(Journal.ID, limit=1)
        journal: Journal = self.repository.get(Journal.ID) if known else Journal()
        journal.note(type(domain_event).__name__)
        processing_event.collect_events(journal)


def drafted(*bodies: str) -> Article:
    article = Article("Đổi mật khẩu")
    for body in bodies:
        article.revise(body)
    return article


def test_an_aggregate_is_loaded_from_its_newest_snapshot_and_at_any_version(library_env: dict[str, str]) -> None:
    with Articles(library_env) as articles:
        article = drafted("a", "b", "c", "d", "e", "f")
        articles.save(article)
        assert articles.snapshots is not None
        assert [taken.originator_version for taken in articles.snapshots.get(article.id)] == [3, 6]
        assert articles.repository.get(article.id) == article
        for version in range(1, 8):
            loaded: Article = articles.repository.get(article.id, version=version)
            assert loaded.revisions == ["a", "b", "c", "d", "e", "f"][: version - 1]


def test_the_notification_log_has_no_hole(library_env: dict[str, str]) -> None:
    with Articles(library_env) as articles:
        for _ in range(3):
            articles.save(drafted("a", "b"), drafted("c"))
        section = articles.notification_log["1,10"]
        assert [item.id for item in section.items] == list(range(1, 11))
        assert section.next_id == "11,20"
        assert [item.id for item in articles.notification_log.select(start=12, limit=9)] == [12, 13, 14, 15]


def test_a_projection_follows_the_log_and_goes_on_where_it_stood(library_env: dict[str, str]) -> None:
    first, second = drafted("a", "b"), drafted("c")

    def runner() -> ProjectionRunner[Articles, RevisionCounts]:
        return ProjectionRunner(
            application_class=Articles, projection_class=CountRevisions, view_class=RevisionCounts, env=library_env
        )

    with runner() as running:
        recordings = running.app.save(first)
        running.wait(recordings[-1].notification.id, timeout=HANGS)
        assert running.projection.view.counts() == {first.id: 2}
    with runner() as running:
        first.revise("d")
        recordings = running.app.save(second, first)
        running.wait(recordings[-1].notification.id, timeout=HANGS)
        assert running.projection.view.counts() == {first.id: 3, second.id: 1}


def test_an_application_that_follows_another_has_a_log_of_its_own(library_env: dict[str, str]) -> None:
    with EventSourcedProjectionRunner(
        application_class=Articles, projection_class=Journals, env=library_env
    ) as running:
        recordings = running.app.save(drafted("a", "b"))
        running.wait(recordings[-1].notification.id, timeout=HANGS)
        journal: Journal = running.projection.repository.get(Journal.ID)
        assert journal.entries == ["Drafted", "Revised", "Revised"]
        assert running.projection.recorder.max_notification_id() == 4
        assert running.app.recorder.max_notification_id() == 3


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture
def guide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library_env: dict[str, str]) -> Callable[[], object]:
    """Runs the guide's example as it stands there."""
    module, script = blocks("python")
    (tmp_path / "knowledge.py").write_text(module, encoding="utf-8")
    (tmp_path / "try_it.py").write_text(script, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    for name, value in library_env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delitem(sys.modules, "knowledge", raising=False)
    return lambda: runpy.run_path(str(tmp_path / "try_it.py"))


def test_the_guide_s_example_prints_what_the_guide_says(
    guide: Callable[[], object], capsys: pytest.CaptureFixture[str]
) -> None:
    guide()
    assert [capsys.readouterr().out] == blocks("text")


def test_the_guide_names_the_environment_that_the_example_ran_in(library_env: dict[str, str]) -> None:
    (console, *_) = blocks("console")
    for name in library_env:
        assert f"{name}=" in console
    assert library_env["PERSISTENCE_MODULE"] in console
