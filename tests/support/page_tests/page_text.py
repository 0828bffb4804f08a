"""The text of a page of the screen, by panel."""

from html.parser import HTMLParser

_SILENT = frozenset({"script", "style", "option"})
_VOID = frozenset({"meta", "link", "input", "br", "img", "hr"})


class _Panels(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, list[str]] = {"": []}
        self._open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            return
        given = dict(attrs)
        own = given.get("id") if "panel" in (given.get("class") or "").split() else None
        panel = own or (self._open[-1][1] if self._open else "")
        self.texts.setdefault(panel, [])
        self._open.append((tag, panel))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tag, panel = self._open[-1] if self._open else ("", "")
        if tag not in _SILENT:
            self.texts[panel].append(data)


def panel_texts(html: str) -> dict[str, str]:
    """The text of each panel in one line; the rest of the page stands under the empty name."""
    page = _Panels()
    page.feed(html)
    page.close()
    return {name: " ".join(" ".join(texts).split()) for name, texts in page.texts.items()}
