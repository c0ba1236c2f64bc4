"""A machine without user settings, and a provider that a third party installed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qgate.devices.plugins import PLUGINS

ACME = '''
from pydantic import PositiveInt

from qgate.devices.local.device import LOCAL, LocalDevice
from qgate.devices.options import Options
from qgate.devices.provider import Provider, Requirement


class Simulator:
    """What the vendor calls a device."""


class AcmeDevice(LocalDevice):
    name = "acme"

    def __init__(self, target, options, **rest):
        super().__init__(**rest)
        self.target, self.options = target, options


class AcmeOptions(Options):
    level: int = 1
    fast: bool = False


class Acme(Provider):
    name = "acme"
    options = AcmeOptions
    sdks = frozenset({"acme_vendor"})

    def targets(self):
        return ("one", "two", "needy", *(f"chip_{number}" for number in range(20)))

    def requirements(self, target):
        return [Requirement("no_such_module_here", "acme-sdk", "acme")] if target == "needy" else []

    def capabilities(self, target):
        return None if target == "two" else LOCAL

    def make(self, target, options, *, wires, shots):
        return AcmeDevice(target, options, wires=wires, shots=shots)

    def claims(self, candidate):
        return type(candidate).__name__ == "Simulator"

    def make_from_object(self, candidate, options, *, wires, shots):
        return AcmeDevice(candidate, options, wires=wires, shots=shots)


provider = Acme()
'''
"""A provider that records the requested devices."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty home directory; the working directory is ``project`` in it."""
    home = tmp_path / "home"
    (home / "project").mkdir(parents=True)
    for variable in ("QGATE_DEVICE", "QGATE_CONFIG", "XDG_CONFIG_HOME", "APPDATA"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.chdir(home / "project")
    return home


Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Return a function that installs a distribution with a module and one entry point."""
    site = tmp_path / "site-packages"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))
    modules = set(sys.modules)

    def install(package: str, source: str, *, provider: str, value: str) -> None:
        module = value.partition(":")[0]
        (site / f"{module}.py").write_text(source)
        info = site / f"{package}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[qgate.devices]\n{provider} = {value}\n")

    yield install
    monkeypatch.undo()
    for name in set(sys.modules) - modules:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(site)):
            del sys.modules[name]
    PLUGINS.refresh()


@pytest.fixture
def acme(install: Install) -> None:
    """Install the package acme-qgate, which gives the provider ``acme``."""
    install("acme-qgate", ACME, provider="acme", value="acme_qgate:provider")
