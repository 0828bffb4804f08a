#!/usr/bin/env python3
"""Verify an audit bundle: a zip file with lines of a log, and the tree and the signed checkpoint that prove them.

    python verify.py bundle.zip --key KEY [--since CHECKPOINT] [--witness KEY] [--json]

This one file needs Python 3.9 or newer and the package `cryptography`. It reads no other file of the project, no
database and no network. Take it from the published source, not from whoever is audited.

What is checked, in this order:

1. The zip holds the files of the format and nothing else, and each has the SHA-256 that manifest.json says.
2. checkpoint.txt is a C2SP signed note with a valid signature of KEY: an origin, a size and the root of a tree.
   Where several keys of the log are given, the first is the newest, and it must have signed checkpoint.txt; the others
   serve older checkpoints alone.
3. The hashes in tiles/0 give that root (RFC 9162), so they are the hashes that were signed.
4. Each line of events.jsonl has the hash that the tree holds for its position.
5. Without a filter every position from the first to the last is there: the population is complete.
6. Where the bundle is of a period, each line was recorded in it. neighbours.jsonl holds the line before the first
   position and the one after the last, as the tree holds them; they were recorded outside of the period.
7. With --since, the tree of that size has the root of the checkpoint that you kept: nothing before it was changed.
8. With --witness, that witness cosigned one of these checkpoints, and it covers all lines of the bundle. The bundle of
   the desk has no cosignature: give the checkpoint that the witness cosigned with --since.

Exit code 0: proven. 1: not proven; the first bad position or file is named. 2: the input cannot be read.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import shutil
import struct
import sys
import textwrap
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PROVEN, NOT_PROVEN, CANNOT_READ = 0, 1, 2
FORMAT, PERIOD_FORMAT = "ticketledger audit bundle v1", "ticketledger audit bundle of a period v1"
MANIFEST, LINES, CHECKPOINT, KEYS = "manifest.json", "events.jsonl", "checkpoint.txt", "keys.txt"
NEIGHBOURS = "neighbours.jsonl"
EARLIER = re.compile(r"checkpoints/([1-9][0-9]*)\.txt")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FILTERS = ("ticket", "customer", "actor")
HASH_BYTES, TILE_HASHES = 32, 256
MOST_NOTE_BYTES, MOST_LINE_BYTES = 1 << 16, 1 << 24
MOST_MANIFEST_BYTES, MANIFEST_BYTES_OF_FILE = 1 << 22, 200
MOST_INFLATED, MOST_INFLATION = 1 << 28, 200
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
ED25519, COSIGNATURE = 1, 4  # the signature types of C2SP


class NotProven(Exception):  # noqa: N818 -- names the state of things
    """Something in the bundle is not what was signed. ``position`` is None where no single one is wrong."""

    def __init__(self, what: str, file: str, position: int | None = None) -> None:
        super().__init__(what)
        self.what, self.file, self.position = what, file, position

    def __str__(self) -> str:
        return f"{self.file}: {self.what}"


class CannotRead(Exception):  # noqa: N818 -- names the state of things
    """The words or a file cannot be used; nothing was judged."""


# Keys, notes and checkpoints: C2SP signed-note, tlog-checkpoint and tlog-cosignature.


class Key(NamedTuple):
    """A public key in the form of C2SP: ``name+key id in hex+base64 of type and key``."""

    name: str
    id: bytes
    kind: int
    public: Ed25519PublicKey


class Checkpoint(NamedTuple):
    """The root of the tree over the first ``size`` entries. ``text`` is what the signatures cover."""

    origin: str
    size: int
    root: bytes
    text: str
    signatures: list[tuple[str, bytes, bytes]]
    """The name of a key, its id, and the signature."""
    file: str


class Cosigned(NamedTuple):
    """When a witness cosigned a tree, and how many positions that has."""

    at: str
    size: int


def read_key(text: str, kind: int) -> Key:
    """Reads a public key of a signature type. Raises CannotRead."""
    parts = text.strip().split("+", 2)
    try:
        name, hex_id, encoded = parts
        data = strict_base64(encoded)
        key_id = bytes.fromhex(hex_id)
        if not name or data[0] not in (ED25519, COSIGNATURE) or key_id != key_id_of(name, data):
            raise ValueError
        public = Ed25519PublicKey.from_public_bytes(data[1:])
    except (ValueError, IndexError):
        raise CannotRead(
            f"{text.strip()!r} is no public key of the form NAME+ID+BASE64; it is one line, which may have been broken."
        ) from None
    if data[0] != kind:
        meant = "of a log (type 1): give it with --key" if kind == ED25519 else "of a witness (type 4)"
        raise CannotRead(f"The key of {name} has type {data[0]}; a key here is {meant}.")
    return Key(name, key_id, kind, public)


def read_keys(words: Sequence[str], kind: int) -> list[Key]:
    """Reads keys; each word is a key, or a file with a key on each line."""
    lines = []
    for word in words:
        if not word.strip():
            raise CannotRead("An empty text is no public key.")
        is_key = re.fullmatch(r"[^\s+]+\+[0-9a-fA-F]{8}\+[A-Za-z0-9+/=]+", word.strip())
        try:
            texts = [word] if is_key else read_file(word, MOST_NOTE_BYTES).decode("utf-8", "replace").splitlines()
        except CannotRead as error:
            raise CannotRead(f"{error} A public key itself has the form NAME+ID+BASE64.") from None
        lines += [text for text in texts if text.strip() and not text.startswith("#")]
    if words and not lines:
        raise CannotRead("The files of keys hold no key.")
    return [read_key(line, kind) for line in lines]


def key_id_of(name: str, data: bytes) -> bytes:
    """The id of a key. ``data``: the byte of its type and the public key."""
    return hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]


def strict_base64(text: str) -> bytes:
    """The bytes of a base64 text. Raises ValueError for every form but the canonical one."""
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError(text)
    return data


def read_checkpoint(note: bytes, file: str) -> Checkpoint:
    """Reads a signed note whose text is a checkpoint. The signatures are not checked yet. Raises NotProven."""
    try:
        whole = note.decode("utf-8")
        text, blank, rest = whole.rpartition("\n\n")
        origin, size, root, *more = text.split("\n")
        if not blank or more or not origin or not rest.endswith("\n") or re.search(r"[\x00-\x09\x0b-\x1f]", whole):
            raise ValueError
        if not re.fullmatch(r"0|[1-9][0-9]{0,18}", size, re.ASCII) or len(strict_base64(root)) != HASH_BYTES:
            raise ValueError
        signatures = []
        for line in rest[:-1].split("\n"):
            dash, name, encoded = line.split(" ")
            data = strict_base64(encoded)
            if dash != "\u2014" or not name or "+" in name or len(data) <= 4:
                raise ValueError
            signatures.append((name, data[:4], data[4:]))
    except ValueError:
        raise NotProven("this is no signed checkpoint (origin, size, root, signatures)", file) from None
    return Checkpoint(origin, int(size), strict_base64(root), text + "\n", signatures, file)


def check_signature(checkpoint: Checkpoint, keys: Sequence[Key], *, newest: bool = False) -> Key:
    """The key of the log that signed the checkpoint. The name of a log's key is its origin. Raises NotProven.

    ``newest``: it must be the first of the log's keys. One that was replaced may be in other hands.
    """
    named = [key for key in keys if key.name == checkpoint.origin]
    if not named:
        names = ", ".join(sorted({key.name for key in keys}))
        raise NotProven(
            f"the checkpoint is of the log {checkpoint.origin}, and the key that you gave is of {names}: each log has a"
            " key line of its own, which `seal --init` and `checkpoint --log` of the desk print",
            checkpoint.file,
        )
    for key in named[:1] if newest else named:
        if signatures_of(checkpoint, key):
            return key
    which = "the newest key, which is the first" if newest and len(named) > 1 else "the key"
    raise NotProven(f"the checkpoint is not signed by {which} that you gave", checkpoint.file)


def check_witness(checkpoints: Sequence[Checkpoint], witness: Key, last: int) -> Cosigned:
    """The largest of the checkpoints that a witness cosigned; it covers the last position. Raises NotProven."""
    for checkpoint in sorted(checkpoints, key=lambda each: each.size, reverse=True):
        signatures = signatures_of(checkpoint, witness)
        if not signatures:
            continue
        if checkpoint.size < last:
            raise NotProven(
                f"the witness {witness.name} cosigned positions 1 to {checkpoint.size}, and the bundle goes to {last}:"
                f" ask for one that ends with position {checkpoint.size}, or for a later cosignature",
                checkpoint.file,
            )
        seconds = max(struct.unpack(">Q", signature[:8])[0] for signature in signatures)
        return Cosigned((EPOCH + timedelta(seconds=seconds)).isoformat(), checkpoint.size)
    raise NotProven(f"the witness {witness.name} did not cosign the checkpoint or an earlier one of these", CHECKPOINT)


def signatures_of(checkpoint: Checkpoint, key: Key) -> list[bytes]:
    """The signatures by a key; all of them are valid. Raises NotProven for one that is false."""
    signatures = [data for name, key_id, data in checkpoint.signatures if (name, key_id) == (key.name, key.id)]
    for data in signatures:
        try:
            if key.kind == ED25519:
                key.public.verify(data, checkpoint.text.encode())
            else:
                if len(data) != 72 or data[:8] > struct.pack(">Q", 1 << 37):
                    raise InvalidSignature
                head = f"cosignature/v1\ntime {struct.unpack('>Q', data[:8])[0]}\n"
                key.public.verify(data[8:], (head + checkpoint.text).encode())
        except InvalidSignature:
            raise NotProven(f"the signature by {key.name} is false", checkpoint.file) from None
    return signatures


# The zip file. Two programs that read it must see the same files, so nothing may stand between or beside them.


class Bundle:
    """The files of a bundle. Raises CannotRead for a file that is no zip, NotProven for one with other parts."""

    def __init__(self, path: str) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
            with Path(path).open("rb") as file:
                self._check_frame(file)
        except OSError as error:
            raise CannotRead(f"{path} cannot be read: {error.strerror or error}.") from None
        except (zipfile.BadZipFile, struct.error, NotImplementedError, UnicodeError):
            raise CannotRead(f"{path} is no zip file, or a damaged one.") from None
        self.sizes = {info.filename: info.file_size for info in self._zip.infolist()}
        if sum(self.sizes.values()) > MOST_INFLATED + MOST_INFLATION * Path(path).stat().st_size:
            raise CannotRead(f"{path} holds more than {MOST_INFLATION} times its size: no bundle does.")

    def _check_frame(self, file: BinaryIO) -> None:
        """Every byte belongs to one file, the two directories of the zip agree, and each name stands there once."""
        offset, directory, names = 0, 0, set()
        for info in self._zip.infolist():
            name = info.orig_filename
            if name in names or name != info.filename:
                raise NotProven("this file is in the zip twice", name)
            names.add(name)
            if info.header_offset != offset:
                raise NotProven("the zip holds bytes that belong to no file", "the bundle")
            file.seek(offset)
            header = struct.unpack("<4s5H3I2H", file.read(30))
            signature, _, flags, method, _, _, crc, packed, size, name_bytes, extra_bytes = header
            local_name, extra = file.read(name_bytes), file.read(extra_bytes)
            if extra_bytes == 20 and extra[:4] == b"\x01\x00\x10\x00":  # sizes of 8 bytes
                size, packed = struct.unpack("<2Q", extra[4:])
            elif extra_bytes:
                raise NotProven("the zip says more of this file than the format allows", name)
            local = (signature, flags, method, crc, packed, size, local_name)
            central = (b"PK\3\4", 0, info.compress_type, info.CRC, info.compress_size, info.file_size, name.encode())
            if info.flag_bits or local != central or method not in (0, 8):
                raise NotProven("the zip describes this file in two ways", name)
            offset += 30 + name_bytes + extra_bytes + info.compress_size
            directory += 46 + name_bytes + len(info.extra) + len(info.comment)
        end = file.seek(0, 2)
        file.seek(offset + directory)
        ends = file.read(22 + 76)
        has_long_end = (ends[:12], ends[56:60]) == (b"PK\6\6" + struct.pack("<Q", 44), b"PK\6\7")  # sizes of 8 bytes
        if self._zip.comment or end - offset - directory != (22 + 76 if has_long_end else 22):
            raise NotProven("the zip holds bytes that belong to no file", "the bundle")

    def content(self, name: str, most: int) -> bytes:
        """The whole content of a small file."""
        if self.sizes[name] > most:
            raise NotProven(f"the file is larger than {most} bytes", name)
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """The content in pieces."""
        try:
            with self._zip.open(name) as file:
                while True:
                    chunk = file.read(1 << 20)
                    if not chunk:
                        return
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError):
            raise NotProven("the file is damaged", name) from None

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines without their ends. Each must have one."""
        rest = b""
        for chunk in self.chunks(name):
            *whole, rest = (rest + chunk).split(b"\n")
            if max(map(len, (*whole, rest))) > MOST_LINE_BYTES:
                raise NotProven(f"a line is longer than {MOST_LINE_BYTES} bytes", name)
            yield from whole
        if rest:
            raise NotProven("the last line has no end", name)


