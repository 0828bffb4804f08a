"""The actions on a running procedure and on its steps."""

from api.http.command_table.procedures import PROCEDURES
from api.screen.actions.action import Action

_PAGE = "/procedures/{stream}"
_STEP = frozenset({"step"})
COMPLETE_STEP = Action(PROCEDURES, "complete-step", _PAGE, ("step", "result"), given=_STEP)
ANSWER_DECISION = Action(PROCEDURES, "answer-decision", _PAGE, ("step", "answer"), given=_STEP)
SKIP_STEP = Action(PROCEDURES, "skip-step", _PAGE, ("step", "reason"), given=_STEP, is_grave=True)
ABANDON = Action(PROCEDURES, "abandon", _PAGE, ("reason",), is_grave=True)
OF_PROCEDURES = (COMPLETE_STEP, ANSWER_DECISION, SKIP_STEP, ABANDON)
