"""`erasure run` and `erasure certificate`."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, NamedTuple
from uuid import UUID

import typer
from pydantic_core import to_json

from api.cli.erasure.workflow import Customer
from api.cli.locale import language_of
from api.cli.named_streams import CUSTOMER_IDS, look_up_stream, stream_named
from api.cli.options import DEFAULT_TENANT, Data, Lang, Tenant
from api.cli.printing import say, show_json
from api.cli.recording import Who, acting
from api.cli.tenant_database import connected, open_existing, tenant_connection
from api.cli.usage_error import UsageError
from api.database import database
from api.embedded_postgres.server_socket import is_embedded
from api.erasing.certificate_page import certificate_page
from api.erasing.certified_keys import certified_keys
from api.erasing.erasure_runner import Reason, follow, run_erasures
from api.erasing.readings import certificate_of, erasures
from api.erasing.rewriting import NotRewritten, renew_statistics, rewrite
from api.erasing.tenant_keys import key_store_of
from api.erasing.write_ahead_log import remove_write_ahead_log
from api.private_files import write_private
from api.refusal_words import refusal_in
from domain.event_log import reader
from domain.event_log.roles import OWNER
from domain.readable import Language
from domain.refusal import Refusal
from projections.scope.tenant_settings import tenant_settings

RUNNABLE = frozenset({"approved", "started", "keys_destroyed"})
NOT_ALL_DONE = 1
"""The exit code of a run in which an erasure was refused, or after which dead rows may be left."""


class RunWords(NamedTuple):
    """What is answered. The placeholders: ``done`` and ``again`` a number, ``left`` a customer and why, ``dead_rows``
    why, ``written`` a file, ``begins`` a number. ``remains``, ``rewritten`` and ``cleaned`` say what files hold values
    from before.
    """

    begins: str
    rewrites: str
    done: str
    again: str
    nothing: str
    left: str
    dead_rows: str
    remains: str
    rewritten: str
    cleaned: str
    written: str


_WORDS: Mapping[Language, RunWords] = MappingProxyType(
    {
        "en": RunWords(
            begins="Customers to erase: {}. Closing their streams, destroying their keys and bringing tables up to date"
            " takes some seconds.",
            rewrites="Rewriting the tables; it waits for transactions that may see the erased rows.",
            done="Done and certified: {}.",
            again="Keys of certified erasures that are destroyed again: {}.",
            nothing="No erasure is approved.",
            left="Not run: {}: {}.",
            dead_rows="Not rewritten: {}.",
            remains="Dead rows and the write-ahead log hold values from before for a while: see --rewrite.",
            rewritten="No dead row holds values from before. The write-ahead log does until it is recycled, and so do"
            " its archives, replicas and backups.",
            cleaned="No dead row holds values from before, and the write-ahead log of before is removed.",
            written="The certificate is written to {}.",
        ),
        "vi": RunWords(
            begins="Số khách hàng cần xóa dữ liệu: {}. Đang đóng các lịch sử, hủy khóa và cập nhật các bảng, mất vài"
            " giây.",
            rewrites="Đang ghi lại các bảng; phải chờ các giao dịch còn có thể thấy dòng đã xóa.",
            done="Đã xóa và chứng nhận: {}.",
            again="Số khóa được hủy lại của các lần xóa đã chứng nhận: {}.",
            nothing="Không có yêu cầu xóa nào đã được duyệt.",
            left="Chưa chạy: {}: {}.",
            dead_rows="Chưa ghi lại các bảng: {}.",
            remains="Các dòng đã bỏ và nhật ký ghi trước (WAL) còn giữ giá trị cũ một thời gian: xem --rewrite.",
            rewritten="Không còn dòng đã bỏ nào giữ giá trị cũ. Nhật ký ghi trước (WAL) còn giữ cho đến khi được dùng"
            " lại, và các bản lưu trữ, bản sao, bản sao lưu của nó cũng vậy.",
            cleaned="Không còn dòng đã bỏ nào giữ giá trị cũ, và nhật ký ghi trước (WAL) cũ đã được xóa.",
            written="Chứng nhận được ghi vào {}.",
        ),
    }
)


def run(
    customer: Annotated[str | None, typer.Argument(help="The customer; without one, all approved erasures.")] = None,
    rewrite_tables: Annotated[
        bool,
        typer.Option(
            "--rewrite",
            help="Rewrite the tables afterwards, so that no dead row is left on disk; on the embedded server"
            " the write-ahead log of before is removed too.",
        ),
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Destroy again the keys of all certificates, after a restore of the keys.")
    ] = False,
    actor: Who = None,
    language: Lang = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Run an approved erasure, or all of them.

    A run that was killed goes on where it was. Open tickets, tasks, procedures and notifications of the person are
    ended first. An erasure that cannot be run is named with the reason, the others are run, and the exit code is 1.
    """
    by = acting(actor)
    who = None if customer is None else look_up_stream(data, tenant, CUSTOMER_IDS, customer)
    read_in = language_of(data, tenant, language)
    words = _WORDS[read_in]
    left: dict[UUID, Reason] = {}
    alive = 0
    with open_existing(data, tenant, OWNER) as dsn:
        with connected(dsn) as connection:
            store = key_store_of(connection, tenant)
            if again:
                destroyed = certified_keys(connection, tenant)
                alive = store.living(destroyed.keys())
                store.destroy_again(tenant, destroyed)
            follow(dsn, tenant)
            waiting = [each.customer for each in erasures(connection, tenant) if each.state in RUNNABLE]
        customers = waiting if who is None else [who]
        if customers:
            left = run_erasures(dsn, tenant, by, customers, lambda count: say(words.begins.format(count)))
        done = len(customers) - len(left)
        if done and not rewrite_tables:
            with connected(dsn) as connection:
                renew_statistics(connection, tenant)
    dead_rows, is_log_removed = _rewritten(data, tenant, words) if rewrite_tables else (None, False)
    if again:
        say(words.again.format(alive))
    if done or not customers:
        say(words.done.format(done) if done else words.nothing)
    for blocked, why in left.items():
        say(words.left.format(blocked, refusal_in(why, read_in).removesuffix(".") if isinstance(why, Refusal) else why))
    if dead_rows:
        say(words.dead_rows.format(dead_rows.sentences[read_in]))
    elif done or rewrite_tables:
        say(words.cleaned if is_log_removed else words.rewritten if rewrite_tables else words.remains)
    if left or dead_rows:
        raise typer.Exit(NOT_ALL_DONE)


