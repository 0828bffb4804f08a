"""What cannot be used is said in a sentence with its fix."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

import pytest
from pydantic import AfterValidator, TypeAdapter, ValidationError

from api.cli.field_problems import NO_REASON, unusable
from api.cli.recording import checked
from api.cli.usage_error import UsageError
from domain.erasure.commands import RequestErasure
from domain.messages import Text
from domain.task.commands import AssignTask
from tests.support.command_line import Run


@pytest.fixture
def database_url(shared_database_url: str) -> str:
    """One for all tests of this module, which record nothing."""
    return shared_database_url


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["import", "nowhere.csv", "--mapping", "map.toml"], "Không có tệp nowhere.csv"),
        (["health", "bands"], "No such command 'bands': choose list, outcomes."),
        (["nosuch"], "run --help` lists them."),
        (["polici"], "Did you mean 'policy'"),
        (["keys", "revoke", "abc"], "Không có khóa 'abc': `keys list` cho xem các khóa."),
        (["keys", "revoke", "abc", "--language", "en"], "There is no key 'abc': `keys list` shows them."),
        (["segment", "show", "Nobody"], "Không có nhóm khách hàng 'Nobody' đang hiệu lực"),
        (["segment", "show", "Nobody", "--language", "en"], "There is no segment 'Nobody' in effect: `segment list`"),
        (["serve", "--port", "99999"], "give a number less than or equal to 65535"),
        (["import", "/", "--mapping", "map.toml"], "/ là thư mục: hãy ghi tên một tệp"),
        (["import", "/", "--mapping", "map.toml", "--language", "en"], "/ is a folder: name a file"),
        (["definition", "show", "received"], "Không có loại 'received'"),
        (["definition", "show", "nonsense", "--language", "en"], "the kind stands before the name, settings, "),
        (["export", "everythin"], "run export [OPTIONS]"),
        (["import", "history.csv", "--mapping", "nowhere"], "Không có tệp ánh xạ nowhere"),
        (
            ["import", "history.csv", "--mapping", "servicenow"],
            "Khóa `ticket` của tệp ánh xạ nêu cột 'number' mà tệp không",
        ),
        (
            ["import", "history.csv", "--mapping", "map.toml", "--rejects", "no/such/file"],
            "hãy chọn tệp khác bằng --rejects",
        ),
        (["report", "backlog", "--tenant", "Acme"], "tenant 'Acme': use 1 to 40 lower-case letters"),
        (["due", "--tenant", "Acme"], "tenant 'Acme': use 1 to 40 lower-case letters"),
        (["sla", "due", "--tenant", "Acme"], "tenant 'Acme': use 1 to 40 lower-case letters"),
        (["customer", "show", "x", "--tenant", "Acme"], "tenant 'Acme': use 1 to 40 lower-case letters"),
        (["report", "backlog", "--tenant", "acme"], "make it with `migrate --tenant acme`"),
        (["report", "backlog", "--zone", "Saigon"], "--zone 'Saigon' không phải là múi giờ IANA"),
        (["report", "sla", "--by", "state"], "`report sla` không có --by state: hãy chọn team"),
        (["report", "sla", "--from", "2026-03-02", "--to", "2026-03-01"], "hãy đổi chỗ hai ngày"),
        (["report", "nonsense"], "Không có báo cáo 'nonsense'"),
        (["report", "csat", "--from", "1000-01-01"], "1000-01-01 nằm ngoài khoảng ngày của báo cáo"),
        (["report", "issue", "weekly", "--period", "never"], "'never' không phải là kỳ"),
        (["history", "--kind", "nonsense"], "Không có sự kiện loại 'nonsense'"),
        (["history", "--kind", "nonsense", "--language", "en"], "No event is of the kind 'nonsense'"),
        (["history"], "Hãy ghi một phiếu (TICKET), --customer hoặc --actor"),
        (["history", "T404"], "Không có phiếu 'T404'"),
        (["history", "T404", "--language", "en"], "There is no ticket 'T404'"),
        (["history", "01890a5d-ac96-774b-bcce-b302099a8058"], "Chưa ghi nhận gì về phiếu '01890a5d"),
        (
            ["history", "--customer", "01890a5d-ac96-774b-bcce-b302099a8058"],
            "Chưa ghi nhận gì về khách hàng 01890a5d",
        ),
        (["keys", "create", "--actor", "linh", "--scope", "everything"], "--scope everything: hãy chọn trong"),
        (["migrate", "--writer", "nobody_at_all"], "There is no role 'nobody_at_all'"),
        (["task", "open", ""], "Không ghi nhận được: việc cần làm: phải có ít nhất 1 ký tự."),
        (["task", "open", "", "--language", "en"], "title: the text is too short: its least length is 1."),
        (["customer", "undo-merge", "a", "b", "--reason", ""], "--reason cho biết vì sao: phải có ít nhất 1 ký tự."),
        (["customer", "timeline", "a", "--kind", "letters"], "--kind letters: hãy chọn trong identity, "),
        (["customer", "timeline", "a", "--kind", "letters", "--language", "en"], "choose from identity, "),
        (["serve"], "make one with `keys create`"),
        (["serve", "--host", "0.0.0.0", "--keyless"], "can be reached from other computers"),  # noqa: S104 -- it is refused
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence_with_its_fix(run: Run, words: list[str], says: str) -> None:
    answer = run(*words)
    assert answer.code == 2
    assert says in answer.err
    assert "Traceback" not in answer.err


def test_a_folder_that_does_not_exist_is_named(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DATABASE_URL")
    answer = run("doctor", "--data", str(tmp_path / "none"))
    assert (answer.code, f"There is no folder {tmp_path / 'none'}: choose another" in answer.err) == (2, True)
    assert not (tmp_path / "none").exists()


def test_a_rule_refuses_in_the_language_of_the_tenant_beside_its_own_words_or_in_the_one_that_is_named(
    run: Run,
) -> None:
    customers = [f"01890a5d-ac96-774b-bcce-b302099a805{end}" for end in "78"]
    answer = run("customer", "undo-merge", *customers, "--reason", "x")
    assert answer.code == 2
    assert answer.err == "ticketledger: Cả hai khách hàng phải được đăng ký trước.\n"
    in_english = run("customer", "undo-merge", *customers, "--reason", "x", "--language", "en")
    assert (in_english.code, in_english.err) == (2, "ticketledger: Both customers must be registered.\n")


def test_a_rule_of_several_fields_is_said_in_vietnamese_too() -> None:
    with pytest.raises(UsageError) as refused:
        checked(AssignTask)
    assert str(refused.value) == "That cannot be recorded: give a team, an agent or both."
    assert refused.value.vietnamese == "Không ghi nhận được: hãy điền nhóm, nhân viên hoặc cả hai."


def test_a_field_has_the_name_of_the_form() -> None:
    with pytest.raises(UsageError) as refused:
        checked(RequestErasure, customer_id=str(UUID(int=1)), legal_basis="", through="")
    assert str(refused.value.vietnamese) == (
        "Không ghi nhận được: căn cứ pháp lý: phải có ít nhất 1 ký tự; yêu cầu qua: phải có ít nhất 1 ký tự."
    )


def test_what_has_no_vietnamese_sentence_is_said_in_english_alone() -> None:
    def never(_text: str) -> str:
        raise ValueError("no sentence of ours")

    with pytest.raises(ValidationError) as invalid:
        TypeAdapter(tuple[Text, Annotated[str, AfterValidator(never)]]).validate_python(("", "x"))
    refused = unusable(NO_REASON, invalid.value)
    assert str(refused).endswith("its least length is 1; no sentence of ours.")
    assert refused.vietnamese is None


def test_a_database_that_does_not_answer_is_said_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "host=/nowhere user=u password=geheim")
    answer = run("report", "backlog")
    assert answer.code == 2
    assert "cannot be reached" in answer.err
    assert "geheim" not in answer.err


@pytest.mark.parametrize(
    "words",
    [
        ["{}"], ["task", "{}"], ["task", "list", "{}"], ["task", "list", "--{}"],
        ["report", "csat", "--{}"], ["task", "open", "call", "--due", "{}"],
    ],
)  # fmt: skip
def test_an_error_repeats_no_word_that_acts_on_the_terminal(run: Run, words: list[str]) -> None:
    unsafe = "a\x1b[2J\u202eb"
    answer = run(*(word.format(unsafe) for word in words))
    assert answer.code == 2
    assert "\\x1b[2J\\u202eb" in answer.err
    assert not {"\x1b", "\u202e"} & set(answer.err)
