"""The details of a problem are in the language of the page, or of the command."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.http.documentation import COMMITTED
from api.http.problems import unknown_id
from api.screen.words.problem_details import detail_in

ROOT = Path(__file__).parents[2]
READ_BY_PAGES = ("api/screen", "api/http/customer_readings", "api/http/read_session.py", "api/http/session_cookie.py")
ASKED_BY_MANAGERS = ("projections/audit", "projections/figures", "projections/issued_reports", "projections/scope")
TOO_LARGE = "characters, more than"
"""Of a pack's author: English."""
SAID_OTHERWISE = {"cannot_be_tried", "key_not_usable", "keys_elsewhere"}
"""Codes whose rule has Vietnamese words."""


def details() -> Iterator[str]:
    """The details that the modules of pages write; a value of theirs is 7."""
    for path in (*READ_BY_PAGES, *ASKED_BY_MANAGERS):
        files = [ROOT / path] if path.endswith(".py") else sorted((ROOT / path).rglob("*.py"))
        for file in files:
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    yield from map(text_of, details_in(node))


def details_in(call: ast.Call) -> Iterator[ast.expr]:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if name == "Problem" and len(call.args) > 1:
        codes = {keyword.value.value for keyword in call.keywords if isinstance(keyword.value, ast.Constant)}
        if not codes & SAID_OTHERWISE:
            yield call.args[1]
    elif name.endswith("Refused") or name in {"TooManyGroups", "UnknownKind"}:
        yield from call.args
    elif name == "unknown_id":
        names = [str(arg.value) for arg in call.args if isinstance(arg, ast.Constant)]
        yield ast.Constant(unknown_id(*names).detail)
    elif name == "id_of":
        yield from (keyword.value for keyword in call.keywords if keyword.arg == "unknown")


def text_of(detail: ast.expr) -> str:
    match detail:
        case ast.Constant():
            return str(detail.value)
        case ast.JoinedStr():
            return "".join(map(part_of, detail.values))
        case _:
            return ""  # the sentence of an error from elsewhere


def part_of(part: ast.expr) -> str:
    if isinstance(part, ast.FormattedValue):
        return "'7'" if part.conversion == ord("r") else "7"
    return str(part.value) if isinstance(part, ast.Constant) else ""


DETAILS = sorted({detail for detail in details() if detail and TOO_LARGE not in detail})


@pytest.mark.parametrize("detail", DETAILS)
def test_every_detail_that_pages_write_has_vietnamese_words(detail: str) -> None:
    assert detail_in(detail, "vi") not in {None, detail}
    assert detail_in(detail, "en") == detail


def test_the_details_of_pages_are_found() -> None:
    assert len(DETAILS) > 20
    assert "this is no id of a ticket" in DETAILS
    assert "the figure 7 has no part '7': choose one of 7" in DETAILS


def test_the_values_of_details_and_the_names_of_fields_stay() -> None:
    assert detail_in("no event has position 4,711: the log ends at 1,096", "vi") == (
        "không có sự kiện nào ở vị trí 4.711: nhật ký kết thúc ở 1.096"
    )
    only = "this address knows no such parameter, only at"
    assert detail_in(f"x: {only}; y: {only}", "vi") == (
        "x: địa chỉ này không có tham số đó, chỉ có at; y: địa chỉ này không có tham số đó, chỉ có at"
    )


def test_details_without_vietnamese_words_are_not_half_translated() -> None:
    assert detail_in("no such address; something else", "vi") is None


def members(node: ast.AST) -> Iterator[str]:
    """The members that a call of Problem or Refusal, or the property `facts` of an error, adds to a problem."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"Problem", "Refusal"}:
        yield from (keyword.arg for keyword in node.keywords if keyword.arg and keyword.arg != "headers")
    if isinstance(node, ast.FunctionDef) and node.name == "facts":
        dictionaries = [each for each in ast.walk(node) if isinstance(each, ast.Dict)]
        yield from (str(key.value) for each in dictionaries for key in each.keys if isinstance(key, ast.Constant))


def test_the_document_describes_each_member_of_a_problem() -> None:
    """A generated client has no field for another one."""
    files = [*(ROOT / "api" / "http").rglob("*.py"), *(ROOT / "domain").rglob("*.py")]
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    added = {member for tree in trees for node in ast.walk(tree) for member in members(node)}
    schemas = json.loads(COMMITTED.read_text())["components"]["schemas"]
    assert added == schemas["Problem"]["properties"].keys() - {"type", "title", "status", "detail"}
