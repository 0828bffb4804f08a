"""Every bound that the page names is the code's, and holds over HTTP and on the command line as in a file."""

from pathlib import Path
from typing import Any

import pytest

from api import calendar_bound
from api.bounds import BOUNDS, as_tables
from api.http.problems import MOST_ERRORS
from api.http.request_body import LARGEST_BODY, MOST_COUNTED
from api.importing.mapping import MappingError, read_mapping
from domain.sla.calendar.business_time import CalendarDefinition
from domain.sla.policy.bounds import RUNGS, Bound
from domain.sla.policy.policy import Policy
from domain.toml_text import LARGEST_FILE
from projections.what_if.scenarios import Scenario, rung
from tests.support.beyond_bounds import CALENDARS, COSTLIEST, POLICIES, YEARS
from tests.support.command_line import Run
from tests.support.costly import MINUTES, counted, office, policy, policy_file
from tests.support.serving import Served
from tests.support.sla_publishing import CALENDAR, OFFICE, put
from tests.support.told import march, told
from tests.support.what_ifs import ask

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "bounds.md"


def test_each_row_of_the_page_is_the_bound_that_the_code_has() -> None:
    """A bound that is changed, added or taken away changes the page: `python -m api.bounds` writes its tables."""
    page = PAGE.read_text(encoding="utf-8")
    assert page[page.index("\n## ") + 1 :] == as_tables() + "\n"


def test_every_bound_has_a_row_of_its_own() -> None:
    rows = [bound.what for section in BOUNDS.values() for bound in section]
    assert len(rows) == len(set(rows)) > 40
    assert all(bound.most > 0 for section in BOUNDS.values() for bound in section)


def refused(answer: Any) -> str:
    assert answer.status_code == 422, answer.text
    return str(answer.json()["detail"])


@pytest.mark.parametrize(("changed", "sentence"), CALENDARS, ids=[sentence for _, sentence in CALENDARS])
def test_a_calendar_beyond_a_bound_is_refused_over_http(
    shared_desk: Served, changed: dict[str, Any], sentence: str
) -> None:
    made = office(**changed)
    answer = put(shared_desk, "/v1/sla/calendars/Office", made)
    if len(answer.request.content) > LARGEST_BODY:
        assert answer.status_code == 413
        return
    assert sentence in refused(answer)
    assert sentence in refused(shared_desk.post("/v1/sla/whatif", {"calendars": [made]}))


@pytest.mark.parametrize(("made", "sentence"), POLICIES, ids=[sentence for _, sentence in POLICIES])
def test_a_policy_beyond_a_bound_is_refused_over_http(desk: Served, made: dict[str, Any], sentence: str) -> None:
    assert sentence in refused(put(desk, "/v1/sla/policy", made))
    assert sentence in refused(desk.post("/v1/sla/whatif", {"policy": made, "calendars": [office()]}))


def test_the_attack_that_took_six_gigabytes_is_refused(desk: Served) -> None:
    openings = [f"{hour:02}:{minute:02}-{hour:02}:{minute + 1:02}" for hour in range(24) for minute in range(0, 58, 2)]
    calendars = [
        {"name": f"k{n}", "zone": "America/New_York", "public_holidays": country, "week": {"mon-sun": openings}}
        for n, country in enumerate(("US", "DE", "IN"))
    ]
    rules = [{"resolution": {"duration": "36500d", "calendar": "k0"}}]
    answer = desk.post("/v1/sla/whatif", {"calendars": calendars, "policy": {"name": "x", "rules": rules}})
    assert "calendars.0: " in refused(answer)
    assert "week.mon: 696 shifts that start on one day: at most 12 are allowed" in refused(answer)


def test_a_day_of_too_many_shifts_is_refused_before_they_are_read(desk: Served) -> None:
    """A range of days has each of them read anew, in front of all other callers."""
    answer = desk.post("/v1/sla/whatif", {"calendars": [office() | {"week": {"tue-sun": ["no shift"] * 13}}]})
    assert "week.tue: 13 shifts that start on one day: at most 12 are allowed" in refused(answer)
    assert "no shift" not in refused(answer)


