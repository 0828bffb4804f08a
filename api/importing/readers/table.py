"""A source file of any format as rows under a header."""

import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from api.importing.columns import unique_names
from api.importing.file_format import FileFormat
from api.importing.readers.archive import kind_of, unpacked_gzip, unpacked_zip
from api.importing.readers.csv_file import read_csv
from api.importing.readers.excel_file import read_excel
from api.importing.readers.json_file import read_json
from api.importing.readers.lines import RecordTooLarge
from api.importing.rows import Row, SourceTable, UnreadableFile, check_width

_READERS = {"workbook": read_excel, "json": read_json, "text": read_csv}


@contextmanager
def opened_table(path: Path, form: FileFormat) -> Iterator[SourceTable]:
    """Opens the file and yields its table. Raises UnreadableFile, also while rows are read."""
    with ExitStack() as stack:
        with _naming(path):
            file = cast("BinaryIO", stack.enter_context(path.open("rb")))
            content, packed = file, ""
            kind = kind_of(content)
            if kind == "gzip":
                content, packed = stack.enter_context(unpacked_gzip(content)), ", packed by gzip"
            elif kind == "zip":
                name, content = stack.enter_context(unpacked_zip(content))
                packed = f", the file {name} of a zip archive"
            if packed:
                kind = kind_of(content)
            if kind not in _READERS:
                raise UnreadableFile("It is an archive inside an archive: unpack it first.")
            names, read_as, rows = _READERS[kind](content, form, stack)
            check_width(len(names))
            rows = stack.enter_context(closing(_guarded(path, rows)))
        yield SourceTable(unique_names(names), read_as + packed, rows, file.tell)


def _guarded(path: Path, rows: Iterator[Row]) -> Generator[Row, None, None]:
    with _naming(path):
        yield from rows


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    try:
        yield
    except UnreadableFile as error:
        raise UnreadableFile(f"{path} cannot be imported. {error}") from error
    except RecordTooLarge as error:
        raise UnreadableFile(f"{path} cannot be imported. One of its first lines is too long.") from error
    except UnicodeError as error:
        raise UnreadableFile(
            f"{path} cannot be imported. It is not in the encoding that the mapping names: write the right one as"
            " `encoding`."
        ) from error
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        if isinstance(error, OSError) and error.strerror:
            raise UnreadableFile(f"{path} cannot be read: {error.strerror}.") from error
        raise UnreadableFile(
            f"{path} cannot be imported. It is damaged or was cut off: export it or copy it again."
        ) from error
