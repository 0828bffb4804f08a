"""Exam of the API: schemathesis sends generated requests with a key of each scope, and no answer may be wrong."""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from benchmarks.rounds import say
from tests.support.generated_requests.example_bodies import example_of, with_known_ids

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SCOPES = ("admin", "read", "tickets:write", "customers:write", "audit", "feed")
VALUES, SEQUENCES = "coverage,fuzzing", "stateful"
"""The phases of schemathesis with boundary values and random ones, and with sequences that follow links."""
WITHOUT_LINKS = frozenset({"feed"})
"""Their operations give no ids that others take, so there are no sequences of them."""
SCHEMATHESIS = "schemathesis@4.32.5"
PORT = 8917
ADDRESS = f"http://127.0.0.1:{PORT}"
STARTING_SECONDS = 60.0
PUBLISHED = ("at-risk", "health", str(ROOT / "domain" / "procedure" / "shipped" / "complaint.toml"))
"""What the examples need, and a segment."""
EACH = 3
"""How many streams of each kind the examples begin."""
NOBODY = "00000000-0000-4000-8000-000000000000"
FIXED = (
    *("--config-file", str(HERE / "st.toml"), "run", f"{ADDRESS}/openapi.json", "--checks", "all"),
    *("--exclude-checks", "positive_data_acceptance", "--max-examples", "200", "--continue-on-failure"),
    *("--suppress-health-check", "all", "--no-color"),
)
_CASES = re.compile(r"Test cases:\s+([\d,]+) generated")
_LINKS = re.compile(r"API Links:\s+(\d+) covered / (\d+) selected")


class Desk(NamedTuple):
    """A running desk: its folder, a client of it, and a key of each scope."""

    folder: Path
    client: httpx.Client
    keys: Mapping[str, str]

    def get(self, path: str) -> httpx.Response:
        """The answer to a key that may read everything."""
        return self.client.get(path, headers=self.bearer("admin"))

    def bearer(self, scope: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.keys[scope]}"}


def main(words: Sequence[str]) -> int:
    """Runs rounds over all scopes until so many cases were sent; 1 when one of them finds something.

    Half of the cases are boundary values and random ones, half of them sequences that follow the links of the document.
    """
    parser = argparse.ArgumentParser(prog="./run exam requests", description=__doc__)
    parser.add_argument("--cases", type=int, default=2_000, help="how many requests at least")
    parser.add_argument("--seconds", type=int, default=60, help="how long a scope is tried in a round")
    parser.add_argument("--scope", action="append", choices=SCOPES, help="only with this key; repeat it for several")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--st", default=f"uvx {SCHEMATHESIS}", help="how schemathesis is started")
    wanted = parser.parse_args(words)
    if shutil.which(wanted.st.split()[0]) is None:
        parser.error(f"{wanted.st} is not here: install uv, or name an installed schemathesis with --st")
    counts: Counter[str] = Counter()
    with running_desk() as desk:
        logged, document = _log_of(desk.folder), desk.get("/openapi.json").json()
        (desk.folder / "known.json").write_text(json.dumps(known_ids(desk, document)))
        may = {scope: allowed(desk, document, scope) for scope in wanted.scope or SCOPES}
        for number, phases in enumerate(cycle([VALUES, SEQUENCES])):
            if counts[phases] >= wanted.cases / 2:
                continue
            limits = ["--phases", phases, "--max-time", str(wanted.seconds), "--seed", str(wanted.seed + number)]
            for scope in [each for each in may if phases == VALUES or each not in WITHOUT_LINKS]:
                code, text = run(desk, scope, may[scope], [*wanted.st.split(), *FIXED, *limits])
                sent = sum(int(cases.replace(",", "")) for cases in _CASES.findall(text))
                links = " of ".join(next(iter(_LINKS.findall(text)), ("0", "0")))
                counts[phases] += sent
                counts["findings"] += code != 0
                say(f"{phases}, {scope}: {sent} cases, {links} links, {text if code else 'no finding'}")
            if counts["findings"] or min(counts[VALUES], counts[SEQUENCES]) >= wanted.cases / 2:
                break
        errors = [line for line in _log_of(desk.folder)[len(logged) :].splitlines() if _is_error(line)]
    say("\n".join([*errors[:20], f"{dict(counts)}, {len(errors)} lines ERROR or FATAL of PostgreSQL"]))
    return 1 if counts["findings"] or errors else 0


def _log_of(folder: Path) -> str:
    """What PostgreSQL has logged."""
    return (folder / "server.log").read_text(encoding="utf-8")