def test_a_version_far_from_the_years_of_calendars_is_refused(desk: Served) -> None:
    for since in ("1969-12-31T00:00:00Z", "2100-01-01T00:00:00Z"):
        assert "effective_from" in refused(put(desk, CALENDAR, OFFICE, since=since))
    assert put(desk, CALENDAR, OFFICE, since="1970-01-01T00:00:00Z").status_code == 200


def test_one_calendar_too_many_is_refused_over_http_and_on_the_command_line(
    desk: Served, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar_bound, "PUBLISHED_CALENDARS", Bound("calendars of a tenant", 1))
    assert put(desk, CALENDAR, OFFICE).status_code == 200
    answer = put(desk, "/v1/sla/calendars/Another", OFFICE | {"name": "Another"})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_calendars")
    assert put(desk, CALENDAR, OFFICE, since="2026-05-01T00:00:00Z").json()["version"] == 2
    (tmp_path / "policy.toml").write_text(policy_file(policy(), office()), encoding="utf-8")
    printed = run("sla", "publish", "policy.toml", "--effective-from", "2026-05-01", "--reason", "r")
    assert (printed.code, "there are 1 calendars of a tenant already" in printed.err) == (2, True)


def test_a_file_beyond_a_bound_is_refused_with_its_line(run: Run, tmp_path: Path) -> None:
    text = policy_file(policy(), office(week={"mon-fri": MINUTES}))
    (tmp_path / "policy.toml").write_text(text, encoding="utf-8")
    for words in (
        ["check", "policy.toml"],
        ["publish", "policy.toml", "--effective-from", "2026-05-01", "--reason", "r"],
    ):
        printed = run("sla", *words)
        assert printed.code == 2
        assert "policy.toml:2: calendars 1, week, mon: 48 shifts that start on one day: at most 12 are" in printed.err


def test_a_ladder_has_as_many_rungs_on_the_command_line_as_over_http(run: Run) -> None:
    ladder = [f"{hours}h" for hours in range(1, RUNGS.most + 2)]
    printed = run("whatif", "--ladder", ",".join(ladder))
    assert (printed.code, f"nhiều nhất {RUNGS.most} mức" in printed.err) == (2, True)


def test_a_report_is_for_days_that_people_live_in(run: Run) -> None:
    assert run("report", "backlog", "--from", "1800-01-01", "--to", "2026-01-01", "--every", "day").code == 2


@pytest.mark.parametrize(("text", "says"), [("#" * (LARGEST_FILE + 1), "longer than"), (f"a = {'[' * 500}", "deep")])
def test_a_mapping_beyond_a_bound_is_refused(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "map.toml").write_text(text, encoding="utf-8")
    with pytest.raises(MappingError, match=says):
        read_mapping(tmp_path / "map.toml")


def test_a_body_says_a_bounded_number_of_errors_whatever_it_holds(desk: Served) -> None:
    many = {f"field {number}": 1 for number in range(MOST_COUNTED - 1)}
    assert len(desk.post("/v1/customers", many).json()["errors"]) == MOST_ERRORS
    twice = b'{"name": "x"' + b', "name": "x"' * 1_400 + b"}"
    answer = desk.send("POST", "/v1/customers", twice)
    assert answer.json()["errors"] == [{"field": "name", "message": "it is there twice"}]
    nested = desk.send("POST", "/v1/customers", b'{"name": ' + b"[" * 30_000 + b"]" * 30_000 + b"}")
    assert nested.status_code == 422


def test_the_costliest_what_if_goes_through_the_years_of_its_calendar_once(database_url: str) -> None:
    made = CalendarDefinition.model_validate(COSTLIEST)
    content = Policy.model_validate(policy(duration="36500d", warn_at=[n / 11 for n in range(1, 11)]))
    other = Scenario(name="costly", policy=content, calendars=(made,))
    rungs = [rung(other, f"{days}d", days * 86_400) for days in (1, 30, 365, 3_650, 36_500)]
    with told(database_url) as desk:
        for day in range(1, 6):
            desk.ticket(march(day))
        with counted() as work:
            answer = ask(desk, *rungs)
    assert answer.tickets == 5
    assert len(work.years) <= YEARS + 5 * len(rungs)
