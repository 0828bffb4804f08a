"""Callers that do not wait for their turn."""

import pytest

from api.http.fair_slots import FairSlots


def let_nobody_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes patience from everybody who wants a slot, however long the caller would wait."""
    acquire = FairSlots.acquire
    monkeypatch.setattr(FairSlots, "acquire", lambda slots, holder, _patience: acquire(slots, holder, 0))