def _is_error(line: str) -> bool:
    return " ERROR: " in line or " FATAL: " in line


def run(desk: Desk, scope: str, operations: Sequence[str], st: Sequence[str]) -> tuple[int, str]:
    """The exit code and the output of one run with the key of a scope."""
    key = [f"{name}: {value}" for name, value in desk.bearer(scope).items()]
    command = [*st, "-H", *key, *(word for name in operations for word in ("--include-operation-id", name))]
    known = str(desk.folder / "known.json")
    environment = os.environ | {"SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE), "KNOWN_VALUES": known}
    done = subprocess.run(command, env=environment, cwd=desk.folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def known_ids(desk: Desk, document: Mapping[str, Any]) -> dict[str, list[str]]:
    """By the name of a parameter, values of the desk's lists and of streams that the examples begin."""
    known = known_values(desk, document)
    for path, methods in document["paths"].items():
        operation = methods.get("post", {})
        example, links = example_of(operation), operation.get("responses", {}).get("201", {}).get("links", {})
        if example is None or not links:
            continue
        for number in range(EACH):
            answer = desk.client.post(path, json=with_known_ids(example, known, number), headers=desk.bearer("admin"))
            if answer.is_success:
                for name in next(iter(links.values()))["parameters"]:
                    known.setdefault(name, []).append(answer.json()["id"])
    return known


def known_values(desk: Desk, document: Mapping[str, Any]) -> dict[str, list[str]]:
    """By the name of a parameter, values that lists of the desk hold, as the links of the document say."""
    known: dict[str, list[str]] = {}
    for path, methods in document["paths"].items():
        links = methods.get("get", {}).get("responses", {}).get("200", {}).get("links", {})
        if not links or "{" in path:
            continue
        answer = desk.get(path)
        for name, expression in next(iter(links.values()))["parameters"].items():
            pointer = expression.removeprefix("$response.body#/").split("/")
            values = (_value(answer.json(), pointer, item) for item in range(10)) if answer.is_success else ()
            known.setdefault(name, []).extend(value for value in values if isinstance(value, str))
    return {name: sorted(set(values)) for name, values in known.items() if values}


def _value(content: Any, pointer: Sequence[str], item: int) -> Any:
    for part in pointer:
        try:
            content = content[item] if part == "0" else content[part]
        except LookupError:
            return None
    return content


def allowed(desk: Desk, document: Mapping[str, Any], scope: str) -> list[str]:
    """The operations that a key of the scope may call: the key is judged before anything else of a request."""
    may: list[str] = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            address = re.sub(r"{\w+}", NOBODY, path) + "?nothing="
            with desk.client.stream(method, address, headers=desk.bearer(scope)) as answer:
                if answer.status_code != httpx.codes.FORBIDDEN:
                    may.append(operation["operationId"])
    return may


@contextmanager
def running_desk() -> Iterator[Desk]:
    """A desk with three simulated days, published definitions, and a key of each scope."""
    with tempfile.TemporaryDirectory(prefix="ticketledger-exam-") as folder:
        api("simulate", "--days", "3", data=folder)
        for file in PUBLISHED:
            api("definition", "publish", file, "--effective-from", "2026-01-01", "--reason", "exam", data=folder)
        keys = {
            scope: json.loads(api("keys", "create", "--actor", "fuzz", "--scope", scope, "--acts-for-others", "--json",
                                  data=folder))["key"]
            for scope in SCOPES
        }  # fmt: skip
        command = [sys.executable, "-P", "-m", "api", "serve", "--port", str(PORT), "--data", folder]
        said = Path(folder, "serve.log")
        with (
            said.open("wb") as log,
            subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log) as serving,
            httpx.Client(base_url=ADDRESS, timeout=60) as client,
        ):
            try:
                wait_until_serving(serving, said)
                yield Desk(Path(folder), client, keys)
            finally:
                serving.terminate()


def wait_until_serving(serving: subprocess.Popen[bytes], said: Path) -> None:
    """Returns when the server says that it serves. Ends the exam when it ends before, or says nothing for long."""
    end = time.monotonic() + STARTING_SECONDS
    while "Serving " not in (words := said.read_text(encoding="utf-8")):
        if serving.poll() is not None or time.monotonic() > end:
            sys.exit(f"the desk of the exam does not serve {ADDRESS}:\n{words}")
        time.sleep(0.1)


def api(*words: str, data: str) -> str:
    """What the program says to a command on the desk's folder."""
    command = [sys.executable, "-P", "-m", "api", *words, "--data", data]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
