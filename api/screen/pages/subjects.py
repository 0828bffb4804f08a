"""The addresses of what procedures, notifications and rules are about."""

from uuid import UUID

_PAGES = {
    "customer": "/customers/{}",
    "notification": "/notifications/{}",
    "procedure": "/procedures/{}",
    "report": "/reports/{}",
    "ticket": "/tickets/{}",
}
"""The pages of those kinds of streams that have one."""


def subject_path(kind: str | None, stream: UUID | None) -> str | None:
    """The address of a stream's page; None where its kind has none."""
    page = _PAGES.get(kind or "")
    return None if page is None or stream is None else page.format(stream)
