"""Reasons, comments of drafts and forms of files are said in Vietnamese, each with its values."""

import ast
import csv
import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import api.importing
from api.cli.import_refusals import REFUSALS, refusal_in_vietnamese
from api.cli.import_sentences import DOUBTS, FORMS, REASONS, doubt_in, form_in, reason_in
from api.importing.columns import missing_column
from api.importing.guess import draft
from tests.support.command_line import Run
from tests.support.importing.exports import at
from tests.support.importing.histories import row, write
from tests.support.mapping_texts import MAPPING

OF_RULES = {"{}{}: {}", "{}"}
"""Reasons that hold what a rule or another sentence of the table says."""

FRAMES = {"x cannot be imported. x", "x It was read as x."}
"""Refusals that hold another refusal."""


def templates(of: ast.expr) -> Iterator[str]:
    """The texts of an expression, with ``{}`` for each value."""
    if isinstance(of, ast.Constant) and isinstance(of.value, str):
        yield of.value
    elif isinstance(of, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in of.values)
    elif isinstance(of, ast.IfExp):
        yield from (*templates(of.body), *templates(of.orelse))
    elif isinstance(of, ast.BoolOp):
        for value in of.values:
            yield from templates(value)


def calls(name: str) -> Iterator[ast.Call]:
    folder = Path(inspect.getfile(api.importing)).parent
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and name in {
                getattr(node.func, "id", None),
                getattr(node.func, "attr", None),
            }:
                yield node


def test_each_reason_that_a_row_is_rejected_for_has_vietnamese_words() -> None:
    raised = {text for call in calls("RowRejected") for text in templates(call.args[0])} - OF_RULES
    known = {text.replace(" is not written as {}", " {}") for text in REASONS}
    assert len(raised) > 10
    assert raised - known == set()


def test_each_refusal_of_a_file_or_a_mapping_has_vietnamese_words() -> None:
    of_both = (call.args[0] for name in ("UnreadableFile", "MappingError") for call in calls(name))
    refusals = {text.replace("{}", "x") for of in of_both for text in templates(of)} - FRAMES
    assert len(refusals) > 25
    assert [text for text in refusals if refusal_in_vietnamese(text) is None] == []


def test_a_refusal_says_the_file_and_how_it_was_read_in_vietnamese() -> None:
    assert refusal_in_vietnamese("a.zip cannot be imported. It has no header line that names its columns.") == (
        "Không nhập được a.zip. Tệp không có dòng tiêu đề nêu tên các cột."
    )
    missing = missing_column("ticket", "Số", ["Mã", "Ngày"]) + " It was read as JSON array."
    assert refusal_in_vietnamese(missing) == (
        "Khóa `ticket` của tệp ánh xạ nêu cột 'Số' mà tệp không có; các cột có: Mã, Ngày. `import FILE --guess` viết"
        " tệp ánh xạ nháp theo các tên của tệp này. Đã đọc theo dạng mảng JSON."
    )


def test_an_import_is_refused_in_the_language_of_the_tenant(run: Run, tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "page.csv").write_text("<html>", encoding="utf-8")
    (tmp_path / "tickets.csv").write_text("id\n", encoding="utf-8")
    for words, refused in (
        (("page.csv", "--mapping", "map.toml"), "trang HTML hoặc XML"),
        (("tickets.csv", "--mapping", "map.toml"), "mà tệp không có; các cột có: id."),
        (("tickets.csv", "--mapping", "nothing.toml"), "Không có tệp ánh xạ nothing.toml"),
        (("missing.csv", "--mapping", "map.toml"), "Không có tệp missing.csv"),
        ((".", "--mapping", "map.toml"), "là thư mục"),
        (("tickets.csv",), "Hãy nêu ý nghĩa các cột bằng --mapping"),
    ):
        answer = run("import", *words)
        assert answer.code == 2
        assert refused in answer.err
    assert "names the column" in run("import", "tickets.csv", "--mapping", "map.toml", "--language", "en").err


def test_each_doubt_of_a_draft_has_vietnamese_words() -> None:
    doubts = {text for name in ("key", "doubtful") for call in calls(name) for text in templates(call.args[-1])}
    sentences = {text for text in doubts if text.count(" ") > 2 and "=" not in text}
    assert len(sentences) > 5
    assert sentences - DOUBTS.keys() == set()


