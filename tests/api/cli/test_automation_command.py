"""Automation on the command line: shipped rules are adopted, tried, listed, explained, stopped."""

from datetime import datetime
from pathlib import Path
from typing import get_args
from uuid import UUID

import pytest

from api.automation.what_if_result import WhyNothing
from api.automation.words import code_text, why_nothing
from api.channels.configuration import VARIABLE
from api.cli.printing import shown
from domain.automation.effects import Notify, OpenTaskEffect, StartProcedureEffect
from domain.automation.ticket_effects import TicketEffect
from domain.notification.commands import RequestNotification
from domain.notification.state import notification_stream
from domain.readable import Language
from domain.zones import zone_named
from tests.support.command_line import Run
from tests.support.sending import DATA
from tests.support.told import told


def test_shipped_rules_are_adopted_once_and_listed_in_both_languages(run: Run) -> None:
    shipped = run("definition", "shipped", "automation", "--json").json
    assert {row["name"] for row in shipped} >= {"vip-first", "reopened", "received"}
    assert all(row["title_vi"] and row["title_en"] for row in shipped)
    in_both = {"vi": "Nâng độ ưu tiên cho phiếu của khách VIP", "en": "Raises the priority of a VIP"}
    for language, description in in_both.items():
        answer = run("definition", "shipped", "automation", "--language", language)
        assert [text in answer.out for text in in_both.values()] == [text == description for text in in_both.values()]
    assert (
        "Đã ban hành: 1 trên 1 quy tắc tự động."
        in run("definition", "adopt", "automation", "reopened", "--actor", "lan").err
    )
    assert "Published: 0 of 1" in run("definition", "adopt", "automation", "reopened", "--language", "en").err
    assert "áp dụng như có sẵn" in run("definition", "show", "automation", "reopened").out, "the tenant's language"
    assert "Không có quy tắc tự động 'unheard-of' có sẵn" in run("definition", "adopt", "automation", "unheard-of").err
    assert "loại 'settings'" in run("definition", "adopt", "settings", "all").err
    assert [(row["rule"], row["state"]) for row in run("automation", "list", "--json").json] == [("reopened", "on")]
    listed = run("automation", "list", "--language", "vi").out
    assert "Báo người phụ trách khi mở lại" in listed
    assert "gửi thông báo" in listed


def test_every_effect_has_a_word_in_vietnamese() -> None:
    effects = (*get_args(TicketEffect), Notify, OpenTaskEffect, StartProcedureEffect)
    names = [name for effect in effects for name in get_args(effect.model_fields["do"].annotation)]
    assert [name for name in names if code_text(name, "vi") == code_text(name, "en")] == []


def test_every_reason_for_nothing_is_a_sentence_in_both_languages() -> None:
    sentences = {why_nothing(why, language) for why in get_args(WhyNothing) for language in get_args(Language)}
    assert len(sentences) == len(get_args(WhyNothing)) * len(get_args(Language))