# The manifest, and the JSON of the lines.


class Manifest(NamedTuple):
    """What the bundle says of itself. ``filters`` is empty for a whole range.

    ``period``: the first and the last instant, ``from`` and ``to``, both included; only PERIOD_FORMAT has it. An end of
    None is not told by time. A period in which nothing was recorded has a ``last`` before its ``first``.
    """

    format: str
    origin: str
    tenant: str
    log: str
    filters: dict[str, str]
    period: dict[str, str | None]
    first: int
    last: int
    lines: int
    size: int
    files: dict[str, str]


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a key is repeated")
    return dict(pairs)


DECODER = json.JSONDecoder(object_pairs_hook=_unrepeated)
INDENTED = json.JSONEncoder(ensure_ascii=False, indent=1)
COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def strict_json(text: bytes, form: json.JSONEncoder, file: str, position: int | None = None) -> Any:
    """The value of a JSON text in the one form that the format writes: no repeated key, no other spacing."""
    try:
        written = text.decode("utf-8")
        value = DECODER.decode(written)
        if form.encode(value) != written:
            raise ValueError("it is not written as the format writes it")
    except (ValueError, RecursionError) as error:
        why = str(error) if type(error) is ValueError else "it is no JSON in UTF-8"
        raise NotProven(f"the JSON cannot be trusted: {why}", file, position) from None
    return value


