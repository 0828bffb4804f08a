"""Every form of the screen comes back with what was typed, and with what it needs to be sent again."""

import re
from html import unescape
from typing import Any

import pytest

from domain.definitions.shipped import shipped_files
from tests.support.page_tests.signed_in import BrowserRequests, signed_in
from tests.support.serving import Served, make_key, serving

RULE = shipped_files("automation")["vip-first"]
FORMS: dict[str, tuple[dict[str, Any], str]] = {
    "/rules/automation/vip-first/publish": (
        {"text": RULE, "reason": "typed once", "expected_version": "0"},
        'value="typed once"',
    ),
    "/rules/adopt": (
        {"adopt": ["automation/vip-first", "procedure/complaint"], "reason": "typed once"},
        'value="procedure/complaint"',
    ),
    "/reports/issue": ({"pack": "daily", "period": "2026-03-02", "reason": "typed once"}, '<option value="daily"'),
    "/keys/create": (
        {"actor": "typed once", "kind": "agent", "scope": ["audit"], "days": "30", "back_dating": "7"},
        'value="audit" checked',
    ),
    "/keys/create-wall": ({"actor": "typed once", "days": "31"}, 'value="31"'),
}
"""The fields of a form by its address, and what the answer shows of them besides ``typed once``."""
BY_ADDRESS = pytest.mark.parametrize("address", FORMS)


@BY_ADDRESS
def test_a_form_of_an_ended_session_comes_back_whole(desk: Served, address: str) -> None:
    fields, shown = FORMS[address]
    answer = BrowserRequests(desk, "default_" + "0" * 64).submit(address, {"Accept-Language": "en"}, **fields)
    assert answer.status_code == 401
    assert "You are signed out" in answer.text
    assert "typed once" in answer.text
    assert shown in answer.text


@BY_ADDRESS
def test_a_form_of_a_key_that_may_not_comes_back_whole(desk: Served, address: str) -> None:
    fields, shown = FORMS[address]
    reader = signed_in(desk, make_key(desk.dsn, "read"))
    answer = reader.submit(address, {"Accept-Language": "en"}, **fields)
    assert answer.status_code == 403
    assert "Your key does not allow this." in answer.text
    assert shown in answer.text


@BY_ADDRESS
def test_a_keyless_form_without_a_cookie_comes_back_with_the_cookie_of_its_token(
    database_url: str, address: str
) -> None:
    fields, _ = FORMS[address]
    with serving(database_url, keyless="default") as desk:
        answer = BrowserRequests(desk).submit(address, **fields)
        assert answer.status_code == 403
        cookie = answer.cookies["ticketledger_session"]
        token = re.search(r'name="token" value="([0-9a-f]{64})"', answer.text)
        assert token
        again = BrowserRequests(desk, cookie).submit(address, **fields, token=token[1])
        assert again.status_code in {200, 303}, unescape(again.text)


def test_a_report_that_is_refused_still_offers_every_pack(desk: Served) -> None:
    browser = signed_in(desk)
    answer = browser.submit("/reports/issue", pack="daily", period="2026-W10", reason="as asked")
    assert answer.status_code == 422
    assert '<option value="daily" selected>' in answer.text
    assert answer.text.count("<option") > 1


def test_a_report_with_the_id_of_another_command_can_be_sent_again(desk: Served) -> None:
    browser = signed_in(desk)
    sent: dict[str, Any] = {"pack": "daily", "period": "2026-03-02", "command_id": "once"}
    assert browser.submit("/reports/issue", **sent).status_code == 303
    other = sent | {"period": "2026-03-03"}
    answer = browser.submit("/reports/issue", **other)
    assert answer.status_code == 422
    command_id = re.search(r'name="command_id" value="([^"]+)"', answer.text)
    assert command_id
    assert browser.submit("/reports/issue", **other | {"command_id": command_id[1]}).status_code == 303
