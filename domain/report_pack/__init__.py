"""Report packs: which figures a report of a day, a week, a month, a quarter or a year has."""
