"""A log that is not as it must be is named by the doctor, makes the desk not ready, and takes no commands."""

from collections.abc import Iterator

import psycopg
import pytest

from domain.command_handling import state_snapshots
from domain.event_log import reader
from domain.event_log.soundness import HoleSearch, damage_of
from tests.support.command_line import Run
from tests.support.serving import BEFORE, RECEIPT, Served, make_key, serving

SHORTEN = """
delete from tenant_default.events where position > 3;
update tenant_default.log_head set position = 3;
"""
DOUBLE = """
alter table tenant_default.log_head drop constraint log_head_pkey, drop constraint log_head_only_row_check;
insert into tenant_default.log_head select false, position, recorded_at from tenant_default.log_head;
"""
DAMAGES = {
    "log_shortened": (SHORTEN, "end"),
    "head_behind": ("update tenant_default.log_head set position = position - 1", "head"),
    "head_ahead": ("update tenant_default.log_head set position = 999999999", "head"),
    "head_missing": ("delete from tenant_default.log_head", "head"),
    "head_doubled": (DOUBLE, "head"),
    "times_fall": (
        "update tenant_default.events set recorded_at = recorded_at - interval '1 day' where position = 5",
        "recording times",
    ),
}
ENDLESS = "update tenant_default.log_head set recorded_at = 'infinity'"


@pytest.fixture
def busy(database_url: str) -> Iterator[Served]:
    """Five events, the customer's registration among them, followed; readiness is looked at each time."""
    with serving(database_url, key=make_key(database_url), readiness_seconds=0.0) as desk:
        for _ in range(5 - BEFORE):
            desk.receive()
        desk.follow()
        yield desk


def damage(desk: Served, kind: str) -> None:
    with psycopg.connect(desk.dsn, autocommit=True) as connection:
        assert damage_of(connection, "default") is None
        connection.execute(DAMAGES[kind][0])


def events(desk: Served) -> int:
    with psycopg.connect(desk.dsn) as connection:
        return len(reader.page(connection, "default", 0, 100))


@pytest.mark.parametrize("kind", sorted(DAMAGES))
def test_commands_are_refused_and_nothing_is_written(busy: Served, kind: str) -> None:
    damage(busy, kind)
    before = events(busy)
    for _ in range(2):
        answer = busy.post("/v1/tickets", RECEIPT)
        assert (answer.status_code, answer.json()["type"]) == (503, "urn:ticketledger:log_damaged")
        assert answer.json()["code"] == kind
        assert "restore" in answer.json()["detail"]
    assert events(busy) == before


@pytest.mark.parametrize("kind", sorted(DAMAGES))
def test_the_desk_is_not_ready_and_says_why(busy: Served, kind: str) -> None:
    assert busy.get("/readyz").json()["reasons"] == []
    damage(busy, kind)
    answer = busy.get("/readyz")
    assert (answer.status_code, answer.json()["ready"], answer.json()["reasons"]) == (503, False, [kind])
    assert busy.get("/healthz").status_code == 200


@pytest.mark.parametrize("kind", sorted(DAMAGES))
def test_the_doctor_names_it_and_says_what_to_do(busy: Served, run: Run, kind: str) -> None:
    assert run("doctor").code == 0
    damage(busy, kind)
    answer = run("doctor", "--json")
    assert answer.code == 1
    unsound = {finding["check"]: finding["seen"] for finding in answer.json if not finding["sound"]}
    assert DAMAGES[kind][1] in unsound
    assert "restore" in unsound[DAMAGES[kind][1]]


HOLE = "delete from tenant_default.events where position = 2"


def test_a_hole_before_the_last_event_makes_the_desk_not_ready_until_it_is_filled(busy: Served, run: Run) -> None:
    with psycopg.connect(busy.dsn, autocommit=True) as connection:
        row = connection.execute("select * from tenant_default.events where position = 2").fetchone()
        connection.execute(HOLE)
        for _ in range(2):
            assert busy.get("/readyz").json()["reasons"] == ["events_missing"]
        assert "positions" in {check["check"] for check in run("doctor", "--json").json if not check["sound"]}
        assert row is not None
        connection.execute("insert into tenant_default.events values (%s, %s, %s, %s, %s, %s)", row)
    assert busy.get("/readyz").status_code == 200


def test_a_log_is_counted_part_by_part_and_then_only_what_came_since(busy: Served) -> None:
    holes = HoleSearch(part=2)
    with psycopg.connect(busy.dsn, autocommit=True) as connection:
        connection.execute("delete from tenant_default.events where position = 3")
        assert holes.look(connection, "default") is None, "positions 1 and 2"
        damage = holes.look(connection, "default")
        assert damage is not None
        assert damage.sentence.startswith("1 events are missing at positions 3 to 4: ")
        connection.execute("update tenant_default.events set position = 3 where position = 5")
        connection.execute("update tenant_default.log_head set position = 4")
        assert [holes.look(connection, "default") for _ in range(3)] == [None] * 3
        connection.execute("delete from tenant_default.events where position = 1")
        assert holes.look(connection, "default") is None, "it was counted"
        connection.execute("update tenant_default.log_head set position = 6")
        assert holes.look(connection, "default") is not None


def test_a_long_log_is_counted_beyond_the_numbers_of_two_bytes(busy: Served) -> None:
    holes = HoleSearch(part=2**15 - 1)
    with psycopg.connect(busy.dsn, autocommit=True) as connection:
        assert [holes.look(connection, "default") for _ in range(2)] == [None, None]


