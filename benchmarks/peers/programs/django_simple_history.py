"""Tickets in Django, their history kept by the signals of django-simple-history."""

from benchmarks.peers.programs.django_desk import APP, Desk, answer_with, create_tables

# isort: split
# Django is set up by now, as models must find it.
from simple_history.models import HistoricalRecords


class Ticket(Desk):
    history = HistoricalRecords()

    class Meta:
        app_label = APP


if __name__ == "__main__":
    create_tables(Ticket, Ticket.history.model)
    answer_with(Ticket)
