"""Which replies another person looks at before the customer gets them: a published definition."""

from typing import Annotated

from pydantic import Field, StrictBool

from domain.messages import Message, Word
from domain.text_by_language import Title
from domain.text_folding import fold_name

MOST_CATEGORIES = 500
NEEDS_REVIEW = "reply_needs_review"
"""The code of the refusal of a reply that another person has to look at."""


class ReviewRules(Message):
    """Replies to tickets of ``categories`` need a review, and with ``automated`` those that no person wrote."""

    categories: Annotated[tuple[Word, ...], Field(max_length=MOST_CATEGORIES)] = ()
    automated: StrictBool = False

    def needs_review(self, category: str | None, *, automated: bool) -> bool:
        """Whether a reply to a ticket of a category needs a review."""
        if automated and self.automated:
            return True
        return category is not None and fold_name(category) in map(fold_name, self.categories)


class ReviewExample(Message):
    """A reply to a ticket of a category, and whether it needs a review."""

    name: Title
    category: Word
    automated: StrictBool = False
    review: StrictBool

    def differences(self, body: ReviewRules) -> list[str]:
        """Where the answer differs from the expected one."""
        needs = body.needs_review(self.category, automated=self.automated)
        return [] if needs == self.review else [f"the reply needs {'a' if needs else 'no'} review"]