def read_manifest(bundle: Bundle) -> Manifest:
    """The manifest, whose parts agree with each other and with the files of the bundle."""
    if MANIFEST not in bundle.sizes:
        raise CannotRead(f"This is no audit bundle: it has no {MANIFEST}.")
    most = MOST_MANIFEST_BYTES + MANIFEST_BYTES_OF_FILE * len(bundle.sizes)
    values = strict_json(bundle.content(MANIFEST, most), INDENTED, MANIFEST)
    if not isinstance(values, dict) or values.get("format") not in (FORMAT, PERIOD_FORMAT):
        raise CannotRead(f"This is no {FORMAT!r}: another release of the verifier may read it.")
    of_period = values["format"] == PERIOD_FORMAT
    if tuple(values) != tuple(name for name in Manifest._fields if of_period or name != "period"):
        raise NotProven("it has other fields than the format", MANIFEST)
    manifest = Manifest(**{"period": {}, **values})
    if not has_positions(manifest, of_period):
        raise NotProven("its positions and counts contradict each other", MANIFEST)
    texts = (manifest.origin, manifest.tenant, manifest.log)
    if not all(isinstance(text, str) for text in texts) or manifest.log not in ("events", "access"):
        raise NotProven("it names no log", MANIFEST)
    if manifest.origin.split("/")[-2:] != [manifest.tenant, manifest.log]:
        raise NotProven("its tenant and log are not those of the origin", MANIFEST)
    if not has_texts(manifest.filters) or not has_texts(manifest.files):
        raise NotProven("its filters or files are no texts", MANIFEST)
    if len(manifest.filters) > 1 or not set(manifest.filters) <= set(FILTERS):
        raise NotProven(f"it has another filter than one of {', '.join(FILTERS)}", MANIFEST)
    if of_period and not is_period(manifest.period):
        raise NotProven("its period is not written as the format writes it", MANIFEST)
    check_files(bundle, manifest)
    return manifest


