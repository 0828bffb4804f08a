"""The committed OpenAPI document; `python -m api.serving.openapi` writes it."""

import json

from api.http.documentation import COMMITTED
from api.serving.app import create_app
from api.settings import Settings


def text() -> str:
    """The document of the current addresses."""
    return json.dumps(create_app(Settings(dsn="")).openapi(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    COMMITTED.write_text(text())
