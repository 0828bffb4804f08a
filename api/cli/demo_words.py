"""What the demo says, in the language of its desk."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from domain.readable import Language


class DemoWords(NamedTuple):
    """The sentences of the demo, and the labels ``simulated`` and ``projected`` of its bars.

    Only ``desk``, ``to_a_file`` and ``where`` have placeholders. ``to_a_file`` and ``to_channels`` say where
    notifications go.
    """

    desk: str
    late: str
    simulated: str
    projected: str
    to_a_file: str
    to_channels: str
    where: str


WORDS: Mapping[Language, DemoWords] = MappingProxyType(
    {
        "en": DemoWords(
            desk="{tickets} tickets a day at a made-up desk in Vietnam, since {first}.",
            late="They are recorded just now: histories mark what is older than 7 days as late.",
            simulated="days simulated",
            projected="events counted",
            to_a_file="Nothing is sent; notifications go to\n{file}",
            to_channels="Notifications go over your own channels.",
            where="""
Other commands to try:
  {program} report backlog --by team {options}
  {program} history --actor linh {options}
  {program} customer search nguyen {options}
  {program} work --agent linh {options}
  {program} automation list {options}
{rules} rules and procedures are at work. {notifications}
About {tickets} tickets a day; faster: `{program} demo {again} --speed 600`.
Ctrl-C ends it; the next `{program} demo {again}` goes on from here.
The API is at {address}/docs.

The desk is live, and open to everybody on this computer. Open it in a browser:
  {address}""",
        ),
        "vi": DemoWords(
            desk="{tickets} phiếu mỗi ngày ở một bộ phận giả định tại Việt Nam, từ {first}.",
            late="Dữ liệu vừa ghi nhận nên phần cũ hơn 7 ngày được đánh dấu ghi nhận muộn.",
            simulated="ngày mô phỏng",
            projected="sự kiện tổng hợp",
            to_a_file="Thông báo không gửi cho ai, chỉ ghi vào\n{file}",
            to_channels="Thông báo đi qua các kênh bạn đã cấu hình.",
            where="""
Các lệnh khác để thử:
  {program} report backlog --by team {options}
  {program} history --actor linh {options}
  {program} customer search nguyen {options}
  {program} work --agent linh {options}
  {program} automation list {options}
{rules} quy tắc và quy trình đang chạy. {notifications}
Khoảng {tickets} phiếu mỗi ngày; nhanh hơn: `{program} demo {again} --speed 600`.
Ctrl-C để dừng; lần sau `{program} demo {again}` tiếp tục từ đây.
API ở {address}/docs.

Bộ phận đang hoạt động; ai dùng máy này cũng xem được. Mở bằng trình duyệt:
  {address}""",
        ),
    }
)
