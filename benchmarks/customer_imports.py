"""Rows of a list of customers a second, into the log."""

import csv
import tempfile
import time
from pathlib import Path
from random import Random

from api.importing.mapping import RECORDS
from api.importing.records.importer import import_records
from api.importing.records.mapping import CustomerMapping, read_any_mapping
from api.migrations import migrate
from benchmarks.figure import Figure
from benchmarks.imports import cost
from benchmarks.log_filling import SEED
from benchmarks.processor_time import of_this_process

TENANT = "default"
ASKED_FOR = 5_000


def measure(dsn: str, *, quick: bool) -> list[Figure]:
    """A file in the shape of the mapping of customers, each with a telephone number or an e-mail address; twice."""
    migrate(dsn, TENANT)
    with tempfile.TemporaryDirectory() as folder:
        path, rejects = Path(folder) / "customers.csv", Path(folder) / "rejected.csv"
        rows = write_customers(path, 50_000 if quick else 200_000)
        mapping = read_any_mapping(RECORDS / "customers.toml")
        assert isinstance(mapping, CustomerMapping)
        start, used = time.perf_counter(), of_this_process()
        outcome = import_records(dsn, TENANT, path, mapping, rejects)
        recorded, used = time.perf_counter() - start, of_this_process() - used
        assert outcome.recorded == rows, rejects.read_text()[:500]
        again = import_records(dsn, TENANT, path, mapping, rejects)
        repeated = time.perf_counter() - start - recorded
        assert again.known == rows, again
    again_at = f"the same file again at {rows / repeated:,.0f} rows/s"
    note = f"{rows:,} rows, {outcome.events:,} events; {again_at}; {cost(used, rows)}"
    return [Figure("import of customers", rows / recorded, "rows/s", "asked for", ASKED_FOR, 1.0, note=note)]


def write_customers(path: Path, rows: int) -> int:
    """Customers with one address each, a tier and a city; returns how many."""
    random = Random(SEED)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "name", "tier", "email", "phone", "city"))
        for number in range(rows):
            by_mail = random.random() < 0.5
            email = f"khach{number}@example.vn" if by_mail else ""
            phone = "" if by_mail else f"09{number:08}"
            tier, city = random.choice(("standard", "gold")), random.choice(("Hà Nội", "Huế", "Đà Nẵng"))
            writer.writerow((f"K{number}", f"Nguyễn Văn {number}", tier, email, phone, city))
    return rows
