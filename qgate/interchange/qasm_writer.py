"""Writing of OpenQASM 2 and 3: ``to_openqasm`` and ``to_qasm3``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qgate.arguments import whole_number
from qgate.exceptions import InvalidParameters, QuantumFunctionError, described
from qgate.interchange.dialects import OPENQASM_2, Dialect, dialect_named
from qgate.interchange.outgoing import Outgoing, number, outgoing, true_outcomes, writer
from qgate.interchange.parsing import parsed
from qgate.operations.conditions import Conditional
from qgate.operations.mid_measure import MidMeasure
from qgate.operations.operator import Operator
from qgate.operations.slots import Affine
from qgate.tape import Tape
from qgate.typing import WiresLike

MOST_DIGITS = 100
"""Maximum number of digits of an angle; 17 identify every number in double precision."""


def to_openqasm(
    circuit: Any,
    wires: WiresLike | None = None,
    rotations: bool = True,
    measure_all: bool = True,
    precision: int | None = None,
) -> Any:
    """Return a circuit as a program in OpenQASM 2.0.

    Qubit ``q[i]`` is the wire ``i`` of ``wires``. Gates without a name in OpenQASM 2 are
    decomposed; global phases are left out.

    Parameters
    ----------
    circuit : QNode, quantum function or QuantumScript
    wires : wires, optional
        The wire of each qubit; default those of the circuit, in order of appearance.
    rotations : bool
        Whether to rotate to the eigenbases of the observables before measuring.
    measure_all : bool
        Whether to measure all wires, or only those of the circuit's measurements.
    precision : int, optional
        Significant digits of the angles; default: all.

    Returns
    -------
    str, or function
        For a QNode or function: a function of its arguments that returns the program.

    Raises
    ------
    QuantumFunctionError
        The circuit has batches or free parameters, or observables without a common basis.
    UnsupportedOperation
        A gate cannot be decomposed.
    InvalidParameters
        ``precision`` is no number of digits from 0 to 100.

    Examples
    --------
    >>> @qg.qnode("local")
    ... def circuit(x):
    ...     qg.RX(x, wires=0)
    ...     return qg.expval(qg.Z(0))
    >>> print(qg.to_openqasm(circuit)(0.5))
    OPENQASM 2.0;
    include "qelib1.inc";
    qreg q[1];
    creg c[1];
    rx(0.5) q[0];
    measure q[0] -> c[0];
    <BLANKLINE>
    """
    return _writer(circuit, OPENQASM_2, wires, rotations, measure_all, precision)


def to_qasm3(
    circuit: Any,
    wires: WiresLike | None = None,
    rotations: bool = True,
    measure_all: bool = True,
    precision: int | None = None,
    dialect: str = "spec",
) -> Any:
    """Return a circuit as a program in OpenQASM 3.

    An argument of the quantum function that is a text becomes a free parameter of that name, an
    ``input`` of the program; so do the entries of a list of texts. Angles have to be linear in
    them.

    Parameters
    ----------
    circuit, wires, rotations, measure_all, precision
        As for ``to_openqasm``.
    dialect : {"spec", "qiskit", "braket"}
        Who is to read the program: ``spec`` and ``qiskit`` use ``stdgates.inc``, ``braket`` the
        gates of Braket and its pragma for matrices.

    Returns
    -------
    str, or function
        For a QNode or function: a function of its arguments that returns the program.

    Raises
    ------
    QuantumFunctionError
        The circuit has batches, a parameter has no name of OpenQASM, or the observables have no
        common basis.
    NotAffine
        An angle is not linear in the free parameters.
    UnsupportedOperation
        A gate cannot be decomposed.

    Examples
    --------
    >>> def circuit(x):
    ...     qg.RX(2 * x, wires=0)
    >>> print(qg.to_qasm3(circuit, measure_all=False, dialect="braket")("theta"))
    OPENQASM 3.0;
    input float theta;
    qubit[1] q;
    rx(2.0*theta) q[0];
    <BLANKLINE>
    """
    return _writer(circuit, dialect_named(dialect), wires, rotations, measure_all, precision)


def _writer(
    circuit: Any,
    dialect: Dialect,
    wires: WiresLike | None,
    rotations: bool,
    measure_all: bool,
    precision: int | None,
) -> Any:
    digits = None if precision is None else whole_number(precision)
    if precision is not None and (digits is None or not 0 <= digits <= MOST_DIGITS):
        raise InvalidParameters(
            f"precision={described(precision)} is no number of digits. Give a whole number "
            f"from 0 to {MOST_DIGITS}."
        )

    def write(tape: Tape, symbols: tuple[str, ...]) -> str:
        if symbols and not dialect.new:
            raise QuantumFunctionError(
                f"OpenQASM 2 has no free parameters, and {symbols[0]!r} was given for one. Give "
                "numbers, or use qg.to_qasm3."
            )
        _check_names(symbols, dialect)
        found = outgoing(
            tape,
            symbols,
            dialect,
            wires=wires,
            rotations=rotations,
            measure_all=measure_all,
            target=dialect.title,
        )
        return _Program(found, dialect, digits).text()

    return writer(circuit, write)


def _check_names(names: Sequence[str], dialect: Dialect) -> None:
    """Refuse what OpenQASM does not take for the name of an input."""
    for name in names:
        try:
            if name in dialect.reserved:
                raise ValueError(name)
            (_,) = parsed(f"input float {name};").statements
        except ValueError as error:  # InvalidQasm is one; also two statements, by a semicolon
            raise QuantumFunctionError(
                f"{name!r} cannot be the name of an input in {dialect.title}. Use letters, digits "
                "and underscores, and no reserved word."
            ) from error


@dataclass(slots=True)
class _Program:
    """Text of one circuit."""

    circuit: Outgoing
    dialect: Dialect
    digits: int | None

    @property
    def qubits(self) -> str:
        """Name of the register, none of an input."""
        return self._free("q")

    @property
    def bits(self) -> str:
        """Name of the register of outcomes, none of an input."""
        return self._free("c")

    @property
    def outcomes(self) -> str:
        """Name of the register of mid-circuit outcomes, none of an input."""
        return self._free("m")

    def _free(self, name: str) -> str:
        while name in self.circuit.symbols:
            name += "_"
        return name

    def text(self) -> str:
        """Return the program."""
        circuit, new = self.circuit, self.dialect.new
        lines = [*self.dialect.header]
        lines += [f"input {self.dialect.float_type} {name};" for name in circuit.symbols]
        if circuit.wires:
            count = len(circuit.wires)
            lines.append(f"qubit[{count}] {self.qubits};" if new else f"qreg q[{count}];")
        lines += self._outcomes(len(circuit.places))
        if count := len(circuit.measured):
            lines.append(f"bit[{count}] {self.bits};" if new else f"creg c[{count}];")
        lines += [self._operation(operation) for operation in circuit.operations]
        lines += [self._measurement(place, wire) for place, wire in enumerate(circuit.measured)]
        return "".join(f"{line}\n" for line in lines if line)

    def _outcomes(self, count: int) -> list[str]:
        """Return the declarations of the bits of mid-circuit measurements."""
        if not count or self.dialect.new:
            return [f"bit[{count}] {self.outcomes};"] if count else []
        return [f"creg m{place}[1];" for place in range(count)]  # only registers have conditions

    def _mid_measure(self, operation: MidMeasure) -> str:
        qubit, place = self._qubit(operation.wires[0]), self.circuit.places[operation.meas_uid]
        new = self.dialect.new
        made = f"{self.outcomes}[{place}] = measure {qubit};"
        text = made if new else f"measure {qubit} -> m{place}[0];"
        return f"{text}\nreset {qubit};" if operation.reset else text

    def _conditional(self, operation: Conditional) -> str:
        """Return an operator under its condition; outcomes for which it is applied are listed."""
        gate, chosen = (
            self._operation(operation.base),
            true_outcomes(operation, self.circuit.places),
        )
        if not self.dialect.new:
            if len(chosen) != 1 or len(chosen[0]) != 1:
                raise QuantumFunctionError(
                    "OpenQASM 2 has conditions on single outcomes only, and the condition of "
                    f"{operation.base!r} depends on several. Use qg.to_qasm3."
                )
            ((place, bit),) = chosen[0]
            return f"if(m{place}=={bit}) {gate}"
        alternatives = [
            " && ".join(f"{self.outcomes}[{place}] == {bit}" for place, bit in assignment)
            for assignment in chosen
        ]
        if len(alternatives) > 1:
            alternatives = [f"({alternative})" for alternative in alternatives]
        return f"if ({' || '.join(alternatives)}) {{ {gate} }}"

    def _measurement(self, place: int, wire: Any) -> str:
        qubit = self._qubit(wire)
        if not self.dialect.new:
            return f"measure {qubit} -> c[{place}];"
        return f"{self.bits}[{place}] = measure {qubit};"

    def _qubit(self, wire: Any) -> str:
        return f"{self.qubits}[{self.circuit.wires.index(wire)}]"

    def _qubits(self, wires: Sequence[Any]) -> str:
        return ",".join(map(self._qubit, wires))

    def _operation(self, operation: Operator) -> str:
        if isinstance(operation, MidMeasure):
            return self._mid_measure(operation)
        if isinstance(operation, Conditional):
            return self._conditional(operation)
        name, wires = operation.name, operation.wires
        if name == "GlobalPhase":
            (angle,) = operation.parameters
            return f"gphase({self._angle(-1.0 * angle)});" if self.dialect.new else ""
        if name == "Barrier":
            return f"barrier {self._qubits(wires)};" if wires else f"barrier {self.qubits};"
        if name == "QubitUnitary":
            return f"#pragma braket unitary({_matrix(operation)}) {self._qubits(wires)}"
        if name == "MultiControlledX":
            values: Any = operation.hyperparameters["control_values"]
            words = ["ctrl @" if value else "negctrl @" for value in values]
            return f"{' '.join(words)} x {self._qubits(wires)};"
        if name == "Identity":  # on any number of wires here, on one there
            return "\n".join(f"{self.dialect.gates[name]} {self._qubit(wire)};" for wire in wires)
        angles = ",".join(map(self._angle, operation.parameters))
        call = f"({angles})" if angles else ""
        return f"{self.dialect.gates[name]}{call} {self._qubits(wires)};"

    def _angle(self, value: Any) -> str:
        """Return a number, or a linear function of inputs."""
        if not isinstance(value, Affine):
            return self._number(number(value))
        terms = [self._term(factor, self.circuit.symbols[slot]) for slot, factor in value.terms]
        if value.offset or not terms:
            terms.append(self._number(value.offset))
        return "+".join(terms).replace("+-", "-")

    def _term(self, factor: float, name: str) -> str:
        if factor == 1.0:
            return name
        return f"-{name}" if factor == -1.0 else f"{self._number(factor)}*{name}"

    def _number(self, value: float) -> str:
        return repr(value) if self.digits is None else f"{value:.{self.digits}}"


def _matrix(operation: Operator) -> str:
    """Return the matrix of an operation as Braket writes it."""
    matrix = np.asarray(operation.matrix(), dtype=complex)
    rows = [
        ", ".join(f"{entry.real!r}{entry.imag:+}im" for entry in row) for row in matrix.tolist()
    ]
    return "[" + ", ".join(f"[{row}]" for row in rows) + "]"
