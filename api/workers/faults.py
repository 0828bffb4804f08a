"""Faults of subjects that workers meet again and again, each logged once."""

import logging
from collections.abc import Hashable

_KEPT = 10_000


class Faults:
    """Remembers which faults are logged, the newest 10,000 of them."""

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger
        self._logged: dict[tuple[Hashable, str], None] = {}

    def log_once(self, subject: Hashable, message: str) -> None:
        """Logs a message about a subject that is not logged yet."""
        if (subject, message) in self._logged:
            return
        self._logged[subject, message] = None
        self._logger.warning(message)
        if len(self._logged) > _KEPT:
            del self._logged[next(iter(self._logged))]
