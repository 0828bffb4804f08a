"""A draft of a mapping for a list of customers.

Doubtful lines are marked with "# ?".
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import get_args

from api.importing.column_roles import Profile
from api.importing.draft_lines import DraftLines
from api.importing.known_words import COLUMNS
from api.importing.word_meaning import KnownWords
from domain.customer.commands import AddressChannel

CUSTOMER_COLUMNS = KnownWords(
    {
        "customer": """
            customer id|customer code|customer number|customer no|client id|contact id|account number|record id|id|code
            mã khách hàng|mã kh|mã khách|mã số|mã|kundennummer|código|código do cliente|código cliente|numéro client
        """,
        "name": """
            name|full name|customer name|contact name|client name|company name|display name|họ tên|họ và tên
            tên khách hàng|tên khách|họ tên kh|tên kh|tên|nome|nome completo|nombre|nombre completo|nom|nom complet
            имя|фио
        """,
        "phone": """
            phone|phone number|mobile|mobile phone|mobile number|cell phone|telephone|tel|điện thoại|số điện thoại
            sđt|số đt|di động|điện thoại di động|telefon|handy|telefone|celular|teléfono|móvil|téléphone|телефон
        """,
        "email": """
            email|e-mail|email address|e-mail address|mail|thư điện tử|địa chỉ email|correo|correo electrónico|courriel
        """,
        "zalo": "zalo|zalo id|số zalo",
        "facebook": "facebook|facebook id|messenger",
        "tier": """
            tier|customer tier|level|membership|membership level|hạng|hạng khách hàng|hạng thành viên|xếp hạng
        """,
        "registered": """
            created|created at|created on|create date|created date|registered|registered at|registration date
            signup date|customer since|ngày tạo|ngày đăng ký|ngày tham gia|cliente desde|data de cadastro
        """,
        "organisation": """
            company|company id|organisation|organization|account|account name|công ty|mã công ty|tên công ty|đơn vị
            firma|unternehmen|empresa|entreprise|société
        """,
        "role": "job title|title|position|role|chức vụ|chức danh|cargo|fonction",
    }
)
"""From the name of a column of a list of customers to its role."""
_OF_TICKETS = frozenset(
    {"ticket", "subject", "state", "priority", "channel", "first_reply", "resolved", "closed", "due", "comment"}
)
_RATHER_OF_TICKETS = frozenset({"body", "category", "agent", "team"})
"""Roles that make it doubtful that a file lists customers."""


def lists_customers(header: Sequence[str]) -> bool:
    """Whether the columns name and reach customers, and say nothing that only tickets have."""
    roles = {CUSTOMER_COLUMNS.key(name) for name in header}
    return "name" in roles and bool(roles & {*get_args(AddressChannel)}) and not _in_tickets(header, _OF_TICKETS)


def _in_tickets(header: Sequence[str], roles: AbstractSet[str]) -> list[str]:
    """The columns that have one of the roles in tickets, and none in customers."""
    return [name for name in header if COLUMNS.key(name) in roles and name not in CUSTOMER_COLUMNS]


def draft_of_customers(lines: DraftLines, columns: Sequence[Profile], zone: str) -> str:
    """The text of a mapping, behind the lines that say how the file is read."""
    roles: dict[str, Profile] = {}
    for column in columns:
        if role := CUSTOMER_COLUMNS.key(column.name):
            roles.setdefault(role, column)
    naming = next((roles[role] for role in ("customer", *get_args(AddressChannel)) if role in roles), roles["name"])
    doubtful = _in_tickets([column.name for column in columns], _RATHER_OF_TICKETS)
    lines.key("record", "customer", f"tickets have such columns too: {', '.join(doubtful)}" if doubtful else "")
    lines.key("customer", naming.name, "" if "customer" in roles else "what tells customers apart, in every export")
    lines.key("name", roles["name"].name)
    for role in ("organisation", "role", "registered"):
        if role in roles:
            lines.key(role, roles[role].name)
    used = {column.name for column in roles.values()}
    lines.texts("details", [column.name for column in columns if column.name not in used])
    if (registered := roles.get("registered")) and registered.times:
        lines.section("time")
        lines.texts("format", registered.times.formats)
        if registered.times.language:
            lines.key("language", registered.times.language)
        lines.key("zone", zone, "the zone of times that name none")
    if "tier" in roles:
        lines.section("tier")
        lines.key("column", roles["tier"].name)
    for channel in get_args(AddressChannel):
        if channel in roles:
            lines.add("", "[[addresses]]")
            lines.key("column", roles[channel].name)
            lines.key("channel", channel)
    return lines.text()
