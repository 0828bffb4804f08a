"""The name by which a person starts this program."""

import sys
from pathlib import Path

INSTALLED = "ticketledger"
CHECKOUT = "./run"


def program_name() -> str:
    """The first word of a command line: the installed command, or the script of the checkout."""
    return INSTALLED if Path(sys.argv[0]).name == INSTALLED else CHECKOUT
