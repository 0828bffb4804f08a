"""Rows wait on the disk and come back by ticket."""

from contextlib import closing

from hypothesis import given
from hypothesis import strategies as st

from api.importing.rows import Row
from api.importing.staging_table import StagingTable


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3)), max_size=40))
def test_the_shelf_gives_each_ticket_its_rows_in_their_places_and_else_as_they_came(
    rows: list[tuple[str, int]],
) -> None:
    with closing(StagingTable()) as staging:
        for line, (ticket, rank) in enumerate(rows):
            staging.put(ticket, rank, Row(line, f"{ticket},{line}\n", [ticket]))
        staged = {ticket: [row.line for row in of_ticket] for ticket, of_ticket in staging.tickets()}
    assert list(staged) == list(dict.fromkeys(ticket for ticket, _ in rows))
    assert staged == {
        ticket: [line for _, line in sorted((rank, line) for line, (of, rank) in enumerate(rows) if of == ticket)]
        for ticket in {ticket for ticket, _ in rows}
    }


@given(st.text(), st.lists(st.text()), st.none() | st.text(min_size=1))
def test_a_row_comes_back_as_it_was_put(text: str, cells: list[str], flaw: str | None) -> None:
    row = Row(7, text + ("" if flaw is None else "\udcff\ud800"), cells, flaw)
    with closing(StagingTable()) as staging:
        staging.put("T1", 1.5, row)
        assert list(staging.tickets()) == [("T1", [row])]
