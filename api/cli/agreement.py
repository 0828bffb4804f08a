"""Asks a person before what cannot be undone at once."""

import typer

from api.cli.usage_error import UsageError


def must_agree(question: str) -> None:
    """Goes on when the person says yes. Raises UsageError when they do not, or when nobody can be asked."""
    try:
        agreed = typer.confirm(question)
    except typer.Abort:
        agreed = False
    if not agreed:
        raise UsageError("Nothing was done; --yes does not ask.", "Chưa làm gì; --yes thì không hỏi lại.")
