"""The net promoter score: who is a promoter, and how far the score of a sample may lie from that of all (Bain)."""

from math import sqrt
from typing import Literal

PROMOTER_FROM = 9
DETRACTOR_BELOW = 7
SMALL_BELOW = 30
"""A score of fewer answers is marked as small."""

NpsGroup = Literal["promoter", "passive", "detractor"]


def nps_group(value: float) -> NpsGroup:
    """The group of an answer, or of the mean of several; 0 to 10. Means are not rounded: 8.9 is passive."""
    if value >= PROMOTER_FROM:
        return "promoter"
    return "passive" if value >= DETRACTOR_BELOW else "detractor"


def margin(promoters: int, detractors: int, answers: int) -> float | None:
    """The half width of the 95 % interval in points: 1.96 standard errors of a difference of two shares.

    None without answers.
    """
    if not answers:
        return None
    p, d = promoters / answers, detractors / answers
    return 100 * 1.96 * sqrt((p + d - (p - d) ** 2) / answers)
