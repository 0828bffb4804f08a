"""The keys of a mapping that say how a file is read, and not what its columns mean."""

from codecs import lookup
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, field_validator

from domain.messages import Message

_NO_SEPARATORS = "\r\n\0"


def _character(written: str) -> str:
    if len(written) != 1 or written in _NO_SEPARATORS:
        raise ValueError("write one character, other than the end of a line or NUL")
    return written


def _quoting(written: str) -> str:
    return _character(written) if written else written


def _known(encoding: str) -> str:
    try:
        lookup(encoding)
        "id".encode(encoding).decode(encoding, "surrogateescape")
    except (LookupError, ValueError):
        raise ValueError("it is not known; write one like utf-8, cp1258 or cp1252") from None
    return encoding


class FileFormat(Message):
    """A key that is None is detected from the file.

    CSV: ``delimiter`` between cells; ``encoding`` of the text; ``quote`` around cells ("": cells are never quoted);
    ``escape`` before a character that is meant as itself. CSV and Excel: ``skip_lines`` above the header. Excel:
    ``sheet`` by its name. JSON: ``records``, the path of names with dots to the array of records.
    """

    delimiter: Annotated[str, AfterValidator(_character)] | None = None
    encoding: Annotated[str, AfterValidator(_known)] | None = None
    quote: Annotated[str, AfterValidator(_quoting), Field(validate_default=True)] = '"'
    escape: Annotated[str, AfterValidator(_character)] | None = None
    skip_lines: Annotated[int, Field(ge=0, le=10_000)] = 0
    sheet: Annotated[str, StringConstraints(min_length=1)] | None = None
    records: Annotated[str, StringConstraints(min_length=1)] | None = None

    @field_validator("quote", "escape")
    @classmethod
    def _another_character(cls, written: str | None, before: ValidationInfo) -> str | None:
        if written and written in {before.data.get("delimiter"), before.data.get("quote")}:
            raise ValueError("`delimiter`, `quote` and `escape` must be different characters")
        return written
