"""The worked examples of a template file."""

from pydantic import Field

from domain.messages import Message, Text, Word
from domain.readable import Language
from domain.template.definition import Template
from domain.template.rendering import MissingValues, rendered
from domain.text_by_language import Title


class TemplateExample(Message):
    """Values of placeholders in a language, and the text that is expected of them."""

    name: Title
    language: Language
    data: dict[Word, str] = Field(default_factory=dict)
    subject: str | None = None
    body: Text | None = None

    def differences(self, body: Template) -> list[str]:
        """Where the rendered text differs from the expected one."""
        try:
            text = rendered(body, self.language, self.data)
        except MissingValues as error:
            return [str(error)]
        differences = []
        if self.subject not in {None, text.subject}:
            differences.append(f"the subject is {text.subject!r}, not {self.subject!r}")
        if self.body not in {None, text.body}:
            differences.append(f"the body is {text.body!r}, not {self.body!r}")
        return differences
