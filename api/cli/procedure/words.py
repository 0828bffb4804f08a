"""What `procedure show` says, in both languages."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from domain.readable import Language


class ProcedureWords(NamedTuple):
    """``columns`` are those of the steps. The sentences have placeholders."""

    state: str
    subject: str
    nobody: str
    steps: str
    columns: Sequence[str]
    overdue: str
    nothing: str
    zone: str


WORDS: Mapping[Language, ProcedureWords] = MappingProxyType(
    {
        "en": ProcedureWords(
            state="{procedure}, version {version}: {state}{outcome}.",
            subject="It is about the {kind} {subject}; owner: {owner}.",
            nobody="none",
            steps="Steps",
            columns=("step", "title", "who", "due", "overdue", "ended", "as", "result"),
            overdue="yes",
            nothing="none",
            zone="Times are of {}.",
        ),
        "vi": ProcedureWords(
            state="{procedure}, phiên bản {version}: {state}{outcome}.",
            subject="Về {kind} {subject}; phụ trách: {owner}.",
            nobody="chưa có",
            steps="Các bước",
            columns=("bước", "tên", "người làm", "hạn", "quá hạn", "kết thúc", "cách kết thúc", "kết quả"),
            overdue="có",
            nothing="chưa có bước nào",
            zone="Thời gian theo múi giờ {}.",
        ),
    }
)
