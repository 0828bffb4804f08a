"""What both Django peers share: the settings, a ticket's row, and the four commands that change it."""

import os
from functools import partial
from importlib.util import find_spec
from uuid import uuid4

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections, models, transaction

from benchmarks.callers import in_threads
from benchmarks.peers.programs.line_protocol import answer

APP = "programs"  # this folder
HISTORIES = ("pgtrigger", "pghistory", "simple_history")
DATABASE = {"ENGINE": "django.db.backends.postgresql", "NAME": os.environ["PGDATABASE"], "CONN_MAX_AGE": None}

settings.configure(
    DATABASES={"default": DATABASE},
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", *filter(find_spec, HISTORIES), __package__],
    USE_TZ=True,
)
django.setup()


class Desk(models.Model):
    """A ticket as it stands; whoever inherits it adds the history."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    customer = models.CharField(max_length=100)
    channel = models.CharField(max_length=20)
    subject = models.CharField(max_length=200)
    category = models.CharField(max_length=20)
    priority = models.CharField(max_length=2)
    state = models.CharField(max_length=20, default="received")
    team = models.CharField(max_length=50, blank=True)
    resolution = models.TextField(blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.subject

    def assign(self, team: str) -> None:
        self._must_be("received")
        self.team, self.state = team, "assigned"

    def start(self) -> None:
        self._must_be("assigned")
        self.state = "in_progress"

    def resolve(self, resolution: str) -> None:
        self._must_be("in_progress")
        self.resolution, self.state = resolution, "resolved"

    def _must_be(self, state: str) -> None:
        if self.state != state:
            raise ValueError(self.state)


def create_tables(*tables: type[models.Model]) -> None:
    """Django's own and the history's by their migrations, then those that an application's migration would make."""
    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        for table in tables:
            editor.create_model(table)


def answer_with(tickets: type[Desk]) -> None:
    """Answers what the bench asks; each thread keeps its connection, as a thread of a web server does."""
    answer(partial(in_threads, one_ticket=partial(_one_ticket, tickets), leave=connections.close_all))


def _one_ticket(tickets: type[Desk]) -> None:
    ticket = tickets.objects.create(
        customer="c", channel="zalo", subject="The invoice is wrong", category="billing", priority="P1"
    )
    for command, *facts in (("assign", "first line"), ("start",), ("resolve", "Sent a new invoice")):
        with transaction.atomic():
            loaded = tickets.objects.select_for_update().get(pk=ticket.pk)
            getattr(loaded, command)(*facts)
            loaded.save()
