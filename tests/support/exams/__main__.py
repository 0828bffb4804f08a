"""Runs an exam on a PostgreSQL of its own: ./run exam NAME [ARGUMENTS]. The exit code is 0 when it is passed."""

import sys
from collections.abc import Callable, Mapping, Sequence

from domain.event_types import register_event_types
from tests.support import erasing_exam
from tests.support.generated_requests import exam as requests
from tests.support.tampering import exam as tamper

Exam = Callable[[Sequence[str]], int]
"""Takes the arguments, prints what it finds, and returns the exit code."""
EXAMS: Mapping[str, Exam] = {"tamper": tamper.main, "erase": erasing_exam.main, "requests": requests.main}


def main(words: Sequence[str]) -> int:
    """Runs the exam that the first word names."""
    if not words or words[0] not in EXAMS:
        sys.stderr.write(f"Name an exam: {', '.join(EXAMS)}.\n")
        return 2
    register_event_types()
    return EXAMS[words[0]](words[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
