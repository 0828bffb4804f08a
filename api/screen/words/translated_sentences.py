"""Sentences of the program in Vietnamese, by their English text, in which ``{}`` stands for a value."""

import re
from collections.abc import Mapping
from functools import cached_property


class TranslatedSentences:
    """A table of sentences. Values stay as they are; of several that fit, the one with the most own words is said."""

    def __init__(self, vietnamese: Mapping[str, str]) -> None:
        self._vietnamese = vietnamese

    def of(self, english: str) -> str | None:
        """The sentence in Vietnamese, also behind a name and a colon; None where the table has it not."""
        if (whole := self.whole(english)) is not None:
            return whole
        name, _, rest = english.partition(": ")
        said = self.whole(rest)
        return None if said is None else f"{name}: {said}"

    def whole(self, english: str) -> str | None:
        """The same without a name before it."""
        for pattern, vietnamese in self._patterns:
            if match := pattern.fullmatch(english):
                return vietnamese.format(*match.groups())
        return None

    @cached_property
    def _patterns(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        return tuple(
            (re.compile(re.escape(english).replace(r"\{\}", "(.+?)"), re.DOTALL), vietnamese)
            for english, vietnamese in sorted(self._vietnamese.items(), key=_own_words)
        )


def _own_words(entry: tuple[str, str]) -> int:
    return -len(entry[0].replace("{}", ""))