def _rewritten(data: Path | None, tenant: str, words: RunWords) -> tuple[NotRewritten | None, bool]:
    """Rewrites the tables; says why dead rows may be left, and whether the write-ahead log of before was removed.

    It does so under the login of the program: the roles may not rewrite PostgreSQL's statistics.
    """
    say(words.rewrites)
    with database(data) as dsn, connected(dsn) as connection:
        try:
            rewrite(connection, tenant)
        except NotRewritten as why:
            return why, False
        return None, is_embedded(dsn) and remove_write_ahead_log(connection)


def certificate(
    customer: Customer,
    to: Annotated[
        Path | None, typer.Option(help="A file that ends in .html, for a page, or in .json; else JSON is shown.")
    ] = None,
    language: Lang = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Show or write the certificate of an erasure."""
    if to is not None and to.suffix not in {".html", ".json"}:
        raise UsageError(
            f"--to {to} ends in neither .html nor .json: the ending says what is written.",
            f"--to {to} không kết thúc bằng .html hay .json: phần đuôi cho biết ghi dạng nào.",
        )
    with tenant_connection(data, tenant) as connection:
        certified = certificate_of(connection, tenant, stream_named(connection, tenant, CUSTOMER_IDS, customer))
        settings = tenant_settings(connection, tenant, reader.now(connection))
    read_in = language or settings.language
    if certified is None:
        raise UsageError(
            f"The erasure of {customer} is not certified: `erasure show` says how far it is.",
            f"Việc xóa dữ liệu của {customer} chưa được chứng nhận: `erasure show` cho biết đã đến bước nào.",
        )
    if to is None:
        show_json(certified.model_dump(mode="json"))
        return
    if to.suffix == ".html":
        write_private(to, certificate_page(certified, read_in, settings).encode())
    else:
        write_private(to, to_json(certified, indent=2))
    say(_WORDS[read_in].written.format(to))
