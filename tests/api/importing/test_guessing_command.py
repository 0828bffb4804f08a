"""The command that drafts a mapping: to the terminal or a new file, ready to be used."""

from pathlib import Path

import pytest

from api.cli import mapping_draft
from tests.support.command_line import Run
from tests.support.importing.sample_files import sample
from tests.support.importing.workbooks import write_xlsx


def test_a_draft_that_was_written_to_a_file_is_a_mapping_for_it(run: Run, tmp_path: Path) -> None:
    draft = tmp_path / "draft.toml"
    answer = run("import", str(sample("freshdesk")), "--guess", "--to", str(draft), "--language", "en")
    assert (answer.code, answer.out) == (0, "")
    assert "lines are marked with '# ?'" in answer.err
    explained = run("import", str(sample("freshdesk")), "--mapping", str(draft), "--explain", "--json")
    assert explained.code == 0
    assert [line["ticket"] for line in explained.json] == ["301", "302", "303"]


def test_a_draft_goes_to_the_standard_output_and_overwrites_nothing(run: Run, tmp_path: Path) -> None:
    answer = run("import", str(sample("glpi")), "--guess", "--language", "en")
    assert 'source = "glpi"' in answer.out
    assert "CSV separated by semicolons" in answer.err
    draft = tmp_path / "mine.toml"
    draft.write_text("mine")
    refused = run("import", str(sample("glpi")), "--guess", "--to", str(draft), "--language", "en")
    assert refused.code != 0
    assert "choose another with --to" in refused.err
    assert draft.read_text() == "mine"


def test_a_draft_needs_no_database(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1:1/none")
    answer = run("import", str(sample("glpi")), "--guess")
    assert (answer.code, 'zone = "Asia/Ho_Chi_Minh"' in answer.out) == (0, True)


def test_an_import_without_a_mapping_names_the_way_to_one(run: Run) -> None:
    answer = run("import", str(sample("glpi")), "--language", "en")
    assert answer.code != 0
    assert "--guess drafts a mapping" in answer.err


def test_a_ticket_is_found_by_its_number_with_and_without_the_blank(run: Run) -> None:
    assert run("import", str(sample("glpi")), "--mapping", "glpi").code == 0
    histories = [run("history", number, "--json") for number in ("2 553", "2553", "2\u00a0553")]
    assert [answer.code for answer in histories] == [0, 0, 0]
    assert histories[0].json == histories[1].json == histories[2].json


def test_a_file_that_is_not_in_utf_8_is_drafted_with_its_encoding(run: Run, tmp_path: Path) -> None:
    german, vietnamese = tmp_path / "german.csv", tmp_path / "vietnamese.csv"
    german.write_bytes("Nummer;Priorität;Erstellt am;Status\n1;Hoch;13.03.2026;Gelöst\n".encode("cp1252"))
    words = "Nummer;Tra\u0323ng tha\u0301i;Created\n1;\u0110a\u0303 \u0111o\u0301ng;13/03/2026\n"
    vietnamese.write_bytes(words.encode("cp1258"))
    for file, encoding, word in ((german, "cp1252", '"Gelöst" = "resolved"'), (vietnamese, "cp1258", '= "closed"')):
        answer = run("import", str(file), "--guess", "--language", "en")
        assert f'encoding = "{encoding}"  # ? the file is not in UTF-8' in answer.out
        assert word in answer.out


def test_a_file_in_no_known_encoding_is_refused_and_leaves_no_draft(run: Run, tmp_path: Path) -> None:
    file, draft = tmp_path / "bad.csv", tmp_path / "map.toml"
    file.write_bytes(b"id;created;status\n1;2026-03-02;\x81\x8d\x90\n")
    answer = run("import", str(file), "--guess", "--to", str(draft), "--language", "en")
    assert (answer.code, draft.exists()) == (2, False)
    assert "is not in UTF-8, cp1252 or cp1258" in answer.err


def test_a_draft_names_the_first_line_that_it_was_made_without(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "quote.csv"
    file.write_text('id,created,status\n1,2026-03-02,"open\n2,2026-03-03,closed\n')
    answer = run("import", str(file), "--guess", "--language", "en")
    assert "without line 2, which is not CSV" in answer.err
    whole = run("import", str(sample("glpi")), "--guess", "--language", "en")
    assert "without line" not in whole.err


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_headings_below_a_title_are_the_names_of_the_columns(run: Run, tmp_path: Path, kind: str) -> None:
    title = ["BÁO CÁO PHIẾU THÁNG 3", "", ""]
    rows = [title, ["", "", ""], ["Mã phiếu", "Ngày tạo", "Trạng thái"], ["P1", "13/03/2026 08:00", "Mới"]]
    file, draft = tmp_path / f"sheet.{kind}", tmp_path / "draft.toml"
    if kind == "csv":
        file.write_text("\n".join(map(";".join, rows)), encoding="utf-8")
    else:
        write_xlsx(file, {"Sheet": rows})
    assert "1 dòng" in run("import", str(file), "--guess", "--to", str(draft)).err
    assert "skip_lines = 2  # ?" in draft.read_text(encoding="utf-8")
    checked = run("import", str(file), "--mapping", str(draft), "--check", "--json")
    assert (checked.code, checked.json["recorded"], checked.json["events_by_kind"]["ticket.received"]) == (0, 1, 1)


def test_values_of_json_that_are_names_of_columns_are_no_headings(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "changes.json"
    file.write_text('[{"a": "x", "b": "y"}, {"a": "Status", "b": "Priority"}]', encoding="utf-8")
    assert "skip_lines" not in run("import", str(file), "--guess").out


def test_a_draft_looks_at_no_more_text_than_it_may(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "long.csv"
    file.write_text("id,note\n" + "".join(f"T{number},{'x' * 95}\n" for number in range(10, 60)))
    assert "made from 50 rows" in run("import", str(file), "--guess", "--language", "en").err
    monkeypatch.setattr(mapping_draft, "MOST_TEXT", 1_000)
    assert "made from 10 rows" in run("import", str(file), "--guess", "--language", "en").err
