"""Compile structures for a backend, once each."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from qiskit import QuantumCircuit
from qiskit.exceptions import QiskitError
from qiskit.transpiler import generate_preset_pass_manager

from qgate.devices.qiskit.translate import translate
from qgate.exceptions import CompilationFailed
from qgate.structure import ArraySlot, Structure
from qgate.sweep import Sweep
from qgate.transforms.decompose import freeze
from qgate.typing import FloatArray
from qgate.wires import Wires

TRANSPILER_SEED = 0
"""The layout search draws numbers; a fixed seed gives a structure one layout for ever."""

MOST_PROGRAMS = 1024

_Key = tuple[Structure, tuple[int, ...] | None]
"""A structure, and the qubits of its wires where these are not left to the transpiler."""


@dataclass(frozen=True, eq=False)
class Program:
    """A circuit in the gates and on the qubits of a backend, its angles still free.

    Parameters
    ----------
    circuit : QuantumCircuit
        With P' free parameters; a slot that has no effect may have been compiled away.
    wires : Wires
        Of the qubits of the circuit before it was compiled.
    """

    circuit: QuantumCircuit
    wires: Wires = field(default_factory=Wires)

    @cached_property
    def parameters(self) -> list[Any]:
        """The free parameters of the circuit, in its own order."""
        return list(self.circuit.parameters)

    @cached_property
    def places(self) -> dict[Any, int]:
        """The qubit of the backend on which each wire ends, and is read; empty: not told."""
        layout = self.circuit.layout
        if layout is None:
            return {}
        return dict(zip(self.wires, layout.final_index_layout(), strict=True))

    @cached_property
    def slots(self) -> list[int]:
        """The slot of each free parameter."""
        return [parameter.index for parameter in self.parameters]

    @cached_property
    def binds_natively(self) -> bool:
        """Whether Aer can be handed the free circuit and the numbers of its rows.

        Aer looks for parameters only in instructions that call themselves parametrised,
        which controlled gates never do (qiskit-aer issues 2323, 2391, 2403): their angles
        would silently be zero.
        """
        instructions = [item.operation for item in self.circuit]
        return bool(self.slots) and all(
            operation.is_parameterized() for operation in instructions if _has_free(operation)
        )

    def bound(self, row: FloatArray) -> QuantumCircuit:
        """Return the circuit with the numbers of one row, shape (P,)."""
        return self.circuit.assign_parameters(row[self.slots].tolist())

    def binds(self, rows: FloatArray) -> dict[Any, list[float]]:
        """Return the values of each free parameter over the rows, shape (K, P)."""
        columns = rows[:, self.slots].T.tolist()
        return dict(zip(self.parameters, columns, strict=True))


def _has_free(operation: Any) -> bool:
    """Say whether an instruction has an angle that is still free."""
    return any(getattr(value, "parameters", ()) for value in operation.params)


class Compiler:
    """Translates structures and transpiles them for a backend, and keeps what it made.

    All structures that are new to it are transpiled in one call, so that the circuits of
    one gradient cost one transpilation, and none when they come again.

    Parameters
    ----------
    backend : BackendV2
        Compiled for its target.
    device : str
        Whom to name in an error.
    order : callable
        From the wires of a circuit to all wires in the order of the device.
    optimization_level : int
        How hard Qiskit's preset pass manager tries, 0 to 3.
    initial_layout : sequence of int, optional
        The qubit of each wire in the order of the device; default: chosen by Qiskit.
    """

    def __init__(
        self,
        backend: Any,
        *,
        device: str,
        order: Callable[[Wires], Wires],
        optimization_level: int = 1,
        initial_layout: Sequence[int] | None = None,
    ) -> None:
        self.backend = backend
        self.device = device
        self.calls = 0
        self._order = order
        self._level = optimization_level
        self._layout = None if initial_layout is None else list(initial_layout)
        self._programs: OrderedDict[_Key, Program] = OrderedDict()

    def _passes(self, layout: Sequence[int] | None) -> Any:
        return generate_preset_pass_manager(
            self._level,
            backend=self.backend,
            initial_layout=None if layout is None else list(layout),
            seed_transpiler=TRANSPILER_SEED,
        )

    @cached_property
    def _usual_passes(self) -> Any:
        return self._passes(self._layout)

    def programs(self, structures: Sequence[Structure]) -> list[Program]:
        """Return the program of each structure, in native gates.

        Raises
        ------
        CompilationFailed
            Qiskit cannot write a circuit in the gates of the backend.
        """
        keys: list[_Key] = [(structure, None) for structure in structures]
        new = [key for key in dict.fromkeys(keys) if key not in self._programs]
        if new:
            made = self._transpiled([structure for structure, _ in new], self._usual_passes)
            self._programs.update(zip(new, made, strict=True))
        found = [self._programs[key] for key in keys]
        self._forget_oldest(keys)
        return found

    def program_beside(self, structure: Structure, others: Sequence[Structure]) -> Program:
        """Return the program of a structure, each wire read on the qubit where others read it.

        Where two of them are not laid alike, the first holds; where that leaves two wires on one
        qubit, or a wire without, the structure is laid as it would be by itself.

        Raises
        ------
        CompilationFailed
        """
        places: dict[Any, int] = {}
        for program in self.programs(others):
            places = program.places | places
        layout = tuple(places.get(wire, -1) for wire in self._qubits(structure))
        if self._layout is not None or -1 in layout or len(set(layout)) < len(layout):
            return self.programs([structure])[0]
        key: _Key = (structure, layout)
        if key not in self._programs:
            (self._programs[key],) = self._transpiled([structure], self._passes(layout))
        self._forget_oldest([key])
        return self._programs[key]

    def _qubits(self, structure: Structure) -> Wires:
        """Return the wires of a circuit's qubits: those in use, or all where a layout is given."""
        order = self._order(structure.wires)
        if self._layout is not None:
            return order
        return Wires([wire for wire in order if wire in structure.wires])

    def _transpiled(self, structures: Sequence[Structure], passes: Any) -> list[Program]:
        self.calls += 1
        wires = [self._qubits(structure) for structure in structures]
        circuits = [translate(*each) for each in zip(structures, wires, strict=True)]
        try:
            # one process: the circuits are small, and forking beside threads is not safe
            compiled = passes.run(circuits, num_processes=1)
        except QiskitError as error:
            raise CompilationFailed(device=self.device, reason=error.message) from error
        for circuit in compiled:
            circuit.global_phase = 0  # nobody can read it, and Aer cannot bind one that is free
        return [Program(*each) for each in zip(compiled, wires, strict=True)]

    def _forget_oldest(self, used: Sequence[_Key]) -> None:
        for key in used:
            self._programs.move_to_end(key)
        while len(self._programs) > MOST_PROGRAMS:
            self._programs.popitem(last=False)


def with_constant_matrices(sweep: Sweep) -> Sweep:
    """Make matrices of gates part of the structure; a compiled circuit cannot leave them open."""
    slots = {
        symbol.index
        for operation in sweep.structure.operations
        for symbol in operation.parameters
        if isinstance(symbol, ArraySlot)
    }
    return freeze(sweep, frozenset(slots))
