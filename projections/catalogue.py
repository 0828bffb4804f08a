"""Every projection there is."""

from projections.projection import Projection

PROJECTIONS: tuple[Projection, ...] = ()
