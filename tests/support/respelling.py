"""Spellings of one word that look alike."""

from typing import Literal
from unicodedata import normalize

from hypothesis import strategies as st

from domain.text_folding import fold_name

_HYPHENS = st.sampled_from("-\u2010\u2011\u2012\u2013\u2212")
_BLANKS = st.sampled_from([" ", "  ", "\u00a0", "\u202f", "\u2003 ", "\t"])
_UNSEEN = st.sampled_from(["", "", "\u200b", "\u00ad"])
_FORMS: st.SearchStrategy[Literal["NFC", "NFD"]] = st.sampled_from(("NFC", "NFD"))


@st.composite
def respelled(draw: st.DrawFn, word: str) -> str:
    """The word in another normal form, with other blanks and hyphens, and with invisible characters."""
    written = "".join(
        draw(_HYPHENS) if letter == "-" else draw(_BLANKS) if letter == " " else letter
        for letter in normalize(draw(_FORMS), word)
    )
    outer = draw(st.sampled_from(["", " ", "\u00a0"]))
    spelling = f"{outer}{written}{draw(_UNSEEN)}{outer}"
    assert fold_name(spelling) == fold_name(word)
    return spelling
