"""The desk and the pages of figures show what the API answers at the same position, and say what is missing."""

import re
from collections import Counter
from datetime import datetime, timedelta
from html import escape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from api.figure_formulas import FORMULAS, NOTES, formula_sentence
from api.headings import is_seconds
from api.screen.pages.desk import PAGE
from api.screen.pages.figures.one_figure import PAGE as FIGURE_PAGE
from api.screen.words.sources import SOURCES
from domain.readable import Language, duration, number, share
from domain.zones import zone_named
from projections.figures.registry import FIGURES
from tests.support.page_tests.shown_desk import ShownDesk, shown
from tests.support.run_databases import RunDatabases


class _Links(HTMLParser):
    """The links of a page: addresses with their texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self._address: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._address = dict(attrs).get("href") or ""
            self.links.append((self._address, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._address = None

    def handle_data(self, data: str) -> None:
        if self._address is not None:
            address, text = self.links[-1]
            self.links[-1] = (address, text + data)


def page(desk: ShownDesk, path: str, language: Language = "en") -> str:
    answer = desk.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return answer.text


def numbers(html: str) -> list[tuple[str, dict[str, list[str]], str]]:
    """The figure, the question and the text of each number of a page that leads to a figure."""
    shown = []
    for address, text in _Links(html).links:
        parts = urlsplit(address)
        if parts.path.startswith("/figures/"):
            shown.append((parts.path.removeprefix("/figures/"), parse_qs(parts.query), text))
    return shown


def answered(desk: ShownDesk, name: str, question: dict[str, list[str]]) -> dict[str, Any]:
    answer = desk.get(f"/v1/figures/{name}", params={k: v for k, v in question.items() if k != "part"})
    assert answer.status_code == 200, answer.text
    (row,) = answer.json()["rows"]
    return {**row, "unit": answer.json()["unit"]}


def told(row: dict[str, Any], part: str, text: str, language: Language) -> str:
    """The number as people read it: a share with both counts where the page shows one, else the part."""
    if "%" in text:
        return share(int(row["numerator"]), int(row["denominator"]), language)
    value = row["parts"][part]
    if is_seconds(part, row["unit"]):
        return duration(value, language)
    return number(int(value) if float(value).is_integer() else value, language)


def test_every_number_of_the_desk_is_what_the_api_answers_to_the_question_of_its_link(shown_desk: ShownDesk) -> None:
    shown = numbers(page(shown_desk, "/desk"))
    assert len(shown) > 100
    rows = {}
    for name, question, text in shown:
        question_of_link = name, *sorted((key, *values) for key, values in question.items() if key != "part")
        if question_of_link not in rows:
            rows[question_of_link] = answered(shown_desk, name, question)
        assert text == told(rows[question_of_link], question["part"][0], text, "en"), (name, question)


def test_every_link_of_the_desk_that_is_no_figure_leads_to_a_page(shown_desk: ShownDesk) -> None:
    """Tickets and customers are alike, so one of each is enough."""
    kinds = {re.sub(r"[0-9a-f-]{36}", "ID", address): address for address, _ in _Links(page(shown_desk, "/desk")).links}
    led = [kinds[kind] for kind in kinds if kind.startswith("/") and not kind.startswith("/figures/")]
    assert {"/tickets?late=true", "/tickets?unassigned=true&open=true"} <= set(led)
    assert [address for address in led if shown_desk.get(address, follow_redirects=True).status_code != 200] == []


def test_the_numbers_of_a_past_desk_are_those_of_the_api_at_the_same_instant(
    shown_desk: ShownDesk, present: datetime
) -> None:
    """One number of each figure, since each answer folds the log anew."""
    at = f"{present - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
    now, then = (page(shown_desk, f"/desk?{instant}", "vi") for instant in ("", f"as_of={at}"))
    assert {name: text for name, _, text in numbers(now)} != {name: text for name, _, text in numbers(then)}
    for name, (question, text) in {name: (question, text) for name, question, text in numbers(then)}.items():
        assert question["as_of"] == [at]
        assert text == told(answered(shown_desk, name, question), question["part"][0], text, "vi"), (name, question)


def test_a_team_narrows_every_number_that_has_one(shown_desk: ShownDesk) -> None:
    html = page(shown_desk, "/desk?team=first line")
    assert "selected>first line" in html
    for name, question, _ in numbers(html):
        if "team" in FIGURES[name].dimensions and question["part"] != ["received"]:
            assert "team:first line" in question.get("where", []), name


def test_requests_of_a_team_are_those_of_all_teams_and_say_so(shown_desk: ShownDesk) -> None:
    """A ticket has no team when it is received."""
    team, every = (page(shown_desk, f"/desk?panel=requests{of}") for of in ("&team=first line", ""))
    assert [text for _, _, text in numbers(team)] == [text for _, _, text in numbers(every)]
    assert "Of all teams together." in team
    assert "Of all teams together." not in every


def test_each_number_says_what_it_is_in_the_name_of_its_link(shown_desk: ShownDesk) -> None:
    html = page(shown_desk, "/desk?panel=late&panel=within")
    assert re.search(r'aria-label="Clocks late: \d+">\d+</a>', html)
    assert re.search(r'aria-label="resolution, Late: \d+">\d+</a>', html)
    assert re.search(r'aria-label="Resolutions in time, This month: [^"]+ %', html)


def test_agents_whose_load_is_not_known_are_not_said_to_have_little_to_do(shown_desk: ShownDesk) -> None:
    html = page(shown_desk, "/desk?panel=overloaded")
    row = answered(shown_desk, "overloaded", {})
    unknown, agents = row["parts"]["undefined"], row["parts"]["agents"]
    assert unknown
    assert f'part=undefined">{unknown}</a>' in html
    assert ("Nobody is overloaded." in html) == (unknown < agents and not row["parts"]["overloaded"])


def test_the_clocks_behind_a_figure_say_when_they_are_due_and_the_instant_of_the_answer(shown_desk: ShownDesk) -> None:
    html = page(shown_desk, "/figures/sla-late?part=late")
    for heading in ("Due", "Team now", "Which one"):
        assert f'<th scope="col">{heading}</th>' in html
    assert "Counted at" not in html
    assert re.search(r"<strong>Late clocks, \d{4}-\d\d-\d\d \d\d:\d\d</strong>", html)
    late = shown_desk.get("/v1/reports/sla/clocks", params={"target": "resolution", "part": "late"}).json()["clocks"]
    due = {clock["due_at"] for clock in late if clock["due_at"]}
    shown = {datetime.fromisoformat(at) for at in re.findall(r'<time datetime="([^"]+)"', html)}
    assert {datetime.fromisoformat(at) for at in due} <= shown


def test_requests_are_compared_with_last_month_only_when_it_has_some(shown_desk: ShownDesk, present: datetime) -> None:
    today = present.astimezone(zone_named("Asia/Ho_Chi_Minh")).date()
    end = today.replace(day=1) - timedelta(days=1)
    days = {"first": [f"{end:%Y-%m-01}"], "last": [f"{end:%Y-%m}-{min(today.day, end.day):02}"]}
    before = answered(shown_desk, "flow", days)["parts"]["received"]
    html = page(shown_desk, "/desk?panel=requests")
    assert ("none yet on the same days of last month." in html) == (before == 0)


def test_the_list_of_what_is_late_and_due_has_the_clocks_of_the_api_the_late_ones_first(shown_desk: ShownDesk) -> None:
    html = page(shown_desk, "/desk?panel=due")
    listed = [address for address, _ in _Links(html).links if address.startswith("/tickets/")]
    late = [
        clock
        for target in ("first_response", "next_response", "periodic_update", "resolution")
        for clock in shown_desk.get(
            "/v1/reports/sla/clocks", params={"target": target, "part": "late", "limit": 500}
        ).json()["clocks"]
    ]
    due = shown_desk.get("/v1/reports/sla/due", params={"limit": 500}).json()["clocks"]
    counted = Counter(f"/tickets/{clock['ticket']}" for clock in late)
    listed_late = min(8, len(late))
    assert not Counter(listed[:listed_late]) - counted
    assert listed[listed_late:] == [f"/tickets/{clock['ticket']}" for clock in due[:8]]
    assert html.count("late since") == listed_late


def test_failed_notifications_and_suspended_rules_are_those_of_the_api(shown_desk: ShownDesk) -> None:
    html = page(shown_desk, "/desk?panel=notifications&panel=automation")
    links = dict(_Links(html).links)
    dead = shown_desk.get("/v1/notifications", params={"dead": True, "limit": 500}).json()["notifications"]
    for state in ("failed", "uncertain"):
        count = sum(each["state"] == state for each in dead)
        assert links[f"/notifications?state={state}&dead=true"] == str(count)
    suspended = shown_desk.get("/v1/automation/suspended").json()
    assert f'<a href="/automation" aria-label="Rules suspended for a case: {len(suspended)}">' in html


def test_an_empty_desk_says_what_to_do_first(run_databases: RunDatabases, template: str) -> None:
    with run_databases.copied(template) as dsn, shown(dsn) as desk:
        english, vietnamese = page(desk, "/desk"), page(desk, "/desk", "vi")
    assert "No ticket is recorded yet" in english
    assert "./run demo" in english
    assert "Chưa ghi nhận phiếu nào" in vietnamese
    assert "none yet" in english
    assert ">0 %" not in english


def test_the_facts_behind_a_part_are_those_of_the_api_page_by_page(shown_desk: ShownDesk, present: datetime) -> None:
    days = {"first": f"{present - timedelta(days=300):%Y-%m-%d}", "last": f"{present:%Y-%m-%d}"}
    asked_for = {**days, "part": "steps", "limit": 500}
    facts = shown_desk.get("/v1/figures/journey-steps/facts", params=asked_for).json()["facts"]
    path, listed = f"/figures/journey-steps?first={days['first']}&last={days['last']}&part=steps", []
    while path:
        links = _Links(page(shown_desk, path)).links
        listed += [address for address, _ in links if address.startswith("/tickets/")]
        path = next((address for address, text in links if text == "Next page"), "")
    assert len(listed) > 50
    assert listed == [f"/tickets/{fact['subject']}" for fact in facts]


def test_the_page_of_a_figure_at_a_past_instant_has_the_answer_of_the_api(
    shown_desk: ShownDesk, present: datetime
) -> None:
    days = {"first": f"{present - timedelta(days=300):%Y-%m-%d}", "last": f"{present:%Y-%m-%d}"}
    rated = shown_desk.get("/v1/figures/csat/facts", params={**days, "part": "satisfied"}).json()["facts"]
    half_of_them = datetime.fromisoformat(rated[len(rated) // 2]["at"])
    at = f"{half_of_them:%Y-%m-%dT%H:%M:%SZ}"
    shown = numbers(page(shown_desk, f"/figures/csat?as_of={at}&part=ratings"))
    texts = {question["part"][0]: text for name, question, text in shown if name == "csat" and text[:1].isdigit()}
    row = answered(shown_desk, "csat", {"as_of": [at]})
    assert texts["satisfied"] == told(row, "satisfied", texts["satisfied"], "en")
    facts = page(shown_desk, f"/figures/csat?as_of={at}&part=ratings&panel=facts")
    assert len([address for address, _ in _Links(facts).links if address.startswith("/tickets/")]) == row["denominator"]


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_has_a_page_whose_parts_lead_to_their_facts(shown_desk: ShownDesk, name: str) -> None:
    html = page(shown_desk, f"/figures/{name}", "vi")
    assert escape(formula_sentence(FIGURES[name], "vi")) in html
    parts = [question["part"][0] for shown, question, _ in numbers(html) if shown == name and "part" in question]
    known = {*FIGURES[name].part_names, *(f"left_out:{reason}" for reason in FIGURES[name].left_out)}
    assert set(parts) <= known


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/figures/unknown", 404),
        ("/figures/csat?every=hour", 400),
        ("/figures/csat?first=yesterday", 400),
        ("/figures/csat?by=colour", 400),
        ("/figures/csat?where=team", 400),
        ("/figures/csat?part=colour", 400),
        ("/figures/csat?part=ratings&cursor=x", 400),
        ("/figures/csat?colour=red", 400),
    ],
)
def test_a_question_that_no_figure_takes_is_refused_with_a_page(shown_desk: ShownDesk, path: str, status: int) -> None:
    answer = shown_desk.get(path)
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.status_code in {status, 422}


def test_what_stands_on_the_wall_names_no_customer_and_no_subject(shown_desk: ShownDesk) -> None:
    panels = "&".join(f"panel={panel.name}" for panel in PAGE.panels if panel.on_wall)
    html = page(shown_desk, f"/desk?{panels}")
    assert "/tickets/" not in html
    assert "/customers/" not in html


def test_every_figure_says_what_it_counts_in_vietnamese() -> None:
    assert set(FORMULAS) == set(FIGURES)
    assert set(SOURCES) == {figure.source for figure in FIGURES.values()}
    assert set(NOTES) == {name for name, figure in FIGURES.items() if figure.note}
    assert FIGURE_PAGE.path == "/figures/{name}"
