"""What is measured, beside its peers, as ratios of one run."""

from domain.event_types import register_event_types

register_event_types()  # also in the processes that a benchmark starts
