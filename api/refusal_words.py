"""The rules that refuse a command, in Vietnamese.

In English a rule says itself.
"""

from collections.abc import Mapping
from types import MappingProxyType

from api.erasure_refusals import ERASURE_REFUSALS, kept_by_law
from api.procedure_refusals import PROCEDURE_REFUSALS
from api.valued_refusals import VALUED_REFUSALS
from domain.readable import Language, as_sentence
from domain.refusal import Refusal
from projections.audit.rules_in_words import RULES_IN_VIETNAMESE

_SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "give a team, an agent or both": "Hãy điền nhóm, nhân viên hoặc cả hai.",
        "write a UUID as 01890a5d-ac96-774b-bcce-b302099a8057": (
            "Hãy điền mã dạng 01890a5d-ac96-774b-bcce-b302099a8057."
        ),
    }
)
"""The sentences of rules without a code."""
SAYS_ALL = frozenset(
    [
        "address_identifies_nobody",
        "contract_exists",
        "contract_of_another",
        "contract_terminated",
        "contract_unknown",
        "currency_without_value",
        "customer_exists",
        "customer_not_merged",
        "deadline_out_of_range",
        "erasure_unknown",
        "feedback_exists",
        "file_exists",
        "file_unknown",
        "file_withdrawn",
        "loss_changed",
        "loss_unknown",
        "match_not_proposed",
        "match_refused",
        "match_with_itself",
        "merge_into_itself",
        "no_key_missing",
        "not_a_person",
        "not_an_agent",
        "not_waiting",
        "notification_unknown",
        "occurred_in_the_future",
        "offer_exists",
        "offer_unknown",
        "own_proposal",
        "procedure_ended",
        "procedure_exists",
        "promise_kept",
        "promise_withdrawn",
        "proposal_approved",
        "proposal_rejected",
        "purchase_returned",
        "purchase_unknown",
        "target_not_open",
        "task_exists",
        "task_unknown",
        "ticket_cancelled",
        "ticket_exists",
        "ticket_merged",
        "ticket_not_merged",
        "ticket_not_resolved",
        "ticket_unassigned",
        "ticket_unknown",
        "until_in_the_past",
        "value_without_currency",
        "work_not_startable",
    ]
)
"""The codes whose English sentence names no value, so that the Vietnamese one says all of it."""
_MERGED = "; it was merged into "
"""What stands behind the rule of a merged ticket, before the ticket that goes on."""


def rule_in(code: str | None, rule: str, language: Language) -> str:
    """The sentence of a rule in a language; in English where it has no translation."""
    if language == "en":
        return as_sentence(rule)
    rule, _, survivor = rule.partition(_MERGED)
    of_code = _SENTENCES.get(rule, rule) if code is None else RULES_IN_VIETNAMESE.get(code, rule)
    sentence = _with_values(code, rule) or as_sentence(of_code)
    return f"{sentence} Phiếu đã gộp vào {survivor}." if survivor else sentence


def _with_values(code: str | None, rule: str) -> str | None:
    """A Vietnamese sentence that takes the values of the rule; None where there is none."""
    if code == "retention":
        return kept_by_law(rule)
    tables = (ERASURE_REFUSALS, PROCEDURE_REFUSALS, VALUED_REFUSALS)
    return next((said for table in tables if (said := table.whole(rule)) is not None), None)


def refusal_in(refusal: Refusal, language: Language) -> str:
    """The rule in a language. Without a sentence that takes its values, the English one stands behind the other one."""
    if language == "en" or refusal.code not in RULES_IN_VIETNAMESE:
        return as_sentence(str(refusal))
    sentence = rule_in(refusal.code, refusal.rule, language)
    rule, _, _ = refusal.rule.partition(_MERGED)
    says_all = refusal.code in SAYS_ALL or _with_values(refusal.code, rule) is not None
    return sentence if says_all else f"{sentence} ({refusal})"
