"""Circuits that stand where a quantum function can: vendors' objects, files, imported circuits."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

from qgate.devices.plugins import PLUGINS
from qgate.exceptions import NotACircuit, described

if TYPE_CHECKING:
    from qgate.interchange.imported import ImportedCircuit

QPY = ".qpy"
"""End of the names of Qiskit's files."""

CALLABLE = frozenset({"braket"})
"""Packages whose circuits can be called."""

PACKAGES = {"cirq": "from_cirq", "pytket": "from_pytket"}
"""Functions of ``qgate.interchange.packages`` for the circuits of packages without devices."""


def quantum_function(candidate: Any) -> Any:
    """Return a circuit as the quantum function of a QNode; a function is returned unchanged.

    Parameters
    ----------
    candidate : callable, ImportedCircuit, circuit of a vendor, str or path
        A text is a program in OpenQASM, or the path of a file: of OpenQASM, or ``.qpy`` of Qiskit.

    Raises
    ------
    NotACircuit
        It is none of these.
    """
    found = read_circuit(candidate)
    if found is not None:
        return found.as_quantum_function()
    if callable(candidate):
        return candidate
    raise NotACircuit(
        given=described(candidate)[:80],
        what="quantum function or circuit",
        remedy="Give a function, a circuit of Qiskit, Braket, Cirq or pytket, or a file.",
    )


def read_circuit(candidate: Any) -> ImportedCircuit | None:
    """Return a circuit from elsewhere as a quantum function; None: it is none."""
    if hasattr(candidate, "as_quantum_function"):
        imported: ImportedCircuit = candidate
        return imported
    if isinstance(candidate, str | os.PathLike):
        if not os.fspath(candidate).endswith(QPY):
            from qgate.interchange.qasm import from_qasm  # its parser takes long to load

            return from_qasm(candidate)
        from qgate.devices.qiskit.incoming import from_qpy  # loads Qiskit

        return from_qpy(candidate)
    package = type(candidate).__module__.partition(".")[0]
    if package in PACKAGES:
        function = getattr(import_module("qgate.interchange.packages"), PACKAGES[package])
        return None if callable(candidate) else function(candidate)
    if callable(candidate) and package not in CALLABLE:
        return None  # a function of the user's; asking the providers would load them
    found = (provider.circuit(candidate) for provider in PLUGINS.asked_about(candidate))
    return next((circuit for circuit in found if circuit is not None), None)
