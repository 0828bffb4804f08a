"""The form that issues a report."""

from dataclasses import dataclass, field

from api.api_keys import Permission
from api.screen.visit import Visit
from domain.ids import new_id_text

ISSUE: Permission = "admin"
"""What a visitor needs to issue a report."""


@dataclass(frozen=True, slots=True)
class IssueForm:
    """What stands in the fields. An empty period is the last one that is over."""

    token: str
    pack: str
    period: str = ""
    reason: str = ""
    command_id: str = field(default_factory=new_id_text)


def first_form(visit: Visit, pack: str) -> IssueForm:
    """The form as a page offers it."""
    return IssueForm(visit.form_token, pack)
