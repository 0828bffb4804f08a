"""`keystore`: the keys that personal data is encrypted with."""

import os
from pathlib import Path
from typing import Annotated

import typer

from api.cli.agreement import must_agree
from api.cli.options import Data
from api.cli.printing import say
from api.cli.usage_error import UsageError
from api.database import database, key_store_address
from api.key_store import rewrap as rewrapping
from api.key_store.setup import KEY_FILE, URL, KeyStoreAddress


def rewrap(
    data: Data = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask: the old key-encryption key is deleted.")] = False,
) -> None:
    """Replace the key-encryption key, and wrap every data key under the new one.

    Programs may work meanwhile. Backups of the key store that were made before need a copy of the old key file.
    """
    if not yes:
        must_agree("The old key-encryption key is deleted from the key file. Go on?")
    with database(existing_folder(data)) as dsn:
        address = required_key_store(dsn, data)
        count = rewrapping.rewrap(address)
    say(f"{count:,} keys are wrapped under a new key-encryption key. Copy {address.key_file} to a safe place now.")


def existing_folder(data: Path | None) -> Path | None:
    """The data folder, which must be there unless DATABASE_URL names a server."""
    if data is not None and not data.is_dir() and not os.environ.get("DATABASE_URL"):
        raise UsageError(f"There is no data folder {data}.")
    return data


def required_key_store(dsn: str, data: Path | None) -> KeyStoreAddress:
    """The address of the key store beside a database. Raises UsageError where none is configured."""
    address = key_store_address(dsn, data)
    if address is None:
        raise UsageError(f"There is no key store: set {URL} and {KEY_FILE}.")
    return address
