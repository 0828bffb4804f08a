"""Tickets in Django, their history kept by the triggers of django-pghistory."""

from benchmarks.peers.programs.django_desk import APP, Desk, answer_with, create_tables

# isort: split
# Django is set up by now, as models must find it.
import pghistory
import pgtrigger


class Ticket(Desk):
    class Meta:
        app_label = APP


class TicketEvent(pghistory.create_event_model(Ticket)):
    class Meta:
        app_label = APP


if __name__ == "__main__":
    create_tables(Ticket, TicketEvent)
    pgtrigger.install()
    answer_with(Ticket)
