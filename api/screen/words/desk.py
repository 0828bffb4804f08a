"""The words of the desk."""

from collections.abc import Mapping

DESK: Mapping[str, tuple[str, str]] = {
    "menu": ("Desk", "Bàn làm việc"),
    "title": ("The desk", "Bàn làm việc"),
    "log": ("Events in the log", "Sự kiện trong nhật ký"),
}
