"""`checkpoint`: the newest signed checkpoint of a log, and what it does not cover yet."""

from dataclasses import asdict
from datetime import datetime

import typer

from api.cli.locale import Locale, locale_of
from api.cli.options import DEFAULT_TENANT, AsJson, Data, Tenant, Zone
from api.cli.printing import local, say, say_whole, show_json, show_line, shown
from api.cli.sealing.options import CHANGED, Log
from api.cli.tenant_database import tenant_connection
from api.sealing.key_events import public_keys
from api.sealing.proofs import Covered, covered


def checkpoint(
    log: Log = "events",
    zone: Zone = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Show the newest signed checkpoint of a log, and what it does not cover yet.

    Keep it outside of this computer: nothing before it can be changed later without being found out. The exit code is 1
    when there is none yet.
    """
    with tenant_connection(data, tenant) as connection:
        locale = locale_of(connection, tenant, "en", zone)
        answer = covered(connection, tenant, log)
        keys = [key.text for key in public_keys(connection, tenant, log)]
    if as_json:
        show_json({**asdict(answer), "keys": keys})
    else:
        _show(answer, keys, locale)
    if answer.checkpoint is None:
        raise typer.Exit(CHANGED)


def _show(answer: Covered, keys: list[str], locale: Locale) -> None:
    if answer.checkpoint is None:
        say(f"Nothing of the log {answer.log} is sealed yet, and it holds {answer.head} rows: run `serve` or `seal`.")
        return
    for line in answer.checkpoint.splitlines():
        show_line(line)
    signed_at = shown(local(datetime.fromisoformat(answer.signed_at), locale.zone)) if answer.signed_at else "-"
    say(
        f"It covers positions 1 to {answer.size} of the log {answer.log}, and was signed at {signed_at},"
        f" {locale.zone.key}."
    )
    if answer.events:
        say(
            f"Not covered yet: {answer.events} rows, positions {answer.size + 1} to {answer.head};"
            f" the oldest has waited {answer.seconds:.1f} s."
        )
    else:
        say("Everything in the log is covered.")
    for key in keys:
        say_whole(f"Public key: {key}")
