"""Identifiers are unique, in every process, and sort by time."""

import subprocess
import sys
from uuid import RFC_4122

from domain.ids import new_id


def test_an_identifier_is_a_version_7_uuid() -> None:
    made = [new_id() for _ in range(200)]
    assert {(each.version, each.variant) for each in made} == {(7, RFC_4122)}
    assert len(set(made)) == 200


def test_identifiers_made_later_sort_later() -> None:
    first = new_id()
    milliseconds = first.int >> 80
    while (later := new_id()).int >> 80 == milliseconds:
        pass
    assert first < later


def test_every_random_bit_is_used() -> None:
    made = [new_id().int for _ in range(500)]
    seen_set, seen_clear = 0, 0
    for identifier in made:
        seen_set |= identifier
        seen_clear |= ~identifier
    random_bits = ((1 << 80) - 1) & ~(0xF << 76) & ~(0x3 << 62)
    assert seen_set & seen_clear & random_bits == random_bits


FORK = """
import os
from domain.ids import new_id
child = os.fork()
if child:
    os.waitpid(child, 0)
print(new_id().int & (1 << 62) - 1)
"""


def test_a_forked_process_makes_others() -> None:
    done = subprocess.run([sys.executable, "-c", FORK], capture_output=True, text=True, check=True)
    parent, child = done.stdout.split()
    assert parent != child
