"""The version of a procedure that can be started."""

from datetime import datetime

from pydantic import ValidationError

from domain.definitions.kind import InEffect
from domain.definitions.kinds import PROCEDURE
from domain.definitions.state import PublishedDefinition
from domain.procedure.definition import ProcedureDefinition
from domain.refusal import Refusal
from domain.text_folding import fold_name


def startable_procedure(
    published: PublishedDefinition, name: str, at: datetime, state: str
) -> InEffect[ProcedureDefinition]:
    """The version in effect of a procedure by its name. Raises Refusal where there is none, and where it is off."""
    try:
        version: InEffect[ProcedureDefinition] = PROCEDURE.in_effect(published.versions, at, fold_name(name))
    except (LookupError, ValidationError):
        raise Refusal("procedure_unknown", f"no procedure {name!r} is in effect; publish it first", state) from None
    if not version.body.enabled:
        rule = f"the procedure {name!r} is not enabled; publish a version that is"
        raise Refusal("procedure_disabled", rule, state)
    return version