def test_a_hole_is_not_looked_for_beyond_the_head(busy: Served) -> None:
    holes = HoleSearch()
    with psycopg.connect(busy.dsn, autocommit=True) as connection:
        assert holes.look(connection, "default") is None
        connection.execute("delete from tenant_default.events where position > 2")
        connection.execute("update tenant_default.log_head set position = 2")
        assert holes.look(connection, "default") is None
        connection.execute("update tenant_default.log_head set position = 4")
        damage = holes.look(connection, "default")
    assert damage is not None
    assert "positions 3 to 4" in damage.sentence, "what was lost behind the head is counted again"


def test_nothing_is_recorded_at_a_time_without_end(busy: Served, run: Run) -> None:
    with psycopg.connect(busy.dsn, autocommit=True) as connection:
        connection.execute(ENDLESS)
    answer = busy.post("/v1/tickets", RECEIPT)
    assert (answer.status_code, answer.json()["code"]) == (503, "times_fall")
    assert events(busy) == 5
    assert busy.get("/readyz").json()["reasons"] == ["times_fall"]
    assert "recording times" in {finding["check"] for finding in run("doctor", "--json").json if not finding["sound"]}


@pytest.mark.parametrize("head", ["log_head", "access_head"])
def test_the_doctor_tells_a_head_whose_time_has_not_come(busy: Served, run: Run, head: str) -> None:
    with psycopg.connect(busy.dsn, autocommit=True) as connection:
        connection.execute(f"update tenant_default.{head} set recorded_at = clock_timestamp() + interval '10 days'")
    answer = run("doctor", "--json")
    (seen,) = (finding["seen"] for finding in answer.json if not finding["sound"])
    assert (answer.code, "s ahead of the database's clock" in seen, "restore" in seen) == (1, True, True)


def test_the_doctor_tells_projections_that_are_ahead(busy: Served, run: Run) -> None:
    damage(busy, "log_shortened")
    unsound = {finding["check"]: finding["seen"] for finding in run("doctor", "--json").json if not finding["sound"]}
    assert "at position 5, 2 events ahead of the log" in unsound["projection tickets"]
    assert "rebuild" in unsound["projection tickets"]


def test_a_log_that_was_shortened_for_good_is_used_again_after_a_rebuild(busy: Served, run: Run) -> None:
    damage(busy, "log_shortened")
    assert busy.post("/v1/tickets", RECEIPT).status_code == 503
    assert run("rebuild").code == 0
    answer = busy.post("/v1/tickets", RECEIPT)
    assert (answer.status_code, answer.json()["position"]) == (201, 4)
    busy.follow()
    assert busy.get(answer.headers["location"]).status_code == 200
    assert busy.get("/readyz").status_code == 200


def test_what_knew_of_lost_events_forgets_them_by_a_rebuild(
    busy: Served, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer of a command, the snapshot of a stream, and how far the reactor has read."""
    monkeypatch.setattr(state_snapshots, "EVERY", 2)
    (ticket,) = (f"/v1/tickets/{each['ticket']}" for each in busy.get("/v1/tickets?limit=1").json()["tickets"])
    key = {"Idempotency-Key": "lost"}
    lost = [busy.post(f"{ticket}/add-note", {"body": "n"}, headers=key if n == 2 else {}).json() for n in range(3)]
    busy.follow()
    with psycopg.connect(busy.dsn, autocommit=True) as connection:
        connection.execute("insert into tenant_default.worker_positions values ('reactor', 8)")
        assert connection.execute("select count(*) from tenant_default.snapshots").fetchone() == (1,)
        connection.execute("delete from tenant_default.events where position > 5")
        connection.execute("update tenant_default.log_head set position = 5")
        answer = run("rebuild")
        assert (answer.code, "3 answers of commands" in answer.err) == (0, True)
        assert connection.execute("select position from tenant_default.worker_positions").fetchone() == (5,)
    assert run("doctor").code == 0
    with serving(busy.dsn, key=busy.key) as again:
        retried = again.post(f"{ticket}/add-note", {"body": "n"}, headers=key)
        assert (retried.status_code, retried.json()["repeated"], retried.json()["version"]) == (200, False, 2)
    assert lost[2]["version"] == 4


def test_a_rebuild_forgets_nothing_where_the_head_is_behind(busy: Served, run: Run) -> None:
    damage(busy, "head_behind")
    answers = "select count(*) from tenant_default.commands"
    with psycopg.connect(busy.dsn, autocommit=True) as connection:
        before = connection.execute(answers).fetchone()
        run("rebuild")
        assert connection.execute(answers).fetchone() == before


def test_a_retry_of_what_was_recorded_is_answered_by_a_damaged_log_too(busy: Served) -> None:
    key = {"Idempotency-Key": "k"}
    first = busy.post("/v1/tickets", RECEIPT, headers=key).json()
    damage(busy, "head_behind")
    assert busy.post("/v1/tickets", RECEIPT, headers=key).json() == first | {"repeated": True}


def test_an_import_into_a_damaged_log_says_so(busy: Served, run: Run) -> None:
    damage(busy, "log_shortened")
    answer = run("sla", "publish", "handbook", "--effective-from", "2027-01-01", "--reason", "r")
    assert answer.code == 2
    assert "Nothing was recorded, for the log is damaged: the log ends at 3" in answer.err
