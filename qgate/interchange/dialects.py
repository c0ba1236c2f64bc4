"""Dialects of OpenQASM that are written: names of gates, and how a program begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qgate.exceptions import InvalidParameters, described
from qgate.operations.conditions import Conditional
from qgate.operations.mid_measure import MidMeasure
from qgate.operations.operator import Operator

OLD_GATES: Mapping[str, str] = {
    "CNOT": "cx",
    "CZ": "cz",
    "U3": "u3",
    "U2": "u2",
    "U1": "u1",
    "Identity": "id",
    "PauliX": "x",
    "PauliY": "y",
    "PauliZ": "z",
    "Hadamard": "h",
    "S": "s",
    "Adjoint(S)": "sdg",
    "T": "t",
    "Adjoint(T)": "tdg",
    "RX": "rx",
    "RY": "ry",
    "RZ": "rz",
    "CRX": "crx",
    "CRY": "cry",
    "CRZ": "crz",
    "SWAP": "swap",
    "Toffoli": "ccx",
    "CSWAP": "cswap",
    "PhaseShift": "u1",
}
"""Gates of OpenQASM 2 that PennyLane writes."""

NEW_GATES: Mapping[str, str] = {
    **OLD_GATES,
    "U1": "p",
    "U3": "U",
    "PhaseShift": "p",
    "SX": "sx",
    "Adjoint(SX)": "inv @ sx",
    "CY": "cy",
    "CH": "ch",
    "ControlledPhaseShift": "cp",
}
"""Gates of ``stdgates.inc``, and the built-in ones of OpenQASM 3."""

BRAKET_GATES: Mapping[str, str] = {
    "Identity": "i",
    "PauliX": "x",
    "PauliY": "y",
    "PauliZ": "z",
    "Hadamard": "h",
    "S": "s",
    "Adjoint(S)": "si",
    "T": "t",
    "Adjoint(T)": "ti",
    "SX": "v",
    "Adjoint(SX)": "vi",
    "RX": "rx",
    "RY": "ry",
    "RZ": "rz",
    "PhaseShift": "phaseshift",
    "U1": "phaseshift",
    "U3": "U",
    "CNOT": "cnot",
    "CY": "cy",
    "CZ": "cz",
    "SWAP": "swap",
    "ISWAP": "iswap",
    "PSWAP": "pswap",
    "ECR": "ecr",
    "ControlledPhaseShift": "cphaseshift",
    "CPhaseShift00": "cphaseshift00",
    "CPhaseShift01": "cphaseshift01",
    "CPhaseShift10": "cphaseshift10",
    "IsingXX": "xx",
    "IsingXY": "xy",
    "IsingYY": "yy",
    "IsingZZ": "zz",
    "Toffoli": "ccnot",
    "CSWAP": "cswap",
}
"""Gates that Braket has without an include."""


@dataclass(frozen=True)
class Dialect:
    """Table row of a dialect; a predicate of the gates that it has.

    Parameters
    ----------
    name : str
    header : tuple of str
        First lines of a program.
    gates : mapping
        Names of our gates.
    new : bool
        Whether it is OpenQASM 3, with inputs, modifiers and global phases.
    float_type : str
        Type of an input.
    matrices : bool
        Whether matrices are written, as a pragma.
    reserved : frozenset of str
        Names that no input can have.
    """

    name: str
    header: tuple[str, ...]
    gates: Mapping[str, str]
    new: bool = True
    float_type: str = "float"
    matrices: bool = False
    reserved: frozenset[str] = frozenset()

    @property
    def title(self) -> str:
        """The dialect in errors."""
        return f"OpenQASM 3 ({self.name})" if self.new else self.name

    @property
    def names(self) -> frozenset[str]:
        """Operations that are written without decomposition."""
        modified = {"MultiControlledX", "Barrier", "GlobalPhase"} if self.new else {"Barrier"}
        phases = frozenset() if self.new else {"GlobalPhase"}
        matrices = {"QubitUnitary"} if self.matrices else frozenset()
        return frozenset(self.gates) | modified | phases | matrices | CONTROL_FLOW

    def __call__(self, operation: Operator) -> bool:
        if isinstance(operation, Conditional):  # no pragma can stand in a block
            return operation.base.name in self.names - {"QubitUnitary"}
        return operation.name in self.names

    def __hash__(self) -> int:
        return hash(self.name)


CONTROL_FLOW = frozenset({MidMeasure.name})
"""Operations that are no gates, written in every dialect."""

OPENQASM_2 = Dialect("OpenQASM 2", ("OPENQASM 2.0;", 'include "qelib1.inc";'), OLD_GATES, new=False)

_HEADER = ("OPENQASM 3.0;", 'include "stdgates.inc";')

DIALECTS: Mapping[str, Dialect] = {
    "spec": Dialect("spec", _HEADER, NEW_GATES),
    "qiskit": Dialect("qiskit", _HEADER, NEW_GATES, float_type="float[64]"),
    "braket": Dialect(
        "braket", ("OPENQASM 3.0;",), BRAKET_GATES, matrices=True, reserved=frozenset("bq")
    ),
}
"""Dialects of OpenQASM 3 by name."""


def dialect_named(name: object) -> Dialect:
    """Return a dialect by its name."""
    found = DIALECTS.get(name) if isinstance(name, str) else None
    if found is None:
        raise InvalidParameters(
            f"dialect={described(name)} is unknown. Known are: {', '.join(DIALECTS)}."
        )
    return found
