"""The words of ./run that need the source checkout, as the installed program answers them."""

from typing import Any, NoReturn

from typer.core import TyperCommand

from api.cli.usage_error import UsageError

DEVELOPMENT_WORDS = ("test", "check", "bench", "exam")


class CheckoutCommand(TyperCommand):
    """A hidden command that takes any words and says where it can be used."""

    def __init__(self, name: str) -> None:
        super().__init__(name, hidden=True)

    def make_context(self, *_arguments: Any, **_options: Any) -> NoReturn:
        """Raises UsageError."""
        raise UsageError(f"`{self.name}` works in a checkout of the source only: start `./run {self.name}` there.")
