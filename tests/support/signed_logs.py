"""A second implementation of trees, signed notes and audit bundles, to judge the product's with.

It is written from RFC 9162 and the C2SP documents, slow and plain, and shares no code with the product.
"""

import base64
import hashlib
import io
import json
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Entry = dict[str, Any]
Period = tuple[str | None, str | None]
"""The first and the last instant of a period; None: that end is not told by time."""
START = datetime(2026, 3, 1, 8, tzinfo=UTC)


def root(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 9162, 2.1.1, over leaf hashes."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + root(leaves[:split]) + root(leaves[split:])).digest()


def tiles(leaves: Sequence[bytes]) -> dict[str, bytes]:
    """Each tile by its name in a bundle."""
    by_name, level = dict[str, bytes](), 0
    while 256**level <= len(leaves):
        width = 256**level
        hashes = [root(leaves[n * width : (n + 1) * width]) for n in range(len(leaves) // width)]
        for tile in range(0, len(hashes), 256):
            by_name[f"tiles/{level}/{tile // 256}"] = b"".join(hashes[tile : tile + 256])
        level += 1
    return by_name


def leaf(entry: Entry) -> bytes:
    """The hash of an event or of an entry of the access journal."""

    def instant(text: str) -> bytes:
        since = datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)
        return (since // timedelta(microseconds=1)).to_bytes(8, "big", signed=True)

    if "entry" in entry:
        fields = [b"ticketledger access v1", instant(entry["at"]), entry["entry"].encode()]
    else:
        fields = [
            b"ticketledger event v1",
            UUID(entry["stream"]).bytes,
            entry["version"].to_bytes(8, "big"),
            entry["topic"].encode(),
            instant(entry["recorded_at"]),
            entry["state"].encode(),
        ]
    return hashlib.sha256(b"\0" + b"".join(len(part).to_bytes(4, "big") + part for part in fields)).digest()


@dataclass(frozen=True)
class Signer:
    """A key with a name. ``kind`` 1 signs notes, 4 cosigns checkpoints."""

    name: str
    kind: int = 1
    secret: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def _data(self) -> bytes:
        return bytes([self.kind]) + self.secret.public_key().public_bytes_raw()

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + self._data).digest()[:4]

    @property
    def public(self) -> str:
        """The public key as C2SP writes it."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(self._data).decode()}"

    def line(self, text: str, at: int = 1_772_000_000) -> str:
        """The signature line of a text."""
        signature = self.secret.sign(text.encode())
        if self.kind == 4:
            stamp = self.secret.sign(f"cosignature/v1\ntime {at}\n{text}".encode())
            signature = struct.pack(">Q", at) + stamp
        return f"\u2014 {self.name} {base64.b64encode(self.id + signature).decode()}\n"


def checkpoint(leaves: Sequence[bytes], origin: str, *signers: Signer) -> bytes:
    """The signed note of a tree over these leaves."""
    text = f"{origin}\n{len(leaves)}\n{base64.b64encode(root(leaves)).decode()}\n"
    return (text + "\n" + "".join(signer.line(text) for signer in signers)).encode()


def compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class SignedLog:
    """A log of a tenant with the key that signs it."""

    entries: Sequence[Entry]
    origin: str
    signer: Signer

    @property
    def leaves(self) -> list[bytes]:
        return [leaf(entry) for entry in self.entries]

    @property
    def log(self) -> str:
        return self.origin.rpartition("/")[2]

    def with_entries(self, entries: Sequence[Entry]) -> "SignedLog":
        """The same log with another history."""
        return replace(self, entries=entries)

    def checkpoint(self, size: int | None = None, *witnesses: Signer) -> bytes:
        """The checkpoint of the first entries."""
        return checkpoint(self.leaves[:size], self.origin, self.signer, *witnesses)

    def at(self, position: int) -> str:
        """When an entry was recorded."""
        entry = self.entries[position - 1]
        return str(entry.get("recorded_at", entry.get("at")))

    def lines(self, positions: Iterable[int]) -> list[bytes]:
        """The lines of some positions."""
        return [(compact({"position": n, **self.entries[n - 1]}) + "\n").encode() for n in positions]

    def parts(
        self,
        first: int = 1,
        last: int | None = None,
        *,
        positions: Sequence[int] | None = None,
        filters: Mapping[str, str] | None = None,
        witnesses: Sequence[Signer] = (),
        period: Period | None = None,
    ) -> dict[str, bytes]:
        """The files of a bundle, without the manifest's digests: ``packed`` adds them.

        Of a period the lines beside ``first`` and ``last`` are added where the period has an end.
        """
        last = len(self.entries) if last is None else last
        chosen = range(first, last + 1) if positions is None else positions
        begin, end = period or (None, None)
        beside = [n for n, of in ((first - 1, begin), (last + 1, end)) if of and 0 < n <= len(self.entries)]
        lines = self.lines(chosen)
        manifest = {
            "format": f"ticketledger audit bundle {'of a period ' if period else ''}v1",
            "origin": self.origin,
            "tenant": self.origin.split("/")[-2],
            "log": self.log,
            "filters": dict(filters or {}),
            **({"period": {"from": begin, "to": end}} if period else {}),
            "first": first,
            "last": last,
            "lines": len(lines),
            "size": len(self.entries),
        }
        return {
            "events.jsonl": b"".join(lines),
            **({"neighbours.jsonl": b"".join(self.lines(beside))} if period else {}),
            "checkpoint.txt": self.checkpoint(None, *witnesses),
            "keys.txt": f"{self.signer.public}\n".encode(),
            **tiles(self.leaves),
            "manifest.json": json.dumps(manifest, ensure_ascii=False, indent=1).encode(),
        }


def packed(parts: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED, /, **manifest_fields: object) -> bytes:
    """The zip of the files, with a manifest that knows their digests; ``manifest_fields`` replace what it says."""
    files = {name: hashlib.sha256(content).hexdigest() for name, content in parts.items() if name != "manifest.json"}
    manifest = {**json.loads(parts["manifest.json"]), "files": files, **manifest_fields}
    return zipped({**parts, "manifest.json": json.dumps(manifest, ensure_ascii=False, indent=1).encode()}, compression)


def zipped(parts: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The zip of these files as they are."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, compression)
    return output.getvalue()


def unpacked(content: bytes) -> dict[str, bytes]:
    """The files of a zip."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def made_up_log(count: int, log: str = "events", tenant: str = "default", origin: str | None = None) -> SignedLog:
    """A log of that many entries, with a new key."""
    origin = origin or f"ticketledger/00000000-0000-4000-8000-000000000000/{tenant}/{log}"
    made = [_access(n) if log == "access" else _event(n) for n in range(1, count + 1)]
    return SignedLog(made, origin, Signer(origin))


def _at(n: int) -> str:
    return (START + timedelta(seconds=n)).isoformat(timespec="microseconds")


def _event(n: int) -> Entry:
    state = compact({"payload": {"subject": f"Hóa đơn số {n}"}, "actor": {"id": "lan"}})
    stream = str(UUID(int=n % 7 + 1))
    return {"stream": stream, "version": (n - 1) // 7 + 1, "topic": "ticket.received", "recorded_at": _at(n),
            "state": state}  # fmt: skip


def _access(n: int) -> Entry:
    return {"at": _at(n), "entry": compact({"who": {"id": "linh"}, "what": "read", "rows": n})}
