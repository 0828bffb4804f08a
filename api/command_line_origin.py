"""The origin of what the command line records."""

from domain.command_context import Origin

COMMAND_LINE = Origin(channel="command line")
