"""Addresses of the screen quote names once, and fields send back exactly what stands in them."""

import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

import api.screen
from api.http.paging import cursor_of
from tests.support.page_tests.signed_in import signed_in
from tests.support.serving import Served

TEMPLATES = sorted((Path(api.screen.__file__).parent / "templates").rglob("*.html"))
SENT = re.compile(r'(?<![-\w])value="((?:[^"{]|\{\{.*?\}\}|\{%.*?%\})*)"|<textarea[^>]*>\s*(.*?)</textarea>', re.DOTALL)
"""What a field sends."""
PRINTED = re.compile(r"\{\{\s*(.*?)\s*\}\}", re.DOTALL)
VERSION = 'kind = "segment"\nname = "{}"\n\n[body]\nmembers = {{ field = "tier", value = "{}" }}\n'


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_field_sends_its_value_exactly(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    printed = [each for field in SENT.finditer(text) for each in PRINTED.findall(field[1] or field[2] or "")]
    assert [each for each in printed if not each.endswith("|exact")] == []
    assert "<option>" not in text
    assert "<option{" not in text


@pytest.mark.parametrize("name", ["A/B", "50%41", "A?x=1", "một đoạn", "%2F"])
def test_a_page_about_a_name_links_to_itself_under_its_one_address(shared_desk: Served, name: str) -> None:
    address = f"/rules/segment/{quote(name, safe='')}"
    browser = signed_in(shared_desk)
    browser.language = "en"
    for version, tier in enumerate(("vip", "gold")):
        sent: dict[str, Any] = {"text": VERSION.format(name, tier), "reason": "new", "effective_from": ""}
        answer = browser.submit(f"{address}/publish", **sent, expected_version=str(version), command_id=str(uuid4()))
        assert answer.status_code == 303, answer.text
        assert answer.headers["location"].partition("?")[0] == address
    page = browser.get(f"{address}?as_of=2998-01-01&version=1")
    assert page.status_code == 200
    assert unescape(page.text).count(f"segment: {name}") + unescape(page.text).count(f"Segment: {name}") > 0
    own = set(re.findall(r'(?:href|action|value)="(/rules/segment/[^"?#]*)', page.text))
    assert own == {address}
    assert f'href="{address}?version=1"' in unescape(page.text), "the page at the present instant"


def test_who_has_not_signed_in_comes_back_to_the_page_of_a_name(shared_desk: Served) -> None:
    answer = shared_desk.as_key(None).get("/rules/segment/A%3Fx?version=1", headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert quote("/rules/segment/A%3Fx?version=1", safe=":") in answer.headers["location"]


def test_the_form_of_the_instants_does_not_keep_the_cursor(shared_desk: Served) -> None:
    page = shared_desk.get("/audit?actor=lan").text
    assert '<input type="hidden" name="actor" value="lan">' in page
    behind = shared_desk.get(f"/audit?actor=lan&cursor={cursor_of(1)}").text
    assert '<input type="hidden" name="actor" value="lan">' in behind
    assert 'name="cursor"' not in behind


@pytest.mark.parametrize(("at", "forms"), [("", 1), ("&as_of=2998-01-01", 0), ("&known_at=2998-01-02", 0)])
def test_a_definition_is_begun_at_the_present_alone(shared_desk: Served, at: str, forms: int) -> None:
    page = shared_desk.get(f"/rules?panel=begin{at}").text
    assert (page.count("<form"), page.count("phải ở hiện tại")) == (forms, 1 - forms)
