"""What a worker's command fails with while the same command may succeed later."""

import psycopg

from domain.command_handling.decide import StaleVersion
from domain.command_handling.service_desk import Overloaded
from domain.event_log.soundness import LogDamaged
from domain.event_log.store import LogUnavailable

NO_ANSWER = (Overloaded, LogUnavailable, LogDamaged)
"""The log takes no commands at present."""
JUDGED_AGAIN = (StaleVersion, *NO_ANSWER)
"""The next look judges what was judged anew: the stream has moved on, or the log takes no commands."""
AGAIN = (*NO_ANSWER, psycopg.Error)
"""The log and the database give no answer. Then a page comes again; any other fault is one of its events."""
