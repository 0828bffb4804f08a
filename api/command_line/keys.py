"""Keys to the API: who may call, as whom, and what for."""

from datetime import datetime
from typing import Annotated, Literal

import typer

from api.command_line.options import DEFAULT_TENANT, AsJson, Data, Tenant

app = typer.Typer(help="Make, list and revoke keys to the API.", no_args_is_help=True)


@app.command()
def create(
    actor: Annotated[str, typer.Option(help="Whom the key speaks for, for example an agent's name.")],
    scope: Annotated[
        list[str],
        typer.Option(help="What it allows; several times: tickets:write, customers:write, read, audit, feed, admin."),
    ],
    kind: Annotated[Literal["agent", "customer", "system"], typer.Option(help="What the actor is.")] = "agent",
    acts_for_others: Annotated[bool, typer.Option("--acts-for-others", help="It may act on behalf of others.")] = False,
    expires: Annotated[datetime | None, typer.Option(help="From then on it is no longer valid (UTC).")] = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Make a key. It is shown this once and kept nowhere."""
    from datetime import UTC

    from pydantic import ValidationError

    from api.command_line.desk import Unusable, connected, made
    from api.keys import create_key
    from api.printing import say, show_json, show_line
    from domain.circumstances import Actor

    expires_at = expires.replace(tzinfo=expires.tzinfo or UTC) if expires else None
    if expires_at and expires_at <= datetime.now(UTC):
        raise Unusable(f"--expires {expires_at.isoformat(' ')} lies in the past: choose a later one.")
    with made(data, tenant) as dsn, connected(dsn) as connection:
        try:
            who = Actor(id=actor, kind=kind)
            key = create_key(connection, tenant, who, scope, acts_for_others=acts_for_others, expires_at=expires_at)
        except ValidationError:
            raise Unusable(f"--actor {actor!r} is no name: write 1 to 200 characters.") from None
        except ValueError as error:
            raise Unusable(f"--scope: {error}.") from None
    if as_json:
        show_json({"key": key})
        return
    show_line(key)
    say("Keep it: it is not stored and cannot be shown again. Send it as `Authorization: Bearer KEY`.")


@app.command("list")
def list_all(data: Data = None, tenant: Tenant = DEFAULT_TENANT, as_json: AsJson = False) -> None:
    """List all keys ever made, without their secrets."""
    from dataclasses import asdict

    from api.command_line.desk import connected, found
    from api.keys import list_keys
    from api.printing import show_json, show_table

    with found(data, tenant) as dsn, connected(dsn) as connection:
        rows = [asdict(key) for key in list_keys(connection, tenant)]
    if as_json:
        show_json(rows)
    else:
        show_table("Keys", [row | {"scopes": " ".join(row["scopes"])} for row in rows])


@app.command()
def revoke(key_id: str, data: Data = None, tenant: Tenant = DEFAULT_TENANT) -> None:
    """End a key, named by its id as `keys list` shows it."""
    from api.command_line.desk import Unusable, connected, found
    from api.keys import revoke_key
    from api.printing import say

    with found(data, tenant) as dsn, connected(dsn) as connection:
        if not revoke_key(connection, tenant, key_id):
            raise Unusable(f"There is no key {key_id!r}: `keys list` shows them.")
    say("Revoked.")
