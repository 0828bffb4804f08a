"""The actions on automation and on notifications."""

from api.http.command_table import Collection, CommandEndpoint
from api.http.command_table.notifications import NOTIFICATIONS
from api.screen.actions.action import Action
from api.screen.actions.fields import FormField
from domain.automation.commands import ResumeRule
from domain.switches.commands import ResumeSwitch, StopSwitch
from domain.switches.state import SWITCHES

_PAGE = "/automation"
AUTOMATION = Collection(
    "automation",
    "subject",
    "admin",
    (
        CommandEndpoint("resume", ResumeRule, "Resume a rule that is suspended for a subject", {}),
        CommandEndpoint("stop", StopSwitch, "Stop what happens by itself", {}),
        CommandEndpoint("start", ResumeSwitch, "Resume what happens by itself", {}),
    ),
)
"""The commands that the API takes at addresses of their own."""
_SWITCH = ("what", "name", "reason")
RESUME_RULE = Action(
    AUTOMATION,
    "resume",
    _PAGE,
    ("subject_kind", "rule", "reason"),
    given=frozenset({"subject_kind", "rule"}),
)
STOP_SWITCH = Action(
    AUTOMATION, "stop", _PAGE, _SWITCH, given=frozenset({"what", "name"}), is_grave=True,
    address="/automation/stop", stream=SWITCHES,
)  # fmt: skip
START_SWITCH = Action(
    AUTOMATION, "start", _PAGE, _SWITCH, given=frozenset({"what", "name"}), address="/automation/start", stream=SWITCHES
)
RESEND = Action(
    NOTIFICATIONS,
    "resend",
    "/notifications/{stream}",
    (FormField("reason", "text", is_required=True),),
)
OF_AUTOMATION = (RESUME_RULE, STOP_SWITCH, START_SWITCH, RESEND)
