"""Loaded last by a process that forks others: from then on it works on what all others leave, and so do its forks.

Elsewhere it changes nothing.
"""

import sys
from multiprocessing import forkserver

from api.http.lowest_priority import give_way_to_all

if getattr(sys.modules["__main__"], "main", None) is forkserver.main:  # as its command imports it
    give_way_to_all()
