"""How much of the process's time making panels anew takes, and when a reading of a page begins."""

SHARE_OF_TIME = 0.4
"""The share of the process's time that making panels anew may take."""
SHARE_BESIDE_WORK = 0.05
"""The same while the process is busy with other work, such as commands."""
BUSY = 0.3
"""The process is busy when other work takes a larger share of its time: about a thousand commands a second."""
LONGEST_REST = 2.0
"""Seconds after which a reading rests no longer."""
ROUND_SECONDS = 0.65
"""Between the beginnings of two readings of a page: a little more than an open page leaves between two requests."""
