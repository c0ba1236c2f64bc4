"""Mapping from qgate's gates to gates of the Braket SDK."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import pi

GATES: Mapping[str, str] = {
    "Adjoint(S)": "Si",
    "Adjoint(SX)": "Vi",
    "Adjoint(T)": "Ti",
    "CNOT": "CNot",
    "CPhaseShift00": "CPhaseShift00",
    "CPhaseShift01": "CPhaseShift01",
    "CPhaseShift10": "CPhaseShift10",
    "CSWAP": "CSwap",
    "CY": "CY",
    "CZ": "CZ",
    "ControlledPhaseShift": "CPhaseShift",
    "ECR": "ECR",
    "Hadamard": "H",
    "ISWAP": "ISwap",
    "IsingXX": "XX",
    "IsingXY": "XY",
    "IsingYY": "YY",
    "IsingZZ": "ZZ",
    "PSWAP": "PSwap",
    "PauliX": "X",
    "PauliY": "Y",
    "PauliZ": "Z",
    "PhaseShift": "PhaseShift",
    "QubitUnitary": "Unitary",
    "RX": "Rx",
    "RY": "Ry",
    "RZ": "Rz",
    "S": "S",
    "SWAP": "Swap",
    "SX": "V",
    "T": "T",
    "Toffoli": "CCNot",
    "U1": "PhaseShift",
    "U3": "U",
}
"""Class in ``braket.circuits.Gate`` of each operation, with the same matrix for the same angles."""

UNREAD = frozenset({"GlobalPhase"})
"""Operations that are left out, because no measurement depends on them."""

IDENTITY = "Identity"
"""Name of the identity gate, kept on quantum devices, where it has a duration and errors."""


@dataclass(frozen=True, slots=True)
class Form:
    """Gate of qgate as a native gate of a device, with constant angles after its own."""

    gate: str
    angles: tuple[float, ...] = ()


NATIVE_FORMS: Mapping[str, Form] = {"RX": Form("PRx", (0.0,)), "RY": Form("PRx", (pi / 2,))}
"""Rotations about an axis in the plane of X and Y, for devices that lack the gate itself."""


@dataclass(frozen=True, slots=True)
class Step:
    """Native gate with the angle ``factor * angle + offset``, given the ``angle`` of our gate."""

    gate: str
    factor: float = 0.0
    offset: float = 0.0


_ABOUT_Z = (Step("GPi"), Step("GPi", 0.5))

SEQUENCES: Mapping[str, tuple[Step, ...]] = {
    "RX": (Step("GPi2", offset=-pi / 2), *_ABOUT_Z, Step("GPi2", offset=pi / 2)),
    "RY": (Step("GPi2"), *_ABOUT_Z, Step("GPi2", offset=pi)),
    "RZ": _ABOUT_Z,
}
"""Rotations on devices with only half and quarter turns about axes in the plane of X and Y.

Two half turns are a rotation about Z; quarter turns before and after it tilt its axis.
"""


def sequences(native: Collection[str]) -> Mapping[str, tuple[Step, ...]]:
    """Return the gates that are written as several native gates; for others see ``forms``.

    Parameters
    ----------
    native : collection of str
        Names of its native gates, in any case.
    """
    known = {name.lower() for name in native}
    single = forms(native)
    return {
        ours: steps
        for ours, steps in SEQUENCES.items()
        if ours not in single and {step.gate.lower() for step in steps} <= known
    }


def forms(native: Collection[str]) -> Mapping[str, Form]:
    """Return the form of each of our gates in the native gates of a device, without compilation.

    Parameters
    ----------
    native : collection of str
        Names of its native gates, in any case.
    """
    known = {name.lower() for name in native}
    direct = {ours: Form(theirs) for ours, theirs in GATES.items() if theirs.lower() in known}
    other = {ours: form for ours, form in NATIVE_FORMS.items() if form.gate.lower() in known}
    return {**other, **direct}


def accepted(supported: Collection[str], *, noisy: bool = False) -> frozenset[str]:
    """Return the operations that need no decomposition.

    Parameters
    ----------
    supported : collection of str
        Names of the gates that a Braket device lists, in any case.
    noisy : bool
        Whether its gates have errors, so that identity gates are not removed.

    Returns
    -------
    frozenset of str
        Names of our operations.
    """
    known = {name.lower() for name in supported}
    kept = {IDENTITY} if noisy and "i" in known else set()
    return UNREAD | kept | {ours for ours, theirs in GATES.items() if theirs.lower() in known}
