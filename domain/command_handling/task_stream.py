"""The stream of a task."""

from domain.command_handling.handler import Aggregate
from domain.task.state import Task, evolve

TASK = Aggregate("task", Task(), evolve)
