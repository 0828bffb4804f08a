"""The desk: the questions of a manager, a panel each."""

from itertools import chain

from api.screen.page import Page, Panel
from api.screen.pages.desk.automatic import automation, notifications
from api.screen.pages.desk.backlog import backlog, unassigned
from api.screen.pages.desk.open_work import due, late, overloaded, waiting
from api.screen.pages.desk.renewals import renewals
from api.screen.pages.desk.requests import requests
from api.screen.pages.desk.service import satisfaction, within
from api.screen.pages.desk.teams import teams
from projections.figures.registry import FIGURES
from projections.notifications.table import NOTIFICATIONS

_FIGURES = ("flow", "csat", "sla-resolution", "open-tickets", "waiting", "load", "renewal", "renewal-chance")
"""Figures that read, together, every projection of the panels but the notifications."""
PAGE = Page(
    name="desk",
    path="/desk",
    panels=(
        Panel("teams", teams, shared=True, wide=True),
        Panel("requests", requests, shared=True, on_wall=True),
        Panel("satisfaction", satisfaction, shared=True, on_wall=True),
        Panel("within", within, shared=True, on_wall=True),
        Panel("late", late, shared=True, on_wall=True),
        Panel("unassigned", unassigned, shared=True, on_wall=True),
        Panel("waiting", waiting, shared=True, on_wall=True),
        Panel("due", due, shared=True, wide=True),
        Panel("backlog", backlog, shared=True, on_wall=True),
        Panel("overloaded", overloaded, shared=True),
        Panel("renewals", renewals, shared=True),
        Panel("notifications", notifications, shared=True, on_wall=True),
        Panel("automation", automation, shared=True, on_wall=True),
    ),
    projections=tuple(
        {
            each.name: each
            for each in (*chain.from_iterable(FIGURES[name].projections for name in _FIGURES), NOTIFICATIONS)
        }.values()
    ),
    parameters=frozenset({"team"}),
    in_menu=True,
)
