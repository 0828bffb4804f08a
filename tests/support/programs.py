"""Programs of their own: the command line, and a few lines of Python that import the product."""

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMMAND_LINE = [sys.executable, "-P", "-m", "api"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def on_database(url: str, **more: str) -> dict[str, str]:
    """The environment of a program that works on a test's own database."""
    return {**ENVIRONMENT, "DATABASE_URL": url, **more}


def served_at(lines: Iterable[str]) -> str:
    """The address that `serve` says it serves; reads its error output up to that line."""
    for line in lines:
        if said := re.search(r"Serving (\S+): ", line):
            return said[1]
    raise AssertionError("it did not say that it serves")


def run_python(program: str) -> subprocess.CompletedProcess[str]:
    """Runs a program that has to succeed, and returns what it wrote."""
    command = [sys.executable, "-P", "-c", program]
    return subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, check=True)
