"""The pages of tickets, work and automation show what the API answers."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest

from api.automation.words import reacts_to_text
from api.terminal_text import escaped
from tests.support.page_tests.addresses import WITH_PARAMETERS
from tests.support.page_tests.page_text import panel_texts
from tests.support.page_tests.shown_desk import ShownDesk

TICKETS = WITH_PARAMETERS["/tickets/{ticket_id}"]
_NEXT = re.compile(r'rel="next" href="([^"]+)"')
_IN_THE_LIST = re.compile(r'<td data-label="Subject"><span><a href="/tickets/([0-9a-f-]{36})"')


def page(desk: ShownDesk, path: str) -> str:
    answer = desk.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200, answer.text
    return answer.text


def answered(desk: ShownDesk, path: str, **parameters: Any) -> Any:
    answer = desk.get(f"/v1{path}", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def every_page(desk: ShownDesk, path: str) -> list[str]:
    pages = []
    while path:
        pages.append(page(desk, path))
        following = _NEXT.search(pages[-1])
        path = "" if following is None else unescape(following[1])
    return pages


def in_one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(
    "wanted", [{"open": "true"}, {"open": "false"}, {"state": "waiting"}, {"priority": "P1", "open": "true"}]
)
def test_the_list_has_the_tickets_of_the_api(shown_desk: ShownDesk, wanted: dict[str, str]) -> None:
    listed = [
        ticket
        for html in every_page(shown_desk, f"/tickets?{urlencode(wanted)}")
        for ticket in _IN_THE_LIST.findall(html)
    ]
    answer = answered(shown_desk, "/tickets", **wanted, limit=500)
    tickets = [each["ticket"] for each in answer["tickets"]]
    while answer["next"]:
        answer = answered(shown_desk, "/tickets", **wanted, limit=500, cursor=answer["next"])
        tickets += [each["ticket"] for each in answer["tickets"]]
    assert tickets
    assert sorted(listed) == sorted(tickets)


@pytest.mark.parametrize("address", TICKETS)
def test_the_page_of_a_ticket_has_its_state_its_clocks_and_what_was_said(shown_desk: ShownDesk, address: str) -> None:
    ticket = answered(shown_desk, address)
    conversation = answered(shown_desk, f"{address}/conversation", limit=500)
    clocks = shown_desk.get(f"/v1{address}/sla")
    html = page(shown_desk, address)
    panels = panel_texts(html)
    for name in ("priority", "category", "team", "agent"):
        assert in_one_line(escaped(ticket[name] or "")) in panels["glance"]
    assert ticket["state"].replace("_", " ") in panels["glance"]
    assert html.count('class="clock"') == (len(clocks.json()) if clocks.status_code == 200 else 0)
    assert html.count('<li class="said-') == len(conversation["utterances"])


def test_a_work_list_has_the_items_of_the_api_in_its_order(shown_desk: ShownDesk) -> None:
    teams = {each["team"] for each in answered(shown_desk, "/tickets", open=True, limit=500)["tickets"]} - {None}
    assert teams
    for team in sorted(teams):
        items = answered(shown_desk, "/work", team=team, limit=500)["items"]
        shown = " ".join(
            panel_texts(html)["list"] for html in every_page(shown_desk, f"/work?{urlencode({'team': team})}")
        )
        offset = 0
        for item in items:
            title = in_one_line(escaped(item["title"]))
            offset = shown.index(title, offset) + len(title)


def test_the_page_of_automation_has_the_rules_and_the_counts_of_the_api(shown_desk: ShownDesk) -> None:
    rules = answered(shown_desk, "/automation/rules")
    html = page(shown_desk, "/automation?panel=rules")
    rows = re.findall(r"<tr>\s*<th scope=\"row\".*?</tr>", html, re.DOTALL)
    assert rules
    assert len(rows) == len(rules)
    for rule, row in zip(rules, rows, strict=True):
        assert f">{rule['rule']}</a>" in row
        assert reacts_to_text(rule["reacts_to"], "en") in row
        assert rule["reacts_to"] not in row
        counts = [int(count) for count in re.findall(r'<td class="number"[^>]*>(\d+)</td>', row)]
        assert counts == [rule[name] for name in ("fired", "shadowed", "passed_over", "suspended")]
