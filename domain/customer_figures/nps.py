"""The net promoter score (Bain): who is a promoter, and how many answers are few."""

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
