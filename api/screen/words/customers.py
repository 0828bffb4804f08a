"""The words of the list of customers."""

from collections.abc import Mapping

CUSTOMERS: Mapping[str, tuple[str, str]] = {
    "menu": ("Customers", "Khách hàng"),
    "more_than": ("more than {count}", "hơn {count}"),
    "title": ("Customers", "Khách hàng"),
    "search": ("Search", "Tìm kiếm"),
    "what": (
        "Name, phone number, e-mail address, reference, or words of a ticket's subject",
        "Tên, số điện thoại, địa chỉ email, mã tham chiếu, hoặc từ trong tiêu đề phiếu",
    ),
    "find": ("Search", "Tìm"),
    "customers": ("Customers found", "Khách hàng tìm thấy"),
    "tickets": ("Tickets found", "Phiếu tìm thấy"),
    "matched": ("Found by", "Tìm thấy theo"),
    "once": ("found as {name}, who is merged", "tìm thấy là {name}, đã gộp"),
    "newest": ("Newest customers", "Khách hàng mới nhất"),
    "nobody": ("No customer is registered yet.", "Chưa có khách hàng nào được đăng ký."),
    "matches": ("Who may be the same person", "Ai có thể là cùng một người"),
    "alike": ("Alike:", "Giống nhau:"),
    "accept": ("The same person: merge", "Cùng một người: gộp"),
    "refuse": ("Two different persons", "Hai người khác nhau"),
    "register": ("Register a customer", "Đăng ký khách hàng"),
}
