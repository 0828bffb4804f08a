"""What the demo says, in the language of its desk."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from domain.readable import Language


class DemoWords(NamedTuple):
    """The sentences of the demo, and the labels ``simulated`` and ``projected`` of its bars.

    Only ``desk``, ``adopted`` and ``where`` have placeholders.
    """

    desk: str
    late: str
    simulated: str
    projected: str
    adopted: str
    channels: str
    where: str


WORDS: Mapping[Language, DemoWords] = MappingProxyType(
    {
        "en": DemoWords(
            desk="{tickets} tickets a day at a made-up desk in Vietnam, since {first}.",
            late="Its past is recorded today, so most of it counts as told late.",
            simulated="days simulated",
            projected="events projected",
            adopted="Rules and procedures that come with the program: {new} published, {known} in effect already.",
            channels="the configured channels",
            where="""
The API is at {address}/docs. Other words to try:
  {program} report backlog --by team --tenant {tenant}
  {program} history --actor linh --tenant {tenant}
  {program} customer search nguyen --tenant {tenant}
  {program} work --agent linh --tenant {tenant}
Rules and procedures are at work: `{program} automation list --tenant {tenant}`. Notifications go to
{notifications}
About {tickets} tickets come in a day; `{program} demo --tenant {tenant} --speed 600` shows more in a minute.
Ctrl-C ends it; the next `{program} demo --tenant {tenant}` goes on from here.

The desk is live, and open to everybody on this computer. Open it in a browser:
  {address}""",
        ),
        "vi": DemoWords(
            desk="{tickets} phiếu mỗi ngày ở một bộ phận giả định tại Việt Nam, từ {first}.",
            late="Lịch sử được ghi nhận hôm nay, nên phần lớn tính là ghi nhận muộn.",
            simulated="ngày mô phỏng",
            projected="sự kiện tổng hợp",
            adopted="Quy tắc và quy trình đi kèm chương trình: ban hành {new}, đang hiệu lực sẵn {known}.",
            channels="các kênh đã cấu hình",
            where="""
API ở {address}/docs. Các lệnh khác để thử:
  {program} report backlog --by team --tenant {tenant}
  {program} history --actor linh --tenant {tenant}
  {program} customer search nguyen --tenant {tenant}
  {program} work --agent linh --tenant {tenant}
Quy tắc và quy trình đang chạy: `{program} automation list --tenant {tenant}`. Thông báo được ghi vào
{notifications}
Mỗi ngày có khoảng {tickets} phiếu; `{program} demo --tenant {tenant} --speed 600` chạy nhanh hơn.
Ctrl-C để dừng; lần sau `{program} demo --tenant {tenant}` tiếp tục từ đây.

Bộ phận đang hoạt động, mọi người dùng máy này đều xem được. Mở bằng trình duyệt:
  {address}""",
        ),
    }
)
