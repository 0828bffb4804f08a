"""A refusal in Vietnamese says all that the English sentence says."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

import domain
from api.refusal_words import SAYS_ALL, refusal_in, rule_in
from domain.command_context import Actor
from domain.command_handling.decide import StreamState, _as_kind
from domain.command_handling.handler import Aggregate
from domain.erasure.retention import KeptRecord, RetentionRules, retained
from domain.erasure.second_person import problem_of_second_person
from domain.refusal import Refusal
from domain.sla.policy.bounds import CALENDAR_VERSIONS
from projections.audit.rules_in_words import RULES_IN_VIETNAMESE


def sources() -> Iterator[ast.Module]:
    """The files of the domain that name a refusal: the others hold no call of it."""
    for source in Path(domain.__path__[0]).rglob("*.py"):
        text = source.read_text(encoding="utf-8")
        if "efusal(" in text:
            yield ast.parse(text)


def refusals_in(node: ast.AST) -> Iterator[ast.Call]:
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in {"Refusal", "refusal"}:
            yield call


def raised() -> Iterator[tuple[str, bool]]:
    """The code of each refusal of the domain, and whether its rule is a sentence without values."""
    for source in sources():
        for call in refusals_in(source):
            code, rule = call.args[:2] if isinstance(call.args[0], ast.Constant) else call.args[1:3]
            if isinstance(code, ast.Constant):
                yield str(code.value), isinstance(rule, ast.Constant)


def test_a_code_says_all_where_each_of_its_rules_is_a_sentence_without_values() -> None:
    rules = defaultdict[str, set[bool]](set)
    for code, fixed in raised():
        rules[code].add(fixed)
    assert {code for code, fixed in rules.items() if fixed == {True}} & RULES_IN_VIETNAMESE.keys() == SAYS_ALL


def test_an_english_sentence_stands_behind_the_vietnamese_one_only_where_it_names_values() -> None:
    fixed = Refusal("customer_not_merged", "only a merged customer can be taken apart again", "registered")
    assert refusal_in(fixed, "vi") == "Chỉ tách được khách hàng đã gộp."
    assert refusal_in(fixed, "en") == "Only a merged customer can be taken apart again (state: registered)."
    named = Refusal("grace_over", "a rule of a plug-in: 2026-03-02", "running")
    assert refusal_in(named, "vi").endswith("(a rule of a plug-in: 2026-03-02 (state: running))")


@pytest.mark.parametrize(
    "actor", [Actor(id="linh", kind="agent"), Actor(id="Лин", kind="agent"), Actor(id="due", kind="system")]
)
@pytest.mark.parametrize(
    "done", [{}, {"before": "reported the loss", "now": "confirm the loss"}], ids=["an erasure", "a loss of keys"]
)
def test_who_may_not_be_the_second_person_reads_why_in_vietnamese_alone(actor: Actor, done: dict[str, str]) -> None:
    problem = problem_of_second_person(actor, ["linh"], **done)
    assert problem is not None
    said = refusal_in(Refusal("second_person_needed", problem, "verified"), "vi")
    assert actor.id in said
    assert "(" not in said


def test_a_hold_says_its_values_in_a_vietnamese_sentence() -> None:
    held = Refusal("legal_hold", "the legal hold Case 7 keeps the data until 2099-12-31: the court", "approved")
    assert refusal_in(held, "vi") == "Lệnh lưu giữ Case 7 không cho phép xóa đến hết ngày 31/12/2099: the court."
    assert "2099-12-31" in refusal_in(held, "en")


@pytest.mark.parametrize(("kind", "said"), [("customer", "khách hàng"), ("ticket", "phiếu")])
def test_what_was_erased_is_named_in_vietnamese_alone(kind: str, said: str) -> None:
    stream = UUID(int=7)
    current = StreamState(kind, None, 3, erased=True)
    with pytest.raises(Refusal) as refused:
        _as_kind(Aggregate(kind, None, lambda state, *_: state), stream, current)
    words = refusal_in(refused.value, "vi")
    assert words == f"Dữ liệu cá nhân của {said} {stream} đã bị xóa; không ghi thêm được nữa."


def test_retention_names_each_record_with_its_day_and_its_law_in_vietnamese_alone() -> None:
    rules = RetentionRules.model_validate(
        {
            "rules": [
                {"records": "contract", "years": 10, "law": "Luật Kế toán, điều 41; Nghị định 174, điều 13"},
                {"records": "purchase", "years": 5, "law": "our rules: 7"},
            ]
        }
    )
    records = [KeptRecord("contract", date(2026, 3, 2)), KeptRecord("purchase", date(2025, 4, 1))]
    kept = Refusal("retention", "; ".join(retained(rules, records, date(2026, 5, 6))), "verified")
    said = (
        "Hợp đồng phải được lưu giữ đến 02/03/2036: Luật Kế toán, điều 41; Nghị định 174, điều 13."
        " Đơn mua phải được lưu giữ đến 01/04/2030: our rules: 7."
    )
    assert refusal_in(kept, "vi") == rule_in("retention", kept.rule, "vi") == said
    assert rule_in("retention", kept.rule, "en").startswith("Contract records are kept until 2036-03-02: ")


VALUES = {
    "offer.state": "accepted", "contract.state": "lapsed", "done": "cancelled", "ticket.cancelled_as": "spam",
    "bound.what": CALENDAR_VERSIONS.what, "way_out": "publish it under another name",
    "ends": "no event", "until": " until 2026-03-02",
}  # fmt: skip
"""Values of rules that have words of their own; any other value is a kind of stream."""


def rules_with_values() -> Iterator[tuple[str, str]]:
    """The code and the sentence of each refusal that names values or is chosen among several."""
    for source in sources():
        for function in ast.walk(source):
            if isinstance(function, ast.FunctionDef):
                for call in refusals_in(function):
                    code, rule = call.args[:2] if ast.unparse(call.func) == "Refusal" else call.args[1:3]
                    if isinstance(code, ast.Constant | ast.JoinedStr):
                        yield from ((ast.unparse(code), sentence) for sentence in sentences(rule, function))


def sentences(rule: ast.expr, function: ast.FunctionDef) -> Iterator[str]:
    match rule:
        case ast.JoinedStr(values=values):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else VALUES.get(ast.unparse(part.value), "ticket")
                for part in values
                if isinstance(part, ast.Constant | ast.FormattedValue)
            )
        case ast.Name(id=name):
            for node in ast.walk(function):
                if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
                    yield from (
                        text for text in (sentences(node.value, function)) if not isinstance(node.value, ast.Name)
                    )
        case ast.Constant(value=text) if isinstance(text, str):
            yield text
        case ast.IfExp(body=body, orelse=orelse):
            yield from (*sentences(body, function), *sentences(orelse, function))
        case _:
            pass  # the sentence of a function of its own


RULES = sorted({(code.strip("'"), rule) for code, rule in rules_with_values()})


def test_the_rules_of_the_domain_are_read() -> None:
    assert len(RULES) > len(SAYS_ALL)
    assert ("switch_unknown", "the switch of the tenant has the name ticket: leave the name out") in RULES


@pytest.mark.parametrize(("code", "rule"), [(code, rule) for code, rule in RULES if code in RULES_IN_VIETNAMESE])
def test_what_a_rule_names_is_said_in_vietnamese_alone(code: str, rule: str) -> None:
    said = refusal_in(Refusal(code, rule, "running"), "vi")
    assert rule not in said
    assert "state: running" not in said
    assert rule_in(code, rule, "vi") == said


def test_a_merged_ticket_names_the_one_that_goes_on() -> None:
    refused = Refusal("ticket_not_open", f"only an open ticket can be answered; it was merged into {UUID(int=7)}", "m")
    assert refusal_in(refused, "vi") == f"Chỉ làm được với phiếu đang mở. Phiếu đã gộp vào {UUID(int=7)}."
