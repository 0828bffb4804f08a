"""Names in the path of an address."""

from typing import Annotated

from fastapi import Path
from pydantic import BeforeValidator

from api.http.filters import STORABLE
from api.http.middleware import name_of

Name = Annotated[
    str,
    BeforeValidator(name_of),
    Path(min_length=1, max_length=200, pattern=STORABLE, description="Percent-encoded; a slash in a name is %2F."),
]
