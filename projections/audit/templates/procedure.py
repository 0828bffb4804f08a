"""The sentences of what happens to a running procedure."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.readable import ByLanguage

PROCEDURE: Mapping[str, ByLanguage] = MappingProxyType(
    {
        "procedure.started": {
            "en": "{actor} started the procedure {procedure} (version {version}) for the {subject_kind} {subject}"
            "[; owner: {owner}][; details: {details}]",
            "vi": "{actor} bắt đầu quy trình {procedure} (phiên bản {version}) cho {subject_kind} {subject}"
            "[; phụ trách: {owner}][; chi tiết: {details}]",
        },
        "procedure.step_opened": {
            "en": "{actor} opened the step {step}: [{title_en} / ]{title} (kind: {kind}[, role: {role}][, team: {team}]"
            "[, agent: {agent}][, due at: {due_at}])",
            "vi": "{actor} mở bước {step}: {title} (loại: {kind}[, vai trò: {role}][, nhóm: {team}]"
            "[, nhân viên: {agent}][, hạn: {due_at}])",
        },
        "procedure.step_done": {
            "en": "{actor} completed the step {step}[; result: {result}][; details: {details}]",
            "vi": "{actor} hoàn thành bước {step}[; kết quả: {result}][; chi tiết: {details}]",
        },
        "procedure.step_skipped": {
            "en": "{actor} skipped the step {step}",
            "vi": "{actor} bỏ qua bước {step}",
        },
        "procedure.step_overdue": {
            "en": "{actor} recorded that the step {step} was not done by {due_at}",
            "vi": "{actor} ghi nhận bước {step} chưa hoàn thành vào hạn {due_at}",
        },
        "procedure.completed": {
            "en": "{actor} completed the procedure {procedure} for the {subject_kind} {subject}[ (outcome: {outcome})]",
            "vi": "{actor} hoàn tất quy trình {procedure} cho {subject_kind} {subject}[ (kết quả: {outcome})]",
        },
        "procedure.abandoned": {
            "en": "{actor} abandoned the procedure {procedure} for the {subject_kind} {subject}",
            "vi": "{actor} dừng quy trình {procedure} cho {subject_kind} {subject}",
        },
        "procedure.migrated": {
            "en": "{actor} moved the procedure to version {version}",
            "vi": "{actor} chuyển quy trình sang phiên bản {version}",
        },
    }
)
