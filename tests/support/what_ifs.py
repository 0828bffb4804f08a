"""What-ifs in tests."""

from typing import Any

import psycopg

from projections.what_if.report import WhatIf, what_if
from projections.what_if.request import WhatIfRequest
from projections.what_if.scenarios import Scenario
from tests.support.told import END, TENANT, Told


def ask(desk: Told, *scenarios: Scenario, **limits: Any) -> WhatIf:
    with psycopg.connect(desk.dsn) as connection:
        question = WhatIfRequest(scenarios=scenarios, up_to=desk.head(), now=END, **limits)
        return what_if(connection, TENANT, question)
