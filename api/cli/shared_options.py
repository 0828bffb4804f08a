"""Options that several commands have, as one parameter of their functions."""

from collections.abc import Callable
from inspect import Parameter, Signature, signature
from typing import Any, Concatenate, TypeVar, cast

Shared = TypeVar("Shared")


def options_of(
    shared: type[Shared],
) -> Callable[[Callable[Concatenate[Shared, ...], None]], Callable[..., None]]:
    """The function of a command gets a named tuple as its first parameter, and the command an option for each field."""
    fields = cast("Any", shared)
    options = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=fields._field_defaults[name], annotation=annotation)
        for name, annotation in shared.__annotations__.items()
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
