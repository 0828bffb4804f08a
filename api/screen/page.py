"""A page of the screen is a row: its address, its panels, and what they read."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
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
    ``reading`` opens the snapshot of a page that needs another one; panels open none of their own.
    ``title`` gives the title of what the page shows and raises Problem (not_found); without it the title is the word
    ``<page>.title``. ``parameters`` are those of its query beside the common ones. ``in_menu``: the menu has a link to
    it. ``refreshes``: a browser without script loads it every 30 seconds; not where people fill in forms.
    ``document`` is the template around the panels. ``has_links``: the links of its panels lead somewhere.
    """

    name: str
    path: str
    panels: tuple[Panel, ...]
    projections: tuple[Projection, ...] = ()
    scope: Permission = "read"
    whole: bool = True
    reading: Callable[[Visit], AbstractContextManager[ReadSession]] | None = None
    title: Callable[[Visit, ReadSession], str] | None = None
    parameters: frozenset[str] = frozenset()
    in_menu: bool = False
    refreshes: bool = True
    document: str = "page.html"
    has_links: bool = True

    def session(self, visit: Visit) -> AbstractContextManager[ReadSession]:
        """The snapshot that the title and all panels share. Raises SlotsTaken."""
        if self.reading is not None:
            return self.reading(visit)
        return visit.reader.view() if self.whole else visit.reader.live()

    @property
    def is_live(self) -> bool:
        """Whether an open page asks for any of its panels again."""
        return not all(panel.still for panel in self.panels)

    @property
    def projection_names(self) -> tuple[str, ...]:
        """The names of its projections."""
        return tuple(projection.name for projection in self.projections)
