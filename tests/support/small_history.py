"""A history of two tickets, for the mapping of `mapping_texts`."""

from tests.support.importing.histories import row

HISTORY = [
    row("New", 0, "T1", category="login", priority="P2", channel="zalo", customer="An", agent="linh", team="A"),
    row("Active", 5, "T1", category="login", priority="P2", channel="zalo", customer="An", agent="linh", team="A"),
    row("Resolved", 30, "T1", category="login", priority="P2", channel="zalo", customer="An", agent="linh", team="A"),
    row("New", 10, "T2", category="refund", priority="P1", channel="email", customer="Bình", agent="huong", team="B"),
]
