"""The words of ./run that need the source checkout, as the installed program answers them."""

import typer

DEVELOPMENT_WORDS = ("test", "check", "bench")


def add_to(app: typer.Typer) -> None:
    """The commands of this module, hidden, with any arguments."""
    anything = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
    for word in DEVELOPMENT_WORDS:
        app.command(word, hidden=True, context_settings=anything)(only_in_the_checkout)


def only_in_the_checkout(context: typer.Context) -> None:
    """Say where the word can be used. Raises UsageError."""
    from api.cli.tenant_database import UsageError

    word = context.info_name
    raise UsageError(f"`{word}` works in a checkout of the source only: start `./run {word}` there.")
