"""The data keys that a process holds for writing: those in use, and fresh ones ahead of use."""

from collections import deque
from threading import Lock

from domain.personal_data.data_keys import DataKey

FIRST_STOCK = 16
"""Fresh keys of a tenant that a process makes first; twice as many each time they are used up."""
MOST_MESSAGES = 1 << 20
"""Ciphertexts of one key and process; a random nonce of 96 bits is safe for 2^32."""


class KeyInUse:
    """A key with how often this process may still encrypt with it."""

    __slots__ = ("key", "left")

    def __init__(self, key: DataKey) -> None:
        self.key = key
        self.left = MOST_MESSAGES


class FreshKeys:
    """The fresh keys of a tenant; ``size`` is how many were made last, ``lock`` is held by who makes more."""

    def __init__(self) -> None:
        self.keys: deque[DataKey] = deque()
        self.size = FIRST_STOCK // 2
        self.lock = Lock()
