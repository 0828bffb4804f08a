"""Sentences of the history name reports, details and positions as people do."""

from typing import Any

import pytest

from domain.definitions.definition_file import read_definition_file
from domain.definitions.shipped import shipped_files
from domain.procedure.definition import ProcedureDefinition
from domain.readable import Language
from domain.report_pack.built_in import BUILT_IN_PACKS
from domain.template.shipped_templates import ShippedTemplates
from domain.zones import zone_named
from projections.audit.sentences import sentence
from projections.audit.vocabularies import VOCABULARIES
from tests.support.audit_entries import entries
from tests.support.events import at, history, received

ISSUED = {
    "name": "weekly", "definition_version": 0, "first": "2026-11-23", "last": "2026-11-29", "zone": "Asia/Ho_Chi_Minh",
    "position": 44_023, "judged_at": "2026-11-30T08:15:00Z", "complete": True, "sha256": "ab",
}  # fmt: skip


def in_words(topic: str, facts: dict[str, Any], language: Language) -> str:
    (entry,) = entries(history(at(0, received())))
    entry.topic, entry.facts = topic, facts
    return sentence(entry, language, zone=zone_named("Asia/Ho_Chi_Minh"))


@pytest.mark.parametrize(
    ("changed", "english", "vietnamese"),
    [
        ({}, "the weekly report for", "báo cáo tuần từ"),
        (
            {"name": "board", "definition_version": 2},
            "the board report (version 2 of its definition) for",
            "báo cáo board (cấu hình phiên bản 2) từ",
        ),
    ],
)
def test_a_report_has_its_kind_in_words_and_the_version_of_a_definition_that_is_published(
    changed: dict[str, Any], english: str, vietnamese: str
) -> None:
    facts = ISSUED | changed
    assert in_words("report.issued", facts, "en").startswith(f"an issued {english} 2026-11-23 to")
    assert in_words("report.issued", facts, "vi").startswith(f"an phát hành {vietnamese} 23/11/2026 đến")


def test_a_position_is_written_with_its_separator() -> None:
    assert "at position 44,023," in in_words("report.issued", ISSUED, "en")
    assert "tại vị trí 44.023," in in_words("report.issued", ISSUED, "vi")
    certified = {"position": 4_711, "streams": {"ticket": 2}}
    assert "đến vị trí 4.711:" in in_words("erasure.certified", certified, "vi")


def test_details_of_a_case_have_names_in_words_and_those_of_others_stay() -> None:
    details = {"root_cause": "firmware", "serial": "A7"}
    assert "nguyên nhân gốc: firmware; serial: A7" in in_words(
        "procedure.step_done", {"step": "s", "result": None, "details": details}, "vi"
    )
    changed = {"details": {"owner": "hoa"}}
    assert "owner: hoa" in in_words("customer.details_changed", changed, "vi")


@pytest.mark.parametrize(
    ("actor", "kind", "vietnamese"),
    [
        ("procedures", "system", "Bộ chạy quy trình"),
        ("rule:sla-over", "system", "Quy tắc sla-over"),
        ("gateway", "system", "Hệ thống gateway"),
        ("sender", "agent", "sender"),
    ],
)
def test_a_program_that_acts_is_named_in_words_and_a_person_by_name(actor: str, kind: Any, vietnamese: str) -> None:
    (entry,) = entries(history(at(0, received())))
    entry.actor, entry.actor_kind, entry.topic, entry.facts = actor, kind, "ticket.note_added", {"body": "b"}
    assert sentence(entry, "vi") == f"{vietnamese} thêm ghi chú: b"


def test_what_is_shipped_has_names_in_words() -> None:
    bodies = [read_definition_file(file).body for file in shipped_files("procedure").values()]
    definitions = [body for body in bodies if isinstance(body, ProcedureDefinition)]
    details = {name for body in definitions for step in body.steps for name in step.asks}
    details |= {name for body in definitions for start in body.starts_on for name in start.details}
    assert details
    assert details <= {*VOCABULARIES["detail of a case"]}
    assert {*ShippedTemplates()} == {*VOCABULARIES["template"]}
    assert {*BUILT_IN_PACKS} == {*VOCABULARIES["report name"]}
