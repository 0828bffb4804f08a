"""Asking what would have been."""

from typing import Any

import psycopg

from projections.alternatives import Alternative
from projections.whatif import Question
from projections.whatif_report import WhatIf, what_if
from tests.support.told import END, TENANT, Told


def ask(desk: Told, *alternatives: Alternative, **limits: Any) -> WhatIf:
    with psycopg.connect(desk.dsn) as connection:
        question = Question(alternatives=alternatives, up_to=desk.head(), now=END, **limits)
        return what_if(connection, TENANT, question)
