"""Definition files on the command line: checked, published, listed, shown and compared."""

from pathlib import Path

import pytest

from api.cli.definitions.definition_files import SHIPPED
from tests.support.command_line import Answer, Run

SETTINGS = """kind = "settings"

[body]
year_begins = 1

[[examples]]
name = "Late on Sunday"
at = "2026-03-01T17:30:00Z"
local_day = "2026-03-02"
"""


@pytest.fixture
def run(run: Run, tmp_path: Path) -> Run:
    """The command line in a folder that holds a definition file."""
    (tmp_path / "mine.toml").write_text(SETTINGS, encoding="utf-8")
    return run


def publish(run: Run, *more: str, since: str = "2026-01-01") -> Answer:
    return run("definition", "publish", "mine.toml", "--effective-from", since, "--reason", "a new office", *more)


@pytest.mark.parametrize("name", sorted(path.stem for path in SHIPPED.glob("*.toml")))
def test_the_examples_of_every_shipped_definition_hold(run: Run, name: str) -> None:
    answer = run("definition", "check", name)
    assert (answer.code, "FAIL" in answer.out) == (0, False)
    assert run("definition", "check", name, "--json").json["examples"]


def test_an_example_that_does_not_hold_is_told_with_its_line_and_is_not_published(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(SETTINGS.replace("03-02", "03-01"))
    answer = run("definition", "check", "mine.toml")
    assert answer.code == 1
    assert answer.out == ("FAIL  mine.toml:6: Late on Sunday\n      the local day is 2026-03-02, not 2026-03-01\n")
    refused = publish(run)
    assert (refused.code, "examples of mine.toml do not hold" in refused.err) == (2, True)


def test_a_region_without_telephone_numbers_is_a_doubt_and_can_be_published(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(SETTINGS.replace("year_begins = 1", 'phone_region = "UK"'))
    answer = run("definition", "check", "mine.toml")
    assert (answer.code, "warn  mine.toml:4: body, phone_region: no telephone number of UK is known" in answer.out) == (
        0,
        True,
    )
    warned = run("definition", "check", "mine.toml", "--json").json["warnings"]
    assert [(doubt["line"], "write VN or GB" in doubt["reason"]) for doubt in warned] == [(4, True)]
    assert publish(run).code == 0
    (tmp_path / "mine.toml").write_text(SETTINGS.replace("year_begins = 1", 'phone_region = "GB"'))
    assert run("definition", "check", "mine.toml", "--json").json["warnings"] == []


def test_what_ships_is_in_effect_without_a_beginning(run: Run) -> None:
    for words in (("definition", "list"), ("definition", "show", "contact-rules"), ("policy", "list")):
        assert "1970" not in run(*words).out
    assert "có sẵn" in run("definition", "show", "contact-rules").out
    assert "built in" in run("definition", "show", "contact-rules", "--language", "en").out


def test_a_definition_is_published_listed_shown_and_compared(run: Run, tmp_path: Path) -> None:
    assert "settings tenant: version 1, effective from 2026-01-01" in publish(run, "--actor", "lan").err
    assert "unchanged" in publish(run).err
    (tmp_path / "mine.toml").write_text(SETTINGS.replace("year_begins = 1", "year_begins = 4"))
    assert "version 2" in publish(run, since="2099-01-01").err
    assert {row["kind"]: row["version"] for row in run("definition", "list", "--json").json}["settings"] == 1
    listed = run("definition", "list", "--kind", "settings").out
    assert "a new office" in listed
    assert "Phiên bản 2 của settings tenant có hiệu lực từ 00:00:00 01/01/2099." in listed
    assert "takes effect" not in run("definition", "list", "--at", "2099-02-01", "--language", "en").out
    shown = run("definition", "show", "settings", "--json").json
    assert [version["version"] for version in shown["versions"]] == [0, 1, 2]
    assert shown["in_effect"]["version"] == 1
    assert run("definition", "show", "settings", "--at", "2099-02-01", "--json").json["in_effect"]["version"] == 2
    assert "Asia/Ho_Chi_Minh" in run("definition", "show", "settings").out
    assert '{ purposes = [], channels = ["email"]' in " ".join(run("definition", "show", "contact-rules").out.split())
    difference = run("definition", "diff", "settings", "tenant", "1", "2", "--json").json
    assert difference == [{"path": "year_begins", "old": 1, "new": 4}]
    assert "year_begins" in run("definition", "diff", "settings", "tenant", "1", "2").out


def test_what_is_not_there_is_told_in_a_sentence(run: Run) -> None:
    publish(run)
    assert run("definition", "show", "moods").code == 2
    beyond = ("definition", "diff", "settings", "tenant", "1", "7")
    assert run(*beyond).err.endswith("Không có phiên bản 7: hãy chọn hai trong các phiên bản 0, 1.\n")
    alone = run("definition", "diff", "health", "tenant", "0", "1").err
    assert "mới có phiên bản 0, chưa có gì để so sánh" in alone
    assert "identity, nps-wave, retention, review, routing, settings" in run("definition", "check", "nothing").err
    refused = run("definition", "publish", "mine.toml", "--effective-from", "1900-01-01", "--reason", "x")
    assert (refused.code, "outside the years" in refused.err) == (2, True)


def test_a_day_without_a_zone_begins_in_the_tenants(run: Run) -> None:
    """The tenant is in Vietnam until its settings say otherwise."""
    assert "effective from 2026-01-01 00:00:00+07:00" in publish(run).err
    assert "effective from 2026-01-01 00:00:00+00:00" in publish(run, "--zone", "UTC").err
    assert "effective from 2026-01-01 00:00:00+03:00" in publish(run, since="2026-01-01T00:00:00+03:00").err


def test_a_day_of_settings_is_one_of_the_zone_that_they_name_before_and_after_they_are_in_effect(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "mine.toml").write_text('kind = "settings"\n[body]\nzone = "Europe/Berlin"\n')
    assert "version 1, effective from 2026-01-01 00:00:00+01:00" in publish(run).err
    assert "version 1, unchanged, effective from 2026-01-01 00:00:00+01:00" in publish(run).err


def test_a_command_that_makes_a_tenant_says_so(run: Run) -> None:
    assert "Đã tạo đơn vị berlin." in publish(run, "--tenant", "berlin").err
    assert "Đã tạo" not in publish(run, "--tenant", "berlin").err


def test_a_command_says_in_its_own_language_that_it_makes_a_tenant(run: Run) -> None:
    adopted = run("definition", "adopt", "automation", "csat", "--tenant", "berlin", "--language", "en")
    assert "The tenant berlin is made." in adopted.err
