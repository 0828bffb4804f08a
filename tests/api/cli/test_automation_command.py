"""Automation on the command line: shipped rules are adopted, tried, listed, explained, stopped."""

from tests.support.command_line import Run


def test_shipped_rules_are_adopted_once_and_listed_in_both_languages(run: Run) -> None:
    shipped = run("definition", "shipped", "automation", "--json").json
    assert {row["name"] for row in shipped} >= {"vip-first", "reopened", "received"}
    assert all(row["title_vi"] and row["title_en"] for row in shipped)
    assert "1 of 1 published" in run("definition", "adopt", "automation", "reopened", "--actor", "lan").err
    assert "0 of 1 published" in run("definition", "adopt", "automation", "reopened").err
    assert "is shipped" in run("definition", "adopt", "automation", "unheard-of").err
    assert "are shipped" in run("definition", "adopt", "settings", "all").err
    assert [(row["rule"], row["state"]) for row in run("automation", "list", "--json").json] == [("reopened", "on")]
    assert "Báo người phụ trách khi mở lại" in run("automation", "list", "--language", "vi").out


def test_a_rule_is_tried_by_its_name_or_its_file_and_what_is_stopped_is_listed(run: Run) -> None:
    run("definition", "adopt", "automation", "reopened")
    for rule in ("reopened", "vip-first"):
        found = run("automation", "whatif", rule, "--days", "10", "--json").json
        assert (found["rule"], found["fired"], found["complete"]) == (rule, 0, True)
    assert "There is no rule" in run("automation", "whatif", "unheard-of").err
    assert "lẽ ra đã chạy 0 lần" in run("automation", "whatif", "reopened", "--language", "vi").err
    assert "is stopped" in run("automation", "stop", "rule", "reopened", "--reason", "too many").err
    assert "stopped already" in run("automation", "stop", "rule", "reopened", "--reason", "too many").err
    assert run("automation", "stopped", "--json").json == [{"what": "rule", "name": "reopened"}]
    assert run("automation", "list", "--json").json[0]["state"] == "stopped"
    assert "goes on" in run("automation", "start", "rule", "reopened", "--reason", "mended").err
    assert run("automation", "suspended", "--json").json == []
    assert "There is no ticket" in run("automation", "explain", "4711").err
