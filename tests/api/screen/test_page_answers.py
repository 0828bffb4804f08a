"""Pages and panels from the cache: of the newest position, the same for everybody, and without anybody's token."""

from typing import Any

import pytest
from markupsafe import Markup

from api.http import panel_cache
from api.http.panel_cache import PanelCache
from api.screen import page_answer, rendering
from api.screen.pages.desk import PAGE
from api.screen.words.problem import PROBLEM
from tests.support.page_tests.signed_in import signed_in
from tests.support.serving import BEFORE, Served, make_key

PANELS = "/desk?" + "&".join(f"panel={panel.name}" for panel in PAGE.panels)


def test_a_page_that_waits_for_a_position_is_never_older(desk: Served) -> None:
    desk.follow()
    for position in range(BEFORE, BEFORE + 4):
        for path in (PANELS, "/desk"):
            mark = "&" if "?" in path else "?"
            answer = desk.get(f"{path}{mark}after={position}")
            assert (answer.status_code, int(answer.headers["ledger-position"])) == (200, position)
            assert f'data-position="{position}"' in answer.text
            assert f'data-position="{position - 1}"' not in answer.text
        desk.receive()
        desk.follow()


def test_panels_that_have_not_changed_are_not_sent_again(desk: Served) -> None:
    first = desk.get(PANELS)
    again = desk.get(PANELS, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code in {200, 304}, "200 when fifteen seconds have begun anew"
    assert (again.status_code == 304) is (again.headers["etag"] == first.headers["etag"])
    desk.receive()
    desk.follow()
    newer = desk.get(f"{PANELS}&after={BEFORE + 1}", headers={"If-None-Match": first.headers["etag"]})
    assert newer.status_code == 200


def test_panels_of_the_cache_are_made_with_nobodys_rights_and_token(
    desk: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panel_cache, "FRESH_SECONDS", 3_600.0)
    admin, reader = signed_in(desk), signed_in(desk, make_key(desk.dsn, "read"))
    mine = admin.get(PANELS).text
    assert all(f'data-panel="{panel.name}"' in mine for panel in PAGE.panels)
    assert 'name="token"' not in mine
    monkeypatch.setattr(desk.container.pool, "connection", no_connection)
    assert reader.get(PANELS).text.replace("\n", "") == mine.replace("\n", "")


def no_connection() -> None:
    raise AssertionError("a panel that is kept is read again")


def test_a_page_of_the_past_does_not_come_from_the_cache(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PanelCache, "get", None)
    past = desk.get("/desk?as_of=2026-03-05")
    assert all(f'data-panel="{panel.name}"' in past.text for panel in PAGE.panels)


@pytest.mark.parametrize("path", ["/desk", "/desk?as_of=2026-03-05", PANELS])
def test_a_defect_of_one_panel_leaves_the_others(
    desk: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    desk.receive(occurred_at="2026-03-02T08:00:00Z")
    desk.follow()
    broken, *others = (panel.name for panel in PAGE.panels)

    def render(template: str, *given: Any) -> Markup:
        if template == f"desk/{broken}.html":
            raise KeyError("a word of a customer")
        return rendering.render(template, *given)

    monkeypatch.setattr(page_answer, "render", render)
    answer = desk.get(path, headers={"Accept-Language": "vi"})
    assert (answer.status_code, answer.text.count(PROBLEM["panel"][1])) == (200, 1)
    assert all(f'id="{name}-title"' in answer.text for name in (broken, *others))
    logged = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert logged == [f"the panel {broken} of the page desk cannot be made"]


def test_a_panel_that_the_page_does_not_have_is_not_found(desk: Served) -> None:
    assert desk.get("/desk?panel=nothing").status_code == 404


def test_whoever_loads_a_page_that_is_kept_needs_no_connection(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that fifty people who open it at once are not refused for want of one."""
    monkeypatch.setattr(panel_cache, "FRESH_SECONDS", 3_600.0)
    desk.follow()
    desk.receive()
    desk.follow()
    first = desk.get(f"/desk?after={BEFORE + 1}").text

    monkeypatch.setattr(desk.container.pool, "connection", no_connection)
    assert desk.get("/desk").text == first
