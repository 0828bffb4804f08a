"""A definition file: the kind, the name and the body of a definition, with worked examples, in TOML."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from pydantic import Field, ValidationError

from domain.definitions.kind import TENANT, DefinitionKind
from domain.definitions.kinds import kind_named
from domain.errors import message_of
from domain.messages import Message, Word
from domain.toml_file import ExampleResult, WorkedExample, check_examples, read_file, refused
from domain.toml_text import KeyPath
from domain.validation_errors import errors_of

MOST_EXAMPLES = 200


class DefinitionFile(Message):
    """The file as it is written, before its kind is looked at:

    kind = "identity"

    [body]
    blocked = [{ channel = "email", handle = "care@example.vn" }]

    [[examples]]
    name = "Our own address identifies nobody"
    channel = "email"
    handle = "Care@example.vn"
    blocked = true
    """

    kind: Word
    name: Word = TENANT
    body: dict[str, Any]
    examples: tuple[dict[str, Any], ...] = Field(default=(), max_length=MOST_EXAMPLES)


class WrittenDefinition(NamedTuple):
    """What a file holds, read by its kind."""

    kind: DefinitionKind[Any]
    name: str
    body: Message
    examples: list[WorkedExample]


def read_definition_file(text: str) -> WrittenDefinition:
    """The definition in a text. Raises FileRefused."""
    file = read_file(text, DefinitionFile)
    try:
        kind = kind_named(file.kind)
    except ValueError as error:
        raise refused(text, [(("kind",), str(error))]) from None
    try:
        kind.must_name(file.name)
    except ValueError as error:
        raise refused(text, [(("name",), str(error))]) from None
    wrong: list[tuple[KeyPath, str]] = []
    parsed: list[Any] = []
    parts: Iterable[tuple[KeyPath, Any, dict[str, Any]]] = [
        (("body",), kind.body, file.body),
        *((("examples", number), kind.example, example) for number, example in enumerate(file.examples)),
    ]
    for path, model, content in parts:
        try:
            parsed.append(model.model_validate(content))
        except ValidationError as error:
            wrong += [((*path, *problem["loc"]), message_of(problem)) for problem in errors_of(error)]
    if wrong:
        raise refused(text, wrong)
    body, *examples = parsed
    return WrittenDefinition(kind, file.name, body, examples)


def check(file: WrittenDefinition, text: str) -> list[ExampleResult]:
    """Checks every example of a file against its own body; ``text`` is the text of the file."""
    return check_examples(file.examples, file.body, text)
