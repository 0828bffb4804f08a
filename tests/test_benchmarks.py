"""The benchmarks as an instrument: what they fill, compare and say. How fast anything is, no test asks."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

import psycopg
import pytest

from api.migrations import migrate
from benchmarks import __main__ as bench
from benchmarks.customer_filling import record_facts, register
from benchmarks.figure import Figure
from benchmarks.log_filling import BEGINNING, SEED, fill, instant_of, life
from benchmarks.multiplied import multiply
from benchmarks.rounds import medians, percentile
from domain.event_log import reader
from domain.ticket.state import Ticket, evolve
from projections.engine.rebuild import compare
from projections.registry import PROJECTIONS
from tests.support.catching_up import catch_up
from tests.support.examples import THOROUGH


def figure(value: float, floor: float | None = 2.0, *, at_most: bool = False) -> Figure:
    return Figure("speed", value, "events/s", "a peer", 100.0, floor, at_most)


@pytest.mark.parametrize(
    ("measured", "holds"),
    [
        (figure(200), True),
        (figure(199), False),
        (figure(200, at_most=True), True),
        (figure(201, at_most=True), False),
        (figure(1, floor=None), True),
    ],
)
def test_a_figure_holds_when_its_ratio_is_on_the_right_side_of_its_floor(measured: Figure, *, holds: bool) -> None:
    assert measured.holds is holds


@pytest.mark.parametrize(("value", "status"), [(300.0, 0), (100.0, 1)])
def test_the_run_ends_well_only_when_every_floor_is_kept(
    server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: float, status: int
) -> None:
    def measure(dsn: str, *, quick: bool) -> Sequence[Figure]:
        assert quick
        with psycopg.connect(dsn) as connection:
            schemas = connection.execute("select count(*) from pg_namespace where nspname like 'tenant%'").fetchone()
            assert schemas == (0,)
        return [figure(value)]

    monkeypatch.setenv("DATABASE_URL", server)
    monkeypatch.setattr(bench, "SETS", {"speed": "a module"})
    monkeypatch.setattr(bench, "_measure", {"speed": measure}.__getitem__)
    file = tmp_path / "figures.json"
    assert bench.main(["speed", "--quick", "--json", str(file)]) == status
    document = json.loads(file.read_text(encoding="utf-8"))
    assert set(document["about"]) >= {"seed", "machine", "python", "postgresql", "eventsourcing"}
    assert document["figures"] == [
        {
            "name": "speed", "value": value, "unit": "events/s", "reference_name": "a peer", "reference": 100.0,
            "floor": 2.0, "at_most": False, "note": "", "ratio": value / 100, "holds": status == 0,
        }
    ]  # fmt: skip


def test_a_set_that_does_not_exist_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        bench.main(["speeed"])
    assert "speeed" in capsys.readouterr().err


def test_every_second_round_goes_backwards_so_that_nobody_is_always_first() -> None:
    order: list[str] = []

    def one(name: str) -> float:
        order.append(name)
        return float(len(order))

    assert medians({"a": lambda: one("a"), "b": lambda: one("b")}, 3) == {"a": 4.0, "b": 3.0}
    assert order == ["a", "b", "b", "a", "a", "b"]


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(number) for number in range(100, 0, -1)]
    assert (percentile(values, 0.5), percentile(values, 0.99), percentile(values, 1)) == (51.0, 100.0, 100.0)


def test_a_filled_log_reads_and_folds_like_one_that_the_desk_wrote(database_url: str) -> None:
    migrate(database_url)
    first, second = (1_500, 500) if THOROUGH else (600, 200)
    fill(database_url, "default", first)
    fill(database_url, "default", second)
    with psycopg.connect(database_url) as connection:
        head = reader.head(connection, "default")
        events = reader.page(connection, "default", 0, head + 1)
    assert [event.position for event in events] == list(range(1, head + 1))
    assert head >= first + second
    catch_up(database_url)
    assert all(table.same for table in compare(database_url, "default", PROJECTIONS))


def test_a_multiplied_log_is_one_that_folds_to_its_multiplied_rows(database_url: str) -> None:
    migrate(database_url)
    fill(database_url, "default", 400)
    catch_up(database_url)
    multiply(database_url, "default", PROJECTIONS, 3)
    with psycopg.connect(database_url) as connection:
        head = reader.head(connection, "default")
        events = reader.page(connection, "default", 0, head + 1)
    assert [event.position for event in events] == list(range(1, head + 1))
    assert [event.occurred_at for event in events] == [instant_of(position) for position in range(1, head + 1)]
    assert head >= 1_200
    assert len({event.stream for event in events}) == 3 * len({event.stream for event in events[: head // 3]})
    assert all(table.same for table in compare(database_url, "default", PROJECTIONS))


def test_a_filled_ticket_ends_closed_or_is_one_of_the_few_left_open() -> None:
    random = Random(SEED)  # noqa: S311 -- seeded data is no secret
    ends = []
    for _ in range(1_000):
        ticket = Ticket()
        for payload in life(random):
            ticket = evolve(ticket, payload, BEGINNING)
        ends.append(ticket.state)
    assert set(ends) == {"closed", "in_progress"}
    assert 5 < ends.count("in_progress") < 50


def test_what_customers_did_stands_behind_a_filled_log_and_folds_to_its_rows(database_url: str) -> None:
    migrate(database_url)
    register(database_url, "default", 40)
    fill(database_url, "default", 100)
    catch_up(database_url)
    with psycopg.connect(database_url) as connection:
        registered = reader.head(connection, "default")
    record_facts(database_url, "default", instant_of(registered), share=0.002)
    catch_up(database_url)
    with psycopg.connect(database_url) as connection:
        head = reader.head(connection, "default")
        facts = reader.page(connection, "default", registered, head - registered)
        (contracts,) = connection.execute(
            "select count(distinct contract) from tenant_default.contract_terms"
        ).fetchall()
    assert [event.position for event in facts] == list(range(registered + 1, head + 1))
    assert [event.occurred_at for event in facts] == sorted({event.occurred_at for event in facts})
    assert max(event.occurred_at for event in facts) < instant_of(registered)
    kinds = Counter(event.topic for event in facts)
    assert (kinds["customer.purchase_recorded"], kinds["customer.offer_made"], contracts) == (60, 20, (10,))
    assert all(table.same for table in compare(database_url, "default", PROJECTIONS))
