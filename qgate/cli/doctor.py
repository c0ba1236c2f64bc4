"""Command ``qgate doctor``: what is installed, what is wrong, and the command that repairs it.

Nothing is sent: credentials are looked for where the vendors' packages find them, and not used.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from qgate.cli.json_output import add_json, print_json
from qgate.cli.options import Commands, add_command
from qgate.devices.local.choice import choose_engine
from qgate.devices.local.libraries import BUILD_AGAIN, best_library, library_faults
from qgate.devices.local.plan_engine import Settings as EngineSettings
from qgate.devices.plugins import PLUGINS
from qgate.devices.settings import Settings, project_file, user_file
from qgate.exceptions import BrokenProvider, QGateError
from qgate.jobs.journals import default_journal, user_journal
from qgate.jobs.orders import OPEN
from qgate.text_table import broken

NEEDED = ("qgate", "numpy", "autograd", "scipy", "pydantic", "qiskit", "amazon-braket-sdk")
"""Packages that every installation has."""

EXTRAS: Mapping[str, tuple[str, ...]] = {
    "aer": ("qiskit-aer",),
    "ibm": ("qiskit-ibm-runtime",),
    "cirq": ("cirq-core",),
    "pytket": ("pytket",),
    "qchem": ("pyscf",),
    "viz": ("matplotlib",),
    "torch": ("torch",),
    "jax": ("jax",),
    "tensorflow": ("tensorflow-cpu", "tensorflow"),
    "keras": ("keras",),
}
"""Packages of each extra of qgate; any of them is enough."""

OK, ABSENT, WRONG = "ok", "absent", "wrong"

PATIENCE_S = 1.0
"""Longest wait in seconds for another process that writes to a journal."""


@dataclass(frozen=True)
class Finding:
    """Finding about the installation.

    Parameters
    ----------
    state : {"ok", "absent", "wrong"}
        ``absent``: something that is needed for some purposes only.
    what : str
    remedy : str
        Command, or what to do; empty: nothing.
    """

    state: str
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.state:6}  {self.what}" + (f"; {self.remedy}" if self.remedy else "")


def doctor(chosen: argparse.Namespace) -> int:
    """Check the installation, and show how to repair what is wrong; sends no requests."""
    facts = _facts()
    findings = [*_simulator(), *_extras(), *_settings(), *_providers(), *_credentials()]
    findings += [each for file in _journals() for each in _journal(file)]
    if chosen.json:
        print_json({**facts, "findings": findings})
    else:
        lines = [f"{name}  {value}" for name, value in facts.items()]
        print(*broken([*lines, *map(str, findings)]), sep="\n")
    return int(any(finding.state == WRONG for finding in findings))


def add_to(commands: Commands) -> None:
    """Add the command to a parser."""
    add_json(add_command(commands, "doctor", doctor))


def _facts() -> dict[str, str]:
    packages = {package: _version(package) or "not installed" for package in NEEDED}
    return {
        "python": sys.version.split()[0],
        **packages,
        "settings": _settings_files(),
        "journal of runs": default_journal(),
        "journal outside of runs": str(user_journal()),
    }


def _settings_files() -> str:
    try:
        project = project_file(Path.cwd())
    except QGateError:  # reported as a finding
        project = None
    return f"{project or 'none here'}; {user_file() or 'none of the user'}"


def _simulator() -> Iterator[Finding]:
    """Check the compiled simulator and the environment variables that choose it."""
    faults = library_faults()
    yield from (Finding(WRONG, fault, f"{BUILD_AGAIN} (in a checkout: make)") for fault in faults)
    try:
        if best_library() is None and not faults:
            what = "there is no compiled simulator, and numpy computes, several times slower"
            yield Finding(ABSENT, what, f"install gcc or clang, then {BUILD_AGAIN}")
        else:
            yield Finding(OK, f"simulator {choose_engine(EngineSettings()).name}")
    except QGateError as error:
        yield Finding(WRONG, str(error))


def _extras() -> Iterator[Finding]:
    for extra, packages in EXTRAS.items():
        found = [f"{each} {_version(each)}" for each in packages if _version(each)]
        if found:
            yield Finding(OK, found[0])
        else:
            yield Finding(ABSENT, packages[0], f'pip install "qgate[{extra}]"')


def _settings() -> Iterator[Finding]:
    try:
        settings = Settings.current()
        config, _ = settings.resolve(settings.default, ())
        yield Finding(OK, f"default device {config!s}")
    except QGateError as error:
        yield Finding(WRONG, str(error))


def _providers() -> Iterator[Finding]:
    for name in PLUGINS.names():
        try:
            PLUGINS.provider(name)
        except BrokenProvider as error:
            yield Finding(WRONG, str(error))


def _credentials() -> Iterator[Finding]:
    """Look for credentials in the places where the vendors' packages find them."""
    for name in PLUGINS.names():
        try:
            provider = PLUGINS.provider(name)
        except BrokenProvider:
            continue
        if provider is None or not provider.credentials:
            continue
        found = [place for place in provider.credentials if _is_there(place)]
        if found:
            yield Finding(OK, f"credentials for {name} in {found[0]}")
        else:
            places = ", ".join(provider.credentials)
            remedy = f"devices in the cloud need them in one of {places}; plans do not"
            yield Finding(ABSENT, f"credentials for {name}", remedy)


def _is_there(place: str) -> bool:
    return Path(place).expanduser().is_file() if place.startswith("~") else place in os.environ


def _journals() -> list[Path]:
    files = [Path(default_journal()).expanduser(), user_journal()]
    return [file for file in dict.fromkeys(files) if file.is_file()]


def _journal(file: Path) -> Iterator[Finding]:
    """Check the file of a journal, which is only read, and count the orders under way."""
    waiting = ", ".join(f"'{state.value}'" for state in OPEN)
    select = f"SELECT count(*) FROM orders WHERE state IN ({waiting})"  # constants
    try:
        source = f"{file.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(source, uri=True, timeout=PATIENCE_S)) as connection:
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            (number,) = connection.execute(select).fetchone()
    except sqlite3.Error as error:
        verdict, number = str(error), 0
    if "locked" in verdict or "busy" in verdict:
        remedy = "wait for the other process, or end it"
        yield Finding(WRONG, f"journal {file} is written by another process", remedy)
    elif verdict != "ok":
        remedy = "put a copy of it in its place, or name another"
        yield Finding(WRONG, f"journal {file} cannot be read: {verdict}", remedy)
    elif number:
        remedy = f"qgate resume --journal {file}"
        yield Finding(OK, f"journal {file} has {number} submissions under way", remedy)
    else:
        yield Finding(OK, f"journal {file}")


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
