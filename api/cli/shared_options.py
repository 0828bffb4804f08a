"""Options that several commands have, as one parameter of their functions."""

from collections.abc import Callable
from dataclasses import fields
from inspect import Parameter, Signature, get_annotations, signature
from typing import Any, Concatenate, TypeVar, cast

Shared = TypeVar("Shared")


def options_of(
    shared: type[Shared],
) -> Callable[[Callable[Concatenate[Shared, ...], None]], Callable[..., None]]:
    """The function of a command gets a dataclass as its first parameter, and the command an option for each field.

    Help lists the fields of a class before those of its base.
    """
    by_name = {field.name: field for field in fields(cast("Any", shared))}
    names = [name for kind in shared.__mro__ for name in get_annotations(kind)]
    options = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=by_name[name].default, annotation=by_name[name].type)
        for name in names
    ]

    def with_options(function: Callable[Concatenate[Shared, ...], None]) -> Callable[..., None]:
        _, *others = signature(function).parameters.values()
        parameters = [each.replace(kind=Parameter.KEYWORD_ONLY) for each in (*others, *options)]

        def command(**values: Any) -> None:
            given = shared(**{option.name: values.pop(option.name) for option in options})
            function(given, **values)

        command.__doc__ = function.__doc__
        command.__annotations__ = {each.name: each.annotation for each in parameters}
        vars(command)["__signature__"] = Signature(parameters)
        return command

    return with_options