def has_positions(manifest: Manifest, of_period: bool) -> bool:
    """Whether the positions follow each other. A period alone may have no line: then its last is before its first."""
    numbers = (manifest.first, manifest.last, manifest.size, manifest.lines)
    if any(type(number) is not int for number in numbers):
        return False
    first, last, size, _ = numbers
    return 1 <= first <= last + of_period and max(1, last) <= size


def is_period(value: Any) -> bool:
    """Whether a value of JSON is a period with one end or two, of which the first is not after the second."""
    if not isinstance(value, dict) or tuple(value) != ("from", "to"):
        return False
    ends = [end for end in value.values() if end is not None]
    try:
        for end in ends:
            microseconds(end)
    except (TypeError, ValueError, OverflowError, struct.error):
        return False
    return bool(ends) and ends == sorted(ends)


def has_texts(value: Any) -> bool:
    """Whether a value of JSON is an object of texts."""
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


def check_files(bundle: Bundle, manifest: Manifest) -> None:
    """The bundle has the files of the format and of the manifest, with their digests. Raises NotProven."""
    if manifest.size > TILE_HASHES * len(bundle.sizes):
        raise NotProven(f"it says {manifest.size} positions, more than all tiles can hold", MANIFEST)
    tiles = tiles_of(manifest.size)
    there, needed = set(bundle.sizes) - {MANIFEST}, {LINES, CHECKPOINT, KEYS, *tiles}
    needed |= {NEIGHBOURS} if manifest.period else set()
    allowed = needed | {name for name in there if EARLIER.fullmatch(name)}
    for name in sorted(there - allowed):
        raise NotProven("this file does not belong into the bundle", name)
    for name in sorted((needed | set(manifest.files)) - there):
        raise NotProven("this file is missing from the bundle", name)
    for name in sorted(there):
        if name in tiles and bundle.sizes[name] != HASH_BYTES * tiles[name]:
            raise NotProven(f"a tile of {tiles[name]} hashes has another size", name)
        digest = hashlib.sha256()
        for chunk in bundle.chunks(name):
            digest.update(chunk)
        if manifest.files.get(name) != digest.hexdigest():
            raise NotProven("the file has another SHA-256 than the manifest says", name)


# The tree: RFC 9162, in tiles of 256 hashes (C2SP tlog-tiles).


