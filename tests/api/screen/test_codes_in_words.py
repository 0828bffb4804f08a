"""Pages say in words what the log holds as codes: notifications, actors, rules, details, the policy and links."""

from datetime import UTC, datetime
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import Response
from pydantic_core import to_json

from api.automation.overview import SuspendedRule
from api.screen.pages import procedures
from api.screen.pages.rules import automation
from api.screen.pages.rules.titles import actor_in_words
from domain.command_context import ActorKind
from domain.definitions.definition_file import read_definition_file
from domain.definitions.shipped import shipped_files
from domain.readable import Language
from domain.text_folding import fold_name
from tests.support.page_tests.desk_history import NOTIFICATION, PROCEDURE
from tests.support.page_tests.shown_desk import ShownDesk
from tests.support.page_tests.signed_in import BrowserRequests, signed_in
from tests.support.serving import Served

SPOKEN: dict[str, dict[str, str]] = {language: {"Accept-Language": language} for language in ("en", "vi")}


def shown(answer: Response) -> str:
    return " ".join(unescape(answer.text).split())


def test_a_notification_is_titled_in_words(shown_desk: ShownDesk) -> None:
    for language, title in {"en": "Request received", "vi": "Đã tiếp nhận yêu cầu"}.items():
        page = shown(shown_desk.get(f"/notifications/{NOTIFICATION}", headers=SPOKEN[language]))
        assert f"{title}</h1>" in page
        assert f">{title}</a>" in shown(shown_desk.get("/notifications", headers=SPOKEN[language]))


def test_the_page_of_a_procedure_names_its_details_and_who_acts_in_words(
    shown_desk: ShownDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    details = shown_desk.get(f"/v1/procedures/{PROCEDURE}").json()["procedure"]["details"]
    assert {*details} == {"remedy", "severity"}
    monkeypatch.setattr(procedures, "actor_in_words", lambda actor, *_: actor and f"[{actor}]")
    for language, (remedy, severity, by) in {
        "en": ("remedy", "severity", "by"),
        "vi": ("cách khắc phục", "mức độ", "bởi"),
    }.items():
        page = shown(shown_desk.get(f"/procedures/{PROCEDURE}", headers=SPOKEN[language]))
        assert f"<dt>{remedy}</dt><dd>{details['remedy']}</dd>" in page.replace("</dt> <dd>", "</dt><dd>")
        assert f"<dt>{severity}</dt>" in page
        assert page.count(f"{by} [an]") == page.count(f"{by} [") > 1
        assert f"{by} an" not in page


@pytest.mark.parametrize(
    ("actor", "kind", "language", "words"),
    [
        ("rule:sla-over", "system", "vi", "quy tắc Quá hạn (sla-over)"),
        ("rule:own", "system", "vi", "quy tắc own"),
        ("rule:own", "system", "en", "rule own"),
        ("rule:sla-over", "agent", "vi", "rule:sla-over"),
        ("sla-over", "agent", "vi", "sla-over"),
        ("sender", "system", "vi", "bộ gửi"),
        ("sender", "agent", "vi", "sender"),
        (None, None, "vi", None),
    ],
)
def test_an_actor_that_is_a_program_has_its_words_and_a_rule_its_title(
    actor: str | None, kind: ActorKind | None, language: Language, words: str | None
) -> None:
    assert actor_in_words(actor, kind, {fold_name("sla-over"): "Quá hạn"}, language) == words


@pytest.fixture
def ruled(desk: Served) -> Served:
    """A desk with one rule."""
    written = read_definition_file(shipped_files("automation")["vip-first"])
    body = {
        "kind": "automation", "name": "vip-first", "effective_from": "2026-01-01T00:00:00Z",
        "body": written.body.model_dump(mode="json"), "reason": "as it is shipped",
    }  # fmt: skip
    assert desk.send("PUT", "/v1/definitions/automation/vip-first", to_json(body)).status_code == 200
    return desk


def test_every_table_of_automation_names_a_rule_by_its_link_and_its_title(
    ruled: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = UUID(ruled.receive(external_reference="4711").rpartition("/")[2])
    ruled.follow()
    since = datetime(2026, 3, 2, tzinfo=UTC)
    suspended = SuspendedRule(subject=ticket, rule="vip-first", why="rate", version=1, since=since, position=4)
    monkeypatch.setattr(automation, "suspended_rules", lambda *_: [suspended])
    browser = signed_in(ruled)
    for language, title in {"en": "VIP customers first", "vi": "Ưu tiên khách VIP"}.items():
        browser.language = language
        page = shown(browser.get("/automation?subject=4711"))
        named = f'<a href="/rules/automation/vip-first">vip-first</a> <span class="muted">{title}</span>'
        assert page.count(named) == 3
    stop: dict[str, Any] = {"what": "rule", "name": "vip-first", "reason": "r", "back": "/automation"}
    assert browser.submit("/automation/stop", command_id=str(uuid4()), **stop).status_code == 303
    ruled.follow()
    assert 'vip-first <span class="muted">Ưu tiên khách VIP</span>' in shown(browser.get("/automation"))


def test_the_built_in_policy_is_named_in_the_reader_s_language(desk: Served) -> None:
    browser = signed_in(desk)
    for language, (name, other) in {"en": ("Default", "mặc định"), "vi": ("mặc định", "Default")}.items():
        browser.language = language
        page = shown(browser.get("/rules")).partition('id="definitions"')[0]
        assert f'<span class="muted">{name}</span>' in page
        assert f'<span class="muted">{other}</span>' not in page


def test_a_link_to_the_wall_is_called_a_link(desk: Served) -> None:
    browser: BrowserRequests = signed_in(desk)
    browser.language = "vi"
    made = browser.submit("/keys/create-wall", actor="hall", days="30")
    assert "Liên kết chỉ hiện một lần" in made.text
    assert "Khóa chỉ hiện" not in made.text
