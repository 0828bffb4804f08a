"""What a page of HTML holds: its texts, and what might make a browser do something."""

from collections.abc import Sequence
from html.parser import HTMLParser

HARMLESS = frozenset(
    {
        "html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section", "h1", "h2", "p",
        "dl", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td",
    }
)  # fmt: skip


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] != ["style"] and data.strip():
            self.texts.append(data.strip())


def read_page(html: str) -> _Page:
    """The tags, the attributes and the texts of a page."""
    page = _Page()
    page.feed(html)
    page.close()
    return page


def texts_of(html: str) -> Sequence[str]:
    """The texts of a page, without the style."""
    return read_page(html).texts
