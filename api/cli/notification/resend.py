"""`notification resend`: a notification that failed, is uncertain or was left out is sent again."""

from typing import Annotated

import typer

from api.cli.named_streams import NOTIFICATION_IDS
from api.cli.recording import RecordOptions, Why, checked
from api.cli.shared_options import options_of
from domain.notification.commands import RequestResend
from domain.readable import ByLanguage

_TRIED: ByLanguage = {
    "en": "It will be tried again: consent, address, hours and switches are checked first.",
    "vi": "Sẽ gửi lại; trước đó kiểm tra sự đồng ý, địa chỉ, giờ liên hệ và công tắc dừng.",
}
_WAITS: ByLanguage = {"en": "It waits already.", "vi": "Thông báo này đang chờ gửi."}


@options_of(RecordOptions)
def resend(
    recording: RecordOptions,
    notification: Annotated[
        str,
        typer.Argument(help="The id of a notification, or the last 12 digits of it; `notification dead` lists them."),
    ],
    reason: Why,
) -> None:
    """Have a notification sent again."""
    stream = recording.stream(NOTIFICATION_IDS, notification)
    command = checked(RequestResend, reason=reason)
    recording.give(stream, command, _TRIED, unchanged=_WAITS)
