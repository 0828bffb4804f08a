"""What pydantic finds wrong, at the keys where a person looks for it."""

from collections.abc import Sequence

from pydantic import ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError


def errors_of(error: ValidationError) -> list[ErrorDetails]:
    """The errors of pydantic, without those lists that are too short because an item of them is wrong.

    A word that chooses between tables is wrong at its own key.
    """
    errors = error.errors()
    for each in errors:
        if each["type"] == "union_tag_invalid":
            each["loc"] += (each["ctx"]["discriminator"].strip("'"),)
    inside = {each["loc"][:length] for each in errors for length in range(len(each["loc"]))}
    return [each for each in errors if each["type"] != "too_short" or each["loc"] not in inside]


def wrong_at(path: Sequence[str | int], reason: str) -> ValidationError:
    """What a validator of a whole model raises when a part of it is wrong, at the keys that lead there."""
    wrong = PydanticCustomError("value_error", "{reason}", {"reason": reason})
    return ValidationError.from_exception_data(reason, [{"type": wrong, "loc": tuple(path), "input": None}])
