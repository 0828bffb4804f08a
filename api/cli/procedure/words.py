"""What `procedure list`, `show` and `whatif` say, in both languages."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from domain.readable import Language


class ProcedureWords(NamedTuple):
    """``columns`` are those of the steps. The sentences have placeholders."""

    title: str
    state: str
    subject: str
    nobody: str
    steps: str
    columns: Sequence[str]
    overdue: str
    starts: str
    stale: str
    last: str


WORDS: Mapping[Language, ProcedureWords] = MappingProxyType(
    {
        "en": ProcedureWords(
            title="Procedures",
            state="{procedure}, version {version}: {state}{outcome}.",
            subject="It is about the {kind} {subject}; owner: {owner}.",
            nobody="none",
            steps="Steps",
            columns=("step", "title", "who", "due", "overdue", "ended", "as", "result"),
            overdue="yes",
            starts="In {days} days {name} would have started {starts} times, for {subjects} subjects.",
            stale="Left out: {} facts that were told a day late or more.",
            last="The last {}",
        ),
        "vi": ProcedureWords(
            title="Quy trình",
            state="{procedure}, phiên bản {version}: {state}{outcome}.",
            subject="Về {kind} {subject}; phụ trách: {owner}.",
            nobody="chưa có",
            steps="Các bước",
            columns=("bước", "tên", "người làm", "hạn", "quá hạn", "kết thúc", "cách kết thúc", "kết quả"),
            overdue="có",
            starts="Trong {days} ngày, {name} lẽ ra đã bắt đầu {starts} lần, cho {subjects} đối tượng.",
            stale="Không tính: {} sự kiện ghi nhận muộn từ một ngày.",
            last="{} lần gần nhất",
        ),
    }
)
