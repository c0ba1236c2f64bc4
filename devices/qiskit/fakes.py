"""Fake backends of qiskit-ibm-runtime, which record devices of IBM."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from qgate.devices.provider import Requirement

if TYPE_CHECKING:
    from qiskit.providers import BackendV2

FAKES = Requirement("qiskit_ibm_runtime", "qiskit-ibm-runtime", "ibm")

FAKE = "fake_"
"""Prefix of the names of fake backends."""


@cache
def fake_names() -> tuple[str, ...]:
    """Return the names of the fake backends from their folders, without importing Qiskit."""
    package = find_spec(FAKES.module)
    if package is None:
        return ()
    (root,) = package.submodule_search_locations or [""]
    folder = Path(root, "fake_provider", "backends")
    return tuple(sorted(FAKE + item.parent.name for item in folder.glob("*/fake_*.py")))


def fake_backend(name: str) -> BackendV2:
    """Return a fake backend of qiskit-ibm-runtime by its name, for example ``fake_torino``."""
    from qiskit_ibm_runtime import fake_provider

    found = {getattr(kind, "backend_name", None): kind for kind in vars(fake_provider).values()}
    return found[name]()


def is_as_recorded(backend: BackendV2) -> bool:
    """Return whether a backend is a fake one that would simulate the recorded noise with Aer."""
    from qgate.devices.qiskit.passes import is_fake

    known = is_fake(backend) and find_spec("qiskit_aer") is not None
    return known and backend.sim is None and backend.options == type(backend)._default_options()
