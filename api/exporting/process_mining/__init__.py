"""The log for programs of process mining: OCEL 2.0 as JSON and SQLite, and XES."""