def test_a_rule_is_tried_by_its_name_or_its_file_and_what_is_stopped_is_listed(run: Run) -> None:
    run("definition", "adopt", "automation", "reopened")
    for rule in ("reopened", "vip-first"):
        trial = run("automation", "whatif", rule, "--days", "10", "--json").json
        assert (trial["rule"], trial["fired"], trial["complete"]) == (rule, 0, True)
    assert "Không có quy tắc" in run("automation", "whatif", "unheard-of").err
    assert "không chạy giả định được" in " ".join(run("automation", "whatif", "silent-customer").err.split())
    in_vietnamese = run("automation", "whatif", "reopened", "--language", "vi").err
    assert "lẽ ra đã chạy 0 lần" in in_vietnamese
    assert "Không có sự kiện nào của quy tắc" in in_vietnamese
    assert run("automation", "whatif", "reopened").out == "", "a table of nothing says nothing"
    assert "No event of the rule was recorded" in run("automation", "whatif", "reopened", "--language", "en").err
    stop = ("automation", "stop", "rule", "reopened", "--reason", "too many")
    assert "Quy tắc reopened đã dừng." in run(*stop).err
    assert "đã dừng từ trước" in run(*stop).err
    assert "Rule reopened is stopped already." in run(*stop, "--language", "en").err
    (stopped,) = run("automation", "stopped", "--json").json
    assert [stopped[name] for name in ("what", "name", "reason")] == ["rule", "reopened", "too many"]
    for language in ("en", "vi"):
        listed = run("automation", "stopped", "--language", language).out
        since = datetime.fromisoformat(stopped["since"]).astimezone(zone_named("Asia/Ho_Chi_Minh")).replace(tzinfo=None)
        assert all(text in listed for text in (stopped["actor"], "too many", shown(since, language))), listed
    assert run("automation", "list", "--json").json[0]["state"] == "stopped"
    assert "chạy tiếp" in run("automation", "start", "rule", "reopened", "--reason", "mended").err
    assert run("automation", "suspended", "--json").json == []
    refused = run("automation", "resume", str(UUID(int=1)), "reopened", "--reason", "mended").err
    assert ("danh sách quy tắc tạm ngưng" in refused, "state" in refused) == (True, False)
    assert "Không có phiếu" in run("automation", "explain", "4711", "--rule", "reopened").err
    unknown = run("automation", "explain", "4711", "--rule", "nosuch")
    assert (unknown.code, "Không có quy tắc 'nosuch'" in unknown.err, "`automation list`" in unknown.err) == (
        2,
        True,
        True,
    )


def test_only_what_there_is_can_be_stopped_and_an_endpoint_can_be_too(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("definition", "adopt", "automation", "reopened")
    for words, known in (
        (("automation", "stop", "rule", "reopend", "--reason", "r"), "reopened"),
        (("automation", "stop", "channel", "emial", "--reason", "r"), "email, sms"),
        (("automation", "stop", "rule", "--reason", "r"), "Hãy ghi tên"),
        (("notification", "list", "--state", "faild"), "waiting, attempting"),
        (("availability", "away", "lann", "--actor", "lan"), "Danh sách nhân sự không có nhân viên 'lann'"),
    ):
        refused = run(*words)
        assert (refused.code, known in " ".join(refused.err.split())) == (2, True), words
    stop = ("automation", "stop", "endpoint", "crm", "--reason", "r")
    assert "và chưa có" in run(*stop).err
    channels = tmp_path / "channels.toml"
    channels.write_text('[webhook.crm]\nurl = "no address"\n[webhook.erp]\nurl = "neither"\n', encoding="utf-8")
    channels.chmod(0o600)
    monkeypatch.setenv(VARIABLE, str(channels))
    misspelt = run("automation", "stop", "endpoint", "cmr", "--reason", "r", "--language", "en")
    assert (misspelt.code, "choose one of crm, erp" in misspelt.err) == (2, True)
    assert "đã dừng" in run(*stop).err
    assert "chạy tiếp" in run("automation", "start", "endpoint", "crm", "--reason", "r").err
    channels.chmod(0o644)
    assert "đã dừng" in run("automation", "stop", "endpoint", "cmr", "--reason", "the file cannot be read").err


def test_an_endpoint_of_a_notification_can_be_stopped(run: Run, database_url: str) -> None:
    with told(database_url) as desk:
        request = RequestNotification(
            to_kind="endpoint", to="crm", channel="webhook", purpose="service", template="resolved",
            template_version=0, data=DATA, dedupe_key="one",
        )  # fmt: skip
        desk.send(notification_stream("one"), request)
        desk.follow()
    assert run("automation", "stop", "endpoint", "cmr", "--reason", "r").code == 2
    assert "đã dừng" in run("automation", "stop", "endpoint", "CRM", "--reason", "r").err


def test_the_switch_of_the_tenant_has_one_name(run: Run) -> None:
    refused = run("automation", "stop", "tenant", "acme", "--reason", "r")
    assert (refused.code == 0, "hãy bỏ trống tên" in " ".join(refused.err.split())) == (False, True)
    assert "Mọi việc tự động đã dừng." in run("automation", "stop", "tenant", "--reason", "r").err
    start = ("automation", "start", "tenant", "--reason", "r", "--language", "en")
    assert "What happens by itself goes on." in run(*start).err
    assert "What happens by itself was not stopped." in run(*start).err
    assert run("automation", "stopped", "--json").json == []
