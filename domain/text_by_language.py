"""The texts of a definition that people read in their language."""

from domain.messages import Message, Word


class TitleByLanguage(Message):
    """What people see of a definition, in their language."""

    vi: Word
    en: Word
