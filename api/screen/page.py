"""A page of the screen is a row: its address, its panels, and what they read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from api.api_keys import Permission
from api.http.read_session import ReadSession
from api.screen.visit import Visit
from projections.engine.projection import Projection

Content = Mapping[str, object]
"""What a template shows, by name."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of a page, with the template ``<page>/<name>.html`` and the title ``<page>.<name>``.

    ``read`` gives what the template shows. ``shared``: every visitor sees the same, so its HTML is cached. ``wide``: it
    takes the whole width. ``still``: an open page does not ask for it again. ``on_wall``: it holds no personal data and
    stands on the team wall.
    """

    name: str
    read: Callable[[Visit, ReadSession], Content]
    shared: bool = False
    wide: bool = False
    still: bool = False
    on_wall: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A page at ``path``. ``projections`` are those that any of its panels reads; none: the log alone.

    ``whole``: at a past instant all its tables are folded; else each panel folds the streams that it needs.
    ``title`` gives the title of what the page shows and raises Problem (not_found); without it the title is the word
    ``<page>.title``. ``parameters`` are those of its query beside the common ones. ``in_menu``: the menu has a link to
    it. ``refreshes``: a browser without script loads it every 30 seconds; not where people fill in forms.
    ``document`` is the template around the panels.
    """

    name: str
    path: str
    panels: tuple[Panel, ...]
    projections: tuple[Projection, ...] = ()
    scope: Permission = "read"
    whole: bool = True
    title: Callable[[Visit, ReadSession], str] | None = None
    parameters: frozenset[str] = frozenset()
    in_menu: bool = False
    refreshes: bool = True
    document: str = "page.html"

    @property
    def is_live(self) -> bool:
        """Whether an open page asks for any of its panels again."""
        return not all(panel.still for panel in self.panels)

    @property
    def projection_names(self) -> tuple[str, ...]:
        """The names of its projections."""
        return tuple(projection.name for projection in self.projections)