@pytest.mark.parametrize("table", [REASONS, DOUBTS, FORMS, REFUSALS])
def test_each_sentence_holds_as_many_values_in_vietnamese(table: Mapping[str, str]) -> None:
    assert [text for text, translated in table.items() if translated.count("{}") != text.count("{}")] == []


def test_a_reason_keeps_its_values_and_one_of_a_rule_stays_as_it_is() -> None:
    reason = "the time '32/13' in Created is not written as %d/%m/%Y or iso"
    assert reason_in(reason, "vi") == "thời gian '32/13' trong cột Created không viết theo dạng %d/%m/%Y hoặc iso"
    assert reason_in(reason, "en") == reason
    assert reason_in("the address is that of customer x", "vi") == "the address is that of customer x"


def test_the_form_of_a_packed_file_is_said_whole() -> None:
    assert form_in("CSV separated by commas, in utf-8", "vi") == "CSV phân cách bằng dấu phẩy, bảng mã utf-8"
    packed = form_in("Excel sheet 'A', the file a.xlsx of a zip archive", "vi")
    assert packed == "trang Excel 'A', tệp a.xlsx trong tệp nén zip"


def test_a_draft_has_its_comments_in_vietnamese_and_the_same_keys() -> None:
    header = ["Ticket", "Created", "Status", "Solved at", "Ghi gì"]
    rows = [["1", at("02 08:00"), "Hmm", "soon", "x"], ["1", at("03 08:00"), "Open", "", "y"]]
    english = draft(header, rows, "desk", "UTC", "cp1258", 2)
    vietnamese = draft(header, rows, "desk", "UTC", "cp1258", 2, lambda text: doubt_in(text, "vi"))
    assert [line.partition("#")[0] for line in vietnamese.splitlines()] == [
        line.partition("#")[0] for line in english.splitlines()
    ]
    comments = [line.partition("#")[2].removeprefix(" ") for line in english.splitlines() if "#" in line]
    assert len(comments) > 4
    assert [text for text in comments if text in vietnamese] == []


def test_a_reject_file_says_its_reasons_in_the_language_of_the_tenant(run: Run, tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(MAPPING, encoding="utf-8")
    write(tmp_path / "history.csv", [row("New"), row("Active", time="soon")])
    words = ("import", "history.csv", "--mapping", "map.toml")
    rejects = tmp_path / "history.csv.rejects.csv"
    assert "bị giữ lại cùng dòng 3" in run(*words, "--check").out
    assert "không viết theo dạng iso" in run(*words, "--explain").out
    assert run(*words, "--check", "--json").json["not_taken"][0]["reason"].startswith("the time 'soon'")
    assert "đọc tệp" in run(*words).err.casefold()
    with rejects.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["line"] for line in lines] == ["2", "3"]
    assert lines[1]["reason"] == "thời gian 'soon' trong cột time không viết theo dạng iso"
    run(*words, "--language", "en")
    assert "the time 'soon' in time is not written as iso" in rejects.read_text(encoding="utf-8")


def test_a_draft_is_announced_in_the_language_of_the_tenant(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "quote.csv"
    file.write_text('id,created,status\n1,2026-03-02,new\n2,2026-03-02,"open\n', encoding="utf-8")
    answer = run("import", str(file), "--guess")
    assert "# Bản nháp." in answer.out
    assert "Bản nháp lập từ 1 dòng;" in answer.err
    assert "Bản nháp bỏ qua dòng 3; dòng này không phải CSV" in answer.err
    assert "made from 1 row;" in run("import", str(file), "--guess", "--language", "en").err


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        (
            "a.csv cannot be imported. Its line 1, which names its columns, is longer than 8,388,608 characters.",
            "Không nhập được a.csv. Dòng 1, dòng nêu tên các cột, có lỗi: dài hơn 8.388.608 ký tự.",
        ),
        (
            "It cannot be read as JSON after its record 1,200: mend it there, or export it again.",
            "Không đọc được theo JSON sau bản ghi 1.200: hãy sửa ở đó, hoặc xuất lại.",
        ),
        (
            "It has 100,000 columns, at most 10,000 are read.",
            "Tệp có 100.000 cột, chỉ đọc được nhiều nhất 10.000.",
        ),
    ],
)
def test_what_stands_in_a_refusal_is_vietnamese_too(english: str, vietnamese: str) -> None:
    assert refusal_in_vietnamese(english) == vietnamese
