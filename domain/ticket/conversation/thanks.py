"""Which messages only say thanks: a published definition."""

import re
from functools import cached_property
from typing import Annotated
from unicodedata import combining

from pydantic import Field, StrictBool, StrictInt

from domain.messages import Message, Text, Word
from domain.text_by_language import Title
from domain.text_folding import fold_code, normalized

_WORD = re.compile(r"[^\W_]+")
_ASKS = frozenset("?\uff1f")
_LONGEST = 1_000
"""Characters. A longer message says more than thanks."""
MOST_PHRASES = 500
Phrases = Annotated[tuple[Word, ...], Field(max_length=MOST_PHRASES)]


class ThanksRules(Message):
    """A message only says thanks when it holds one of ``phrases``, every other word of it stands in ``beside``, it has
    at most ``most_words`` words and asks nothing. Marks, punctuation and case do not count.
    """

    phrases: Phrases = ()
    beside: Phrases = ()
    most_words: Annotated[StrictInt, Field(ge=1, le=100)] = 12

    def only_says_thanks(self, body: str) -> bool:
        """Whether a message only says thanks."""
        if not self.phrases or len(body) > _LONGEST or not _ASKS.isdisjoint(body):
            return False
        words = _words(body)
        if not 0 < len(words) <= self.most_words:
            return False
        thanks, number = False, 0
        while number < len(words):
            length, is_thanks = self._longest_at(words, number)
            if not length:
                return False
            thanks, number = thanks or is_thanks, number + length
        return thanks

    def _longest_at(self, words: tuple[str, ...], number: int) -> tuple[int, bool]:
        """The number of words of the longest phrase that begins at a word, 0 without one; whether it says thanks."""
        for phrase, is_thanks in self._by_length:
            if words[number : number + len(phrase)] == phrase:
                return len(phrase), is_thanks
        return 0, False

    @cached_property
    def _by_length(self) -> list[tuple[tuple[str, ...], bool]]:
        """The words of each phrase and whether it says thanks, the longest phrase first."""
        known = {_words(phrase): False for phrase in self.beside} | {_words(phrase): True for phrase in self.phrases}
        return sorted(((phrase, thanks) for phrase, thanks in known.items() if phrase), key=lambda each: -len(each[0]))


class ThanksExample(Message):
    """A message, and whether it only says thanks."""

    name: Title
    message: Text
    thanks: StrictBool

    def differences(self, body: ThanksRules) -> list[str]:
        """Where the answer differs from the expected one."""
        thanks = body.only_says_thanks(self.message)
        return [] if thanks == self.thanks else [f"the message {'only says thanks' if thanks else 'says more'}"]


def _words(text: str) -> tuple[str, ...]:
    """The words of a text without case and marks."""
    letters = normalized("NFKD", fold_code(text).replace("đ", "d"))
    return tuple(_WORD.findall("".join(letter for letter in letters if not combining(letter))))