def leaf_hash(data: bytes) -> bytes:
    """The hash of an entry."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over two others."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over hashes of one level: the last of an odd number moves up as it is."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    level = list(hashes)
    while len(level) > 1:
        pairs = [node_hash(level[n], level[n + 1]) for n in range(0, len(level) - 1, 2)]
        level = pairs + level[len(level) - len(level) % 2 :]
    return level[0]


def tiles_of(size: int) -> dict[str, int]:
    """The tiles of a tree of that size, with the number of hashes in each."""
    tiles, level = {}, 0
    while size:
        for tile in range((size + TILE_HASHES - 1) // TILE_HASHES):
            tiles[f"tiles/{level}/{tile}"] = min(TILE_HASHES, size - tile * TILE_HASHES)
        level, size = level + 1, size // TILE_HASHES
    return tiles


class Tree:
    """The tree over the hashes in tiles/0. Tiles of higher levels are not used, only compared."""

    def __init__(self, bundle: Bundle, size: int) -> None:
        self._bundle, self.size = bundle, size
        self._last: tuple[str, list[bytes]] = ("", [])
        self._full = [root_of(self.tile(0, tile)) for tile in range(size // TILE_HASHES)]

    def tile(self, level: int, tile: int) -> list[bytes]:
        """The hashes of a tile as the bundle has it."""
        name = f"tiles/{level}/{tile}"
        if self._last[0] != name:
            content = self._bundle.content(name, HASH_BYTES * TILE_HASHES)
            hashes = [content[n : n + HASH_BYTES] for n in range(0, len(content), HASH_BYTES)]
            self._last = (name, hashes)
        return self._last[1]

    def leaf(self, position: int) -> bytes:
        """The hash at a position; positions begin with 1."""
        return self.tile(0, (position - 1) // TILE_HASHES)[(position - 1) % TILE_HASHES]

    def root(self, size: int) -> bytes:
        """The root over the first ``size`` entries. A tree of full tiles is a tree over their roots."""
        full, more = divmod(size, TILE_HASHES)
        roots = self._full[:full]
        return root_of([*roots, root_of(self.tile(0, full)[:more])] if more else roots)

    def position_of(self, leaf: bytes) -> int | None:
        """Where the tree holds a hash; None: nowhere."""
        for tile in range((self.size + TILE_HASHES - 1) // TILE_HASHES):
            if leaf in self.tile(0, tile):
                return tile * TILE_HASHES + self.tile(0, tile).index(leaf) + 1
        return None

    def check(self, checkpoint: Checkpoint) -> None:
        """The hashes give the signed root, and each tile of a higher level the hashes below it. Raises NotProven."""
        is_signed = self.root(self.size) == checkpoint.root
        below, level = self._full, 1
        while below:
            for number, made in enumerate(below):
                tile, index = divmod(number, TILE_HASHES)
                if self.tile(level, tile)[index] == made:
                    continue
                upper, lower = f"tiles/{level}/{tile}", f"tiles/{level - 1}/{number}"
                if is_signed:
                    raise NotProven(f"hash {index + 1} of this tile is not that of {lower}", upper)
                first = number * TILE_HASHES**level + 1
                last = first + TILE_HASHES**level - 1
                raise NotProven(f"the hashes of positions {first} to {last} are not those below {upper}", lower, first)
            full = len(below) // TILE_HASHES
            below = [root_of(below[n * TILE_HASHES : (n + 1) * TILE_HASHES]) for n in range(full)]
            level += 1
        if not is_signed:
            raise NotProven("the hashes of the tree do not give the root that the checkpoint signs", "tiles/0")


# The lines.


def leaf_of_event(line: dict[str, Any]) -> bytes:
    """The hash of an event: its fields, each behind its length in 4 bytes."""
    return leaf_of(
        b"ticketledger event v1",
        uuid_bytes(line["stream"]),
        struct.pack(">q", line["version"]),
        line["topic"].encode(),
        microseconds(line["recorded_at"]),
        line["state"].encode(),
    )


def leaf_of_access(line: dict[str, Any]) -> bytes:
    """The hash of an entry of the access journal."""
    return leaf_of(b"ticketledger access v1", microseconds(line["at"]), line["entry"].encode())


def leaf_of(*fields: bytes) -> bytes:
    """The hash of an entry of these fields."""
    return leaf_hash(b"".join(struct.pack(">I", len(field)) + field for field in fields))


def uuid_bytes(text: str) -> bytes:
    """The 16 bytes of a UUID. Raises ValueError for another form than the canonical one."""
    if not UUID.fullmatch(text):
        raise ValueError(text)
    return bytes.fromhex(text.replace("-", ""))


def microseconds(instant: str) -> bytes:
    """The microseconds since 1970 of an instant in UTC, in 8 bytes. Raises ValueError for another form of it."""
    at = datetime.fromisoformat(instant)
    if at.isoformat(timespec="microseconds") != instant or at.utcoffset() != timedelta(0):
        raise ValueError(instant)
    return struct.pack(">q", (at - EPOCH) // timedelta(microseconds=1))


FORMS = {
    "events": (
        {"position": int, "stream": str, "version": int, "topic": str, "recorded_at": str, "state": str},
        leaf_of_event,
    ),
    "access": ({"position": int, "at": str, "entry": str}, leaf_of_access),
}


def check_lines(bundle: Bundle, manifest: Manifest, tree: Tree) -> list[str]:
    """Each line is what the tree holds at its position; without a filter none is missing. Raises NotProven.

    Returns when the first line and the last one were recorded.
    """
    times: list[str] = []
    before, count = manifest.first - 1, 0
    for text in bundle.lines(LINES):
        count += 1
        line = read_line(text, manifest.log, LINES, before + 1)
        check_order(line.position, before, manifest)
        check_leaf(line, tree, LINES)
        begin, end = manifest.period.get("from"), manifest.period.get("to")
        if (begin is not None and line.at < begin) or (end is not None and line.at > end):
            what = f"position {line.position} was recorded at {line.at}, outside of the period"
            raise NotProven(what, LINES, line.position)
        before = line.position
        times[1 if times else 0 :] = [line.at]
    if not manifest.filters and before != manifest.last:
        raise NotProven(f"position {before + 1} is missing: the lines end before it", LINES, before + 1)
    if count != manifest.lines:
        raise NotProven(f"it says {manifest.lines} lines, and there are {count}", MANIFEST)
    return times


class Line(NamedTuple):
    """A line of a log: its position, when it was recorded, and its hash."""

    position: int
    at: str
    leaf: bytes


def read_line(text: bytes, log: str, file: str, expected: int) -> Line:
    """Reads a line in the one form of the format. Raises NotProven, at the position that is expected."""
    fields, leaf_of_line = FORMS[log]
    line = strict_json(text, COMPACT, file, expected)
    if not isinstance(line, dict) or {name: type(value) for name, value in line.items()} != fields:
        raise NotProven(f"the line of position {expected} has other fields than the format", file, expected)
    position = line["position"]
    try:
        return Line(position, line["recorded_at" if log == "events" else "at"], leaf_of_line(line))
    except (ValueError, OverflowError, struct.error):
        raise NotProven(f"position {position} is not written as the format writes it", file, position) from None


def check_leaf(line: Line, tree: Tree, file: str) -> None:
    """The tree holds the line at its position. Raises NotProven."""
    if line.leaf == tree.leaf(line.position):
        return
    elsewhere = tree.position_of(line.leaf)
    what = "is not what was sealed" if elsewhere is None else f"is what was sealed at position {elsewhere}"
    raise NotProven(f"the line of position {line.position} {what}", file, line.position)


def check_neighbours(bundle: Bundle, manifest: Manifest, tree: Tree) -> list[Line]:
    """The lines before and after the period, where the log has them; they lie outside of it. Raises NotProven."""
    begin, end = manifest.period.get("from"), manifest.period.get("to")
    expected: list[tuple[int, str, str]] = []
    if begin is not None and manifest.first > 1:
        expected.append((manifest.first - 1, "before", begin))
    if end is not None and manifest.last < manifest.size:
        expected.append((manifest.last + 1, "after", end))
    lines: list[Line] = []
    for text in bundle.lines(NEIGHBOURS) if manifest.period else ():
        if len(lines) == len(expected):
            raise NotProven("it holds more than the lines beside the period", NEIGHBOURS)
        position, side, bound = expected[len(lines)]
        line = read_line(text, manifest.log, NEIGHBOURS, position)
        if line.position != position:
            raise NotProven(f"position {position} is missing: the line {side} the period", NEIGHBOURS, position)
        check_leaf(line, tree, NEIGHBOURS)
        if line.at >= bound if side == "before" else line.at <= bound:
            what = f"position {position} was recorded at {line.at}: it is not {side} the period, so that lines are cut"
            raise NotProven(what, NEIGHBOURS, position)
        lines.append(line)
    if len(lines) < len(expected):
        position, side, _ = expected[len(lines)]
        raise NotProven(f"position {position} is missing: the line {side} the period", NEIGHBOURS, position)
    if manifest.last < manifest.first and "after" not in [side for _, side, _ in expected]:
        raise NotProven("it has no position of the period and no line after it: nothing is proven", MANIFEST)
    return lines


def check_order(position: int, before: int, manifest: Manifest) -> None:
    """A position follows the one before it. Without a filter it is the next one. Raises NotProven."""
    if not manifest.first <= position <= manifest.last:
        raise NotProven(f"position {position} lies outside of the range of the manifest", LINES, position)
    if position <= before:
        raise NotProven(f"position {position} stands behind position {before}", LINES, position)
    if not manifest.filters and position != before + 1:
        raise NotProven(f"position {before + 1} is missing: position {position} follows", LINES, before + 1)


# The verdict.


def verify(path: str, keys: Sequence[Key], since: bytes | None, witnesses: Sequence[Key]) -> dict[str, Any]:
    """What the bundle proves, with its facts. Raises NotProven and CannotRead."""
    kept = None if since is None else read_kept(since, keys)
    bundle = Bundle(path)
    manifest = read_manifest(bundle)
    checkpoint = read_checkpoint(bundle.content(CHECKPOINT, MOST_NOTE_BYTES), CHECKPOINT)
    key = check_signature(checkpoint, keys, newest=True)
    if checkpoint.origin != manifest.origin or checkpoint.size != manifest.size:
        raise NotProven("its origin or size is not that of the checkpoint", MANIFEST)
    if kept is not None and kept.origin == checkpoint.origin and kept.size > checkpoint.size:
        raise NotProven(
            f"the checkpoint covers {checkpoint.size} positions, and the one that you kept covers {kept.size}:"
            " positions were cut off, or an older checkpoint was put in its place",
            CHECKPOINT,
        )
    tree = Tree(bundle, checkpoint.size)
    check_tree(bundle, manifest, tree, checkpoint)
    signed = [checkpoint] if kept is None else [checkpoint, kept]
    for name in sorted(filter(EARLIER.fullmatch, bundle.sizes)):
        earlier = read_checkpoint(bundle.content(name, MOST_NOTE_BYTES), name)
        check_signature(earlier, keys)
        if name != f"checkpoints/{earlier.size}.txt":
            raise NotProven("the name of the file is not the size of its checkpoint", name)
        check_consistency(tree, checkpoint, earlier)
        signed.append(earlier)
    if kept is not None:
        check_consistency(tree, checkpoint, kept)
    times = check_lines(bundle, manifest, tree)
    neighbours = check_neighbours(bundle, manifest, tree)
    last = max([manifest.last, *(line.position for line in neighbours)])
    cosigned = {witness.name: check_witness(signed, witness, last) for witness in witnesses}
    return {
        "verdict": "included" if manifest.filters else "complete",
        "proven": True,
        "sentences": sentences(manifest, times, neighbours, key, kept, cosigned),
        **{name: value for name, value in manifest._asdict().items() if name not in ("format", "files")},
        "recorded": times,
        "neighbours": [{"position": line.position, "recorded": line.at} for line in neighbours],
        "tree_ends": manifest.last == manifest.size,
        "root": checkpoint.root.hex(),
        "signed_by": key.name,
        "consistent_with": kept and kept.size,
        "cosigned": {name: each.at for name, each in cosigned.items()},
    }


def check_tree(bundle: Bundle, manifest: Manifest, tree: Tree, checkpoint: Checkpoint) -> None:
    """The tree is the signed one. Raises NotProven, with a position where a hash is not that of its line."""
    try:
        tree.check(checkpoint)
    except NotProven as error:
        if error.file.startswith("tiles/0"):
            try:
                check_lines(bundle, manifest, tree)
            except NotProven as failure:
                what = f"{error.what}; {failure.what}"
                raise NotProven(what, error.file, failure.position) from None
        raise


def read_kept(note: bytes, keys: Sequence[Key]) -> Checkpoint:
    """The checkpoint that the auditor kept. Raises CannotRead for one that proves nothing."""
    try:
        kept = read_checkpoint(note, "the checkpoint that you kept")
        check_signature(kept, keys)
    except NotProven as error:
        raise CannotRead(f"{error}. Give the key of that time as well (--key may be repeated).") from None
    return kept


def check_consistency(tree: Tree, checkpoint: Checkpoint, older: Checkpoint) -> None:
    """The tree begins with that of an older checkpoint. Raises NotProven."""
    if older.origin != checkpoint.origin:
        raise NotProven(f"it is of another log, {older.origin}", older.file)
    if older.size > checkpoint.size:
        raise NotProven(f"it covers more positions than {CHECKPOINT}", older.file)
    if tree.root(older.size) != older.root:
        raise NotProven(
            f"this history is not the one of which a checkpoint of {older.size} positions was signed:"
            f" at least one of positions 1 to {older.size} was changed after that, or there are two histories",
            older.file,
        )


def sentence_of_period(manifest: Manifest, neighbours: list[Line]) -> str:
    """From when to when the bundle is complete, and by which neighbours."""
    begin, end = manifest.period["from"], manifest.period["to"]
    tree_ends = end is not None and manifest.last == manifest.size
    what = f"Positions {manifest.first} to {manifest.last} are all that were recorded"
    if manifest.last < manifest.first:
        what = "Nothing was recorded"
    elif not manifest.filters:
        what = "It is complete"
    since = f"from position {manifest.first}" if begin is None else f"from {begin}"
    until = f"to position {manifest.last}" if end is None or tree_ends else f"to {end}"
    why = [f"position {line.position} was recorded at {line.at}" for line in neighbours]
    if begin is not None and manifest.first == 1:
        why.insert(0, "position 1 is the first of the log")
    if tree_ends:
        why.append(f"the tree ends there, so what was recorded later, until {end}, is not in it")
    return f"{what} {since} {until}: {', and '.join(why)}. Times of a log do not fall as positions rise."


def sentences(
    manifest: Manifest,
    times: list[str],
    neighbours: list[Line],
    key: Key,
    kept: Checkpoint | None,
    cosigned: dict[str, Cosigned],
) -> list[str]:
    """What is proven, and what is not, for people."""
    log = "events" if manifest.log == "events" else "entries of the access journal"
    lines = []
    if not manifest.lines and manifest.period and not manifest.filters:
        pass  # the sentence of the period follows
    elif not manifest.lines:
        lines.append("It holds no line; nothing is proven about lines.")
    elif manifest.filters:
        ((name, value),) = manifest.filters.items()
        lines.append(
            f"Each of the {manifest.lines} lines is included: it is one of the {log} of {manifest.tenant},"
            " at its position, exactly as sealed."
        )
        lines.append(
            f"NOT proven: that these are all lines of the {name} {value} from position {manifest.first} to"
            f" {manifest.last}, and only those. A bundle without a filter proves the whole range."
        )
    else:
        lines.append(
            f"The population is complete: positions {manifest.first} to {manifest.last} of the {log} of"
            f" {manifest.tenant}, {manifest.lines} lines, none missing, none added, none altered, in their order."
        )
    if manifest.period:
        lines.append(sentence_of_period(manifest, neighbours))
    lines.append(f"The tree of {manifest.size} positions is signed by {key.name}, key {key.id.hex()}.")
    if times:
        lines.append(f"The first line was recorded at {times[0]}, the last one at {times[-1]}.")
    if manifest.first > 1 or manifest.last < manifest.size:
        there = [manifest.first, manifest.last, *(line.position for line in neighbours)]
        gaps = [(1, min(there) - 1), (max(there) + 1, manifest.size)]
        absent = " and ".join(f"{first} to {last}" for first, last in gaps if first <= last)
        lines.append(f"The bundle does not have positions {absent}: nothing is proven of their content.")
    if kept is not None and kept.size == 0:
        lines.append("The checkpoint that you kept (--since) covers no position, so it proves nothing.")
    elif kept is None:
        lines.append("No kept checkpoint was given (--since): a history that was replaced as a whole is not excluded.")
    else:
        lines.append(f"It is consistent with the checkpoint that you kept: positions 1 to {kept.size} are unchanged.")
    lines += [
        f"The witness {name} cosigned the tree of {size} positions at {at}." for name, (at, size) in cosigned.items()
    ]
    return lines


def read_file(path: str, most: int) -> bytes:
    """The content of a small file. Raises CannotRead."""
    try:
        with Path(path).open("rb") as file:
            content = file.read(most + 1)
    except (OSError, ValueError) as error:
        raise CannotRead(f"{path!r} cannot be read: {getattr(error, 'strerror', None) or error}.") from None
    if len(content) > most:
        raise CannotRead(f"{path!r} is larger than {most} bytes.")
    return content


def judge(
    path: str, keys: Sequence[str], since: str | None = None, witnesses: Sequence[str] = ()
) -> tuple[int, dict[str, Any]]:
    """The exit code and the answer. Keys are texts or files, ``since`` is a file."""
    try:
        trusted, cosigners = read_keys(keys, ED25519), read_keys(witnesses, COSIGNATURE)
        note = None if since is None else read_file(since, MOST_NOTE_BYTES)
        return PROVEN, verify(path, trusted, note, cosigners)
    except NotProven as error:
        answer = {"verdict": "not_proven", "proven": False, "sentences": [f"{error}."]}
        return NOT_PROVEN, {**answer, "file": error.file, "position": error.position, "what": error.what}
    except CannotRead as error:
        return CANNOT_READ, {"verdict": "cannot_read", "proven": False, "sentences": [str(error)]}
    except Exception as error:  # noqa: BLE001 -- whatever a made-up file raises, MemoryError too, is an answer
        why = f"The bundle cannot be judged: {type(error).__name__}."
        return CANNOT_READ, {"verdict": "cannot_read", "proven": False, "sentences": [why]}


def shown(answer: dict[str, Any], width: int | None) -> str:
    """An answer for people. Its lines have ``width`` letters; without one a sentence is a line."""
    head = {"not_proven": "NOT PROVEN", "cannot_read": "CANNOT BE READ"}.get(answer["verdict"], "PROVEN")
    lines = [f"  {printable(sentence)}" for sentence in answer["sentences"]]
    if width is not None:
        form = textwrap.TextWrapper(width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
        lines = [line for sentence in lines for line in form.wrap(sentence)]
    return "\n".join([head, *lines])


def terminal_width() -> int | None:
    """How many letters a line of the terminal has; None for an output that is no terminal."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def printable(text: str) -> str:
    """A text whose control and direction characters are escapes: words of a bundle cannot change what is shown."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def main(words: Sequence[str] | None = None) -> int:
    """Reads the words of the command line, prints the answer and returns the exit code."""
    parser = argparse.ArgumentParser(prog="verify.py", description="Verify an audit bundle offline.")
    parser.add_argument("bundle", help="the zip file")
    parser.add_argument("--key", action="append", required=True, help="a public key of the log, or a file of them")
    parser.add_argument("--since", metavar="CHECKPOINT", help="a file with a checkpoint that you kept")
    parser.add_argument(
        "--witness", action="append", default=[], help="the public key of a witness that must have cosigned"
    )
    parser.add_argument("--json", action="store_true", help="answer in JSON, for programs")
    arguments = parser.parse_args(words)
    code, answer = judge(arguments.bundle, arguments.key, arguments.since, arguments.witness)
    text = json.dumps(answer, ensure_ascii=False, indent=1) if arguments.json else shown(answer, terminal_width())
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace") + b"\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
