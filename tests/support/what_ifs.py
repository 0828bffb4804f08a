"""Asking what would have been."""

from typing import Any

import psycopg

from projections.what_if.report import WhatIf, what_if
from projections.what_if.scenarios import Alternative
from projections.what_if.what_if import Question
from tests.support.told import END, TENANT, Told


def ask(desk: Told, *alternatives: Alternative, **limits: Any) -> WhatIf:
    with psycopg.connect(desk.dsn) as connection:
        question = Question(alternatives=alternatives, up_to=desk.head(), now=END, **limits)
        return what_if(connection, TENANT, question)
