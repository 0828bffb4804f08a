"""A policy file in office hours, and the results of its example for variants of the file."""

from domain.sla.policy_file.policy_file import check, read_policy_file

OFFICE = """\
[policy]
name = "Office hours"

[[policy.rules]]
priority = ["P1"]
resolution = { duration = "1h", warn_at = [0.5] }

[[policy.rules]]
[policy.rules.resolution]
duration = "8h"
calendar = "Office"

[[calendars]]
name = "Office"
zone = "Asia/Ho_Chi_Minh"

[calendars.week]
mon-fri = [
    "08:00-12:00",
    "13:00-17:00",
]
sat = ["08:00-12:00"]

[[examples]]
name = "Over the weekend"
zone = "Asia/Ho_Chi_Minh"
story = [
    "2026-03-06 16:00 received",    # a Friday
    "2026-03-09 09:00 resolved",
]
resolution = { due = "2026-03-09 11:00", verdict = "met", elapsed = "6h" }
"""


def differences(old: str, new: str) -> list[str]:
    text = OFFICE.replace(old, new, 1)
    (outcome,) = check(read_policy_file(text), text)
    return outcome.differences
