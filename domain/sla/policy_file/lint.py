"""The lint of a policy: words that no ticket of this desk has, and rules that are never reached."""

from collections.abc import Iterator
from typing import get_args

from domain.messages import Channel, Priority
from domain.sla.policy.policy import Policy, Rule
from domain.sla.policy.policy_history import FOLDS, SelectionAttributes
from domain.text_folding import fold_name

_WORDS = {"priority": get_args(Priority), "channel": get_args(Channel)}


def without_effect(policy: Policy) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The path in the policy and the reason of each part without effect.

    Such a policy is valid: imported tickets keep priorities and channels in their own words.
    """
    for rule_number, rule in enumerate(policy.rules):
        for selector, known in _WORDS.items():
            for number, word in enumerate(getattr(rule, selector)):
                if fold_name(word) not in known:
                    reason = f"no ticket has the {selector} {word!r}, unless it was imported: here there are "
                    yield ("rules", rule_number, selector, number), reason + ", ".join(known)
        covering = [
            number for number, wider in enumerate(policy.rules[:rule_number], 1) if _selects_all_of(wider, rule)
        ]
        if covering:
            yield (
                ("rules", rule_number),
                f"never reached: rule {covering[0]} matches all that it matches, and comes first",
            )


def _selects_all_of(wider: Rule, narrower: Rule) -> bool:
    pairs = [
        (set(map(fold, getattr(wider, selector))), set(map(fold, getattr(narrower, selector))))
        for selector, fold in zip(SelectionAttributes._fields, FOLDS, strict=True)
    ]
    return all(not wide or (narrow and narrow <= wide) for wide, narrow in pairs)
