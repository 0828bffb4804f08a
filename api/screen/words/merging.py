"""The words of what stands above the forms of merges and matches."""

from collections.abc import Mapping

MERGING: Mapping[str, tuple[str, str]] = {
    "choose": (
        "Search the customer that goes on. This one ends, and its address leads there.",
        "Tìm khách hàng còn lại. Khách hàng này kết thúc, và địa chỉ của nó dẫn tới đó.",
    ),
    "direction": (
        "{source} ends. {target} goes on for both. Nothing is copied, and the merge can be undone.",
        "{source} kết thúc. {target} còn lại cho cả hai. Không sao chép gì, và có thể bỏ gộp.",
    ),
    "refused": ("This merge would be refused. {rule}", "Việc gộp này sẽ bị từ chối. {rule}"),
    "ends": ("Ends", "Kết thúc"),
    "goes_on": ("Goes on", "Còn lại"),
    "afterwards": ("Shown afterwards", "Hiển thị sau khi gộp"),
    "tickets": ("Tickets", "Số phiếu"),
    "open_tickets": ("Open tickets", "Phiếu đang mở"),
    "conflicts": ("What the two say otherwise", "Những điểm khác nhau"),
    "no_conflict": ("Nothing contradicts.", "Không có mâu thuẫn."),
    "conflict_tier": (
        "Tier {one} and {other}: the tier of the one that goes on counts.",
        "Hạng {one} và {other}: tính theo hạng của khách hàng còn lại.",
    ),
    "conflict_party": ("One is {one}, the other {other}.", "Một bên là {one}, bên kia là {other}."),
    "conflict_reference": (
        "References {one} and {other}: both still find the customer.",
        "Mã tham chiếu {one} và {other}: cả hai vẫn tìm thấy khách hàng.",
    ),
    "conflict_detail": (
        "{about}: {one} and {other}. The value of the one that goes on is shown.",
        "{about}: {one} và {other}. Hiển thị giá trị của khách hàng còn lại.",
    ),
    "conflict_verified": (
        "Two verified addresses ({about}): {one} and {other}. Both stay.",
        "Hai địa chỉ đã xác minh ({about}): {one} và {other}. Cả hai được giữ.",
    ),
    "conflict_consent": (
        "Consent to {about}: {one} and {other}. The later word counts.",
        "Đồng ý về {about}: {one} và {other}. Tính theo lần trả lời sau cùng.",
    ),
    "conflict_date": ("{about}: {one} and {other}. Both are kept.", "{about}: {one} và {other}. Cả hai được giữ."),
    "moving": ("Open tickets that go along", "Phiếu đang mở sẽ chuyển theo"),
    "tier_from_now": (
        "From the merge on, their targets follow the tier {tier}.",
        "Từ khi gộp, chỉ tiêu của các phiếu này theo hạng {tier}.",
    ),
    "other_way": ("The other way round", "Gộp theo chiều ngược lại"),
    "stays": (
        (
            "This was recorded on the customer that goes on since the merge. It stays there when the merge is undone."
            " A ticket can be moved by a correction of its customer."
        ),
        (
            "Những nội dung này được ghi vào khách hàng còn lại từ khi gộp. Khi bỏ gộp, chúng vẫn ở đó."
            " Có thể chuyển từng phiếu bằng cách sửa khách hàng của phiếu."
        ),
    ),
    "nothing_since": ("Nothing was recorded since the merge.", "Chưa ghi nhận gì từ khi gộp."),
}
