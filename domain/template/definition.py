"""The text of a notification in Vietnamese and English, published as a definition of the kind template."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from domain.messages import LONGEST_WORD, Message, Text
from domain.notification.commands import Purpose
from domain.readable import Language
from domain.template.placeholders import check_placeholders, placeholders_in

SubjectLine = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_WORD, pattern=r"^[^\x00-\x1f]*$"),
    AfterValidator(check_placeholders),
]
"""One line of at most 200 characters."""
Body = Annotated[Text, AfterValidator(check_placeholders)]


class TemplateText(Message):
    """A channel without a subject, such as sms, shows the body alone."""

    subject: SubjectLine
    body: Body


class Template(Message):
    """``purpose`` is that of every notification with this text: another one needs another consent."""

    purpose: Purpose
    vi: TemplateText
    en: TemplateText

    def text_in(self, language: Language) -> TemplateText:
        """The text in a language."""
        return self.vi if language == "vi" else self.en

    def placeholders(self, language: Language) -> frozenset[str]:
        """The names of the placeholders in a language."""
        text = self.text_in(language)
        return placeholders_in(text.subject) | placeholders_in(text.body)
