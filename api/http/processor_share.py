"""Which share of a processor this process takes, beside the readings of pages."""

import time


class ProcessorShare:
    """The processor time that this process uses from ``begin`` on, as a share of the time that passes."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Counts from now on."""
        self._since, self._used = time.monotonic(), time.process_time()

    @property
    def share(self) -> float:
        """The share; 0 while no time has passed."""
        passed = time.monotonic() - self._since
        return (time.process_time() - self._used) / passed if passed > 0 else 0.0
