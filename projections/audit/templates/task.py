"""The sentences of what happens to a task."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.readable import ByLanguage

TASK: Mapping[str, ByLanguage] = MappingProxyType(
    {
        "task.opened": {
            "en": "{actor} opened a task: {title} ([team {team}, ][agent {agent}, ][due at {due_at}, ]"
            "opened by {source})",
            "vi": "{actor} mở công việc: {title} ([nhóm {team}, ][nhân viên {agent}, ][hạn {due_at}, ]nguồn {source})",
        },
        "task.assigned": {
            "en": "{actor} assigned the task[: team {team}][, agent {agent}]",
            "vi": "{actor} phân công công việc[: nhóm {team}][, nhân viên {agent}]",
        },
        "task.rescheduled": {
            "en": "{actor} moved the due time of the task[ to {due_at}]",
            "vi": "{actor} dời hạn công việc[ đến {due_at}]",
        },
        "task.done": {"en": "{actor} did the task[: {result}]", "vi": "{actor} hoàn thành công việc[: {result}]"},
        "task.cancelled": {"en": "{actor} cancelled the task", "vi": "{actor} hủy công việc"},
        "task.reopened": {"en": "{actor} reopened the task", "vi": "{actor} mở lại công việc"},
    }
)
