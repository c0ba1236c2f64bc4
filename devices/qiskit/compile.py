"""Transpilation of structures for a backend, once per structure."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import ControlFlowOp, Instruction, Parameter, Qubit
from qiskit.circuit.library import IGate
from qiskit.exceptions import QiskitError
from qiskit.providers import BackendV2
from qiskit.transpiler import Target

from qgate.devices.qiskit.bounded import FOLDED, Fold, fold, free_gates
from qgate.devices.qiskit.folding import folded_circuit, folds_gates
from qgate.devices.qiskit.identity import (
    has_identity,
    is_noisy,
    kept_identity,
    restore_identities,
)
from qgate.devices.qiskit.passes import TRANSPILER_SEED, PassManagers
from qgate.devices.qiskit.targets import Place
from qgate.devices.qiskit.translate import translate
from qgate.exceptions import CompilationFailed
from qgate.sealed import Sealed
from qgate.structure import Structure
from qgate.sweep import Sweep
from qgate.transforms.decomposition import freeze_matrices
from qgate.typing import FloatArray, Wire
from qgate.wires import Wires

MOST_PROGRAMS = 1024
TWO_QUBITS = 2

_Key = tuple[Structure, tuple[int, ...] | None]
"""A structure, and the qubits of its wires unless the transpiler chooses them."""


@dataclass(frozen=True, eq=False)
class Program:
    """Transpiled circuit in the gates and on the qubits of a backend, with free angles.

    Parameters
    ----------
    circuit : QuantumCircuit
        Circuit with P' free parameters; slots without effect may have been compiled away.
    wires : Wires
        Wires of the qubits of the circuit before transpilation.
    folds : tuple of Fold
        Gates with a limited range of angles; their parameters are computed from slots.
    """

    circuit: QuantumCircuit
    wires: Wires = field(default_factory=Wires)
    folds: tuple[Fold, ...] = ()

    @cached_property
    def parameters(self) -> list[Parameter]:
        """Free parameters of the circuit, in the order of Qiskit."""
        return list(self.circuit.parameters)

    @cached_property
    def places(self) -> dict[Wire, int]:
        """Final qubit of the backend for each wire, where it is measured; empty: unknown."""
        layout = self.circuit.layout
        if layout is None:
            return {}
        return dict(zip(self.wires, layout.final_index_layout(), strict=True))

    @cached_property
    def starts(self) -> dict[Wire, int]:
        """First qubit of the backend for each wire; empty: unknown."""
        layout = self.circuit.layout
        if layout is None:
            return {}
        return dict(zip(self.wires, layout.initial_index_layout(filter_ancillas=True), strict=True))

    def values(self, rows: FloatArray) -> FloatArray:
        """Return the value of each free parameter for rows of slots, shape (K, P) to (K, P')."""
        computed: dict[Parameter, FloatArray] = {}
        for each in self.folds:
            computed |= each.columns(rows)
        columns = [
            computed[parameter] if parameter in computed else rows[:, parameter.index]
            for parameter in self.parameters
        ]
        return np.stack(columns, axis=1) if columns else np.zeros((len(rows), 0))

    @cached_property
    def instructions(self) -> frozenset[Place]:
        """Names of the instructions, those of branches included, with their physical qubits."""
        qubits = {qubit: place for place, qubit in enumerate(self.circuit.qubits)}
        return frozenset(_instructions(self.circuit, qubits))

    @cached_property
    def binds_natively(self) -> bool:
        """Whether Aer can bind the rows to the circuit itself.

        Aer looks for parameters only in instructions that report to be parametrised, which
        controlled gates never do (qiskit-aer issues 2323, 2391, 2403): their angles would silently
        be zero.
        """
        instructions = [item.operation for item in self.circuit]
        if any(isinstance(operation, ControlFlowOp) for operation in instructions):
            return False  # nor in the blocks of conditions
        return bool(self.parameters) and all(
            operation.is_parameterized() for operation in instructions if _has_free(operation)
        )

    def bound(self, row: FloatArray) -> QuantumCircuit:
        """Return the circuit bound to one row, shape (P,)."""
        return self.circuit.assign_parameters(self.values(row[None])[0].tolist())

    def binds(self, rows: FloatArray) -> dict[Parameter, list[float]]:
        """Return the values of each free parameter over the rows, shape (K, P)."""
        columns = self.values(rows).T.tolist()
        return dict(zip(self.parameters, columns, strict=True))


def _instructions(circuit: QuantumCircuit, qubits: Mapping[Qubit, int]) -> Iterator[Place]:
    for item in circuit.data:
        on = tuple(qubits[qubit] for qubit in item.qubits)
        if isinstance(item.operation, ControlFlowOp):
            for block in item.operation.blocks:
                yield from _instructions(block, dict(zip(block.qubits, on, strict=True)))
        else:
            yield item.operation.name, on


def _has_free(operation: Instruction) -> bool:
    """Return whether an instruction has a free angle."""
    return any(getattr(value, "parameters", ()) for value in operation.params)


class Compiler:
    """Translate structures and transpile them for a backend, with a cache.

    All new structures are transpiled in one call, so that the circuits of one gradient cost one
    transpilation, and none when they are run again.

    Parameters
    ----------
    backend : BackendV2
        Backend whose target is compiled for.
    device : str
        Name of the device, for error messages.
    order : callable
        Function from the wires of a circuit to all wires in the order of the device.
    optimization_level : int
        Level of Qiskit's preset pass manager, 0 to 3.
    initial_layout : sequence of int, optional
        Qubit of each wire in the order of the device; default: chosen by Qiskit.
    seed_transpiler : int
        Seed of the searches for a layout and for swaps.
    runs_on : BackendV2, optional
        Backend that runs the circuits; default: ``backend``.
    """

    def __init__(
        self,
        backend: BackendV2,
        *,
        device: str,
        order: Callable[[Wires], Wires],
        optimization_level: int = 1,
        initial_layout: Sequence[int] | None = None,
        seed_transpiler: int = TRANSPILER_SEED,
        runs_on: BackendV2 | None = None,
    ) -> None:
        self._backend = Sealed(backend)
        self.device = device
        self.calls = 0
        self._order = order
        self._layout = None if initial_layout is None else list(initial_layout)
        self._passes = PassManagers(backend, optimization_level, seed_transpiler)
        self._noisy = is_noisy(backend if runs_on is None else runs_on)
        self._programs: OrderedDict[_Key, Program] = OrderedDict()

    @property
    def backend(self) -> BackendV2:
        """Backend to whose target circuits are compiled."""
        return self._backend.value

    @property
    def target(self) -> Target:
        """Gates and couplings that circuits are compiled for, with their calibration."""
        return self._passes.target

    def __getstate__(self) -> dict[str, object]:
        """Return the state without the programs, which a copy compiles itself."""
        return {**vars(self), "_programs": OrderedDict()}

    def programs(self, structures: Sequence[Structure]) -> list[Program]:
        """Return the program of each structure, in native gates.

        Raises
        ------
        CompilationFailed
            Qiskit cannot transpile a circuit to the gates of the backend.
        """
        keys: list[_Key] = [(structure, None) for structure in structures]
        known = {key: self._programs[key] for key in keys if key in self._programs}
        new = [key for key in dict.fromkeys(keys) if key not in known]
        if new:
            made = self._transpiled([structure for structure, _ in new], self._layout)
            known.update(zip(new, made, strict=True))
        self._remember({key: known[key] for key in keys})
        return [known[key] for key in keys]

    def placed(self, sweeps: Sequence[Sweep]) -> tuple[list[Sweep], list[Program]]:
        """Return sweeps with constant matrices, and their programs on the qubits that they name.

        Raises
        ------
        CompilationFailed
        """
        fixed = [freeze_matrices(sweep) for sweep in sweeps]
        free = [sweep.structure for sweep in fixed if sweep.beside is None]
        programs = iter(self.programs(free))
        found = [
            next(programs)
            if sweep.beside is None
            else self._placed_as(sweep.structure, freeze_matrices(sweep.beside).structure)
            for sweep in fixed
        ]
        return fixed, [
            _folded(program, sweep.folding) for program, sweep in zip(found, fixed, strict=True)
        ]

    @cached_property
    def folds_gates(self) -> bool:
        """Whether compiled circuits can be folded: inverses of native gates are native."""
        return folds_gates(self.target)

    def _placed_as(self, structure: Structure, other: Structure) -> Program:
        """Return the program of a structure that measures the qubits that another one measures.

        Gates on one qubit run on these qubits. Other circuits, the other one among them, begin with
        the layout that the other one chooses, so that equal gates on two qubits need equal swaps.
        """
        (free,) = self.programs([other])
        placed = self._program_on(other, free.starts)
        if all(len(gate.wires) < TWO_QUBITS for gate in structure.operations):
            return self._program_on(structure, placed.places)
        return self._program_on(structure, free.starts)

    def program_beside(self, structure: Structure, others: Sequence[Structure]) -> Program:
        """Return the program of a structure that measures the same physical qubits as others.

        If the others have different layouts, the first counts. If this puts two wires on one qubit,
        or leaves a wire without a qubit, the structure gets a layout of its own.

        Raises
        ------
        CompilationFailed
        """
        places: dict[Wire, int] = {}
        for program in self.programs(others):
            places = program.places | places
        return self._program_on(structure, places)

    def _program_on(self, structure: Structure, places: Mapping[Wire, int]) -> Program:
        """Return the program whose wires begin on some qubits; if impossible, on its own ones."""
        layout = tuple(places.get(wire, -1) for wire in self._qubits(structure))
        if -1 in layout or len(set(layout)) < len(layout):
            return self.programs([structure])[0]
        key: _Key = (structure, layout)
        program = self._programs.get(key) or self._transpiled([structure], layout)[0]
        self._remember({key: program})
        return program

    def _qubits(self, structure: Structure) -> Wires:
        """Return the wires of a circuit's qubits: those in use, or all if a layout is given."""
        order, records = self._order(structure.wires), structure.records
        used = [wire for wire in structure.wires if wire not in records]
        beside = [wire for wire in used if wire not in order]
        if self._layout is not None:
            return Wires([*[wire for wire in order if wire not in records], *beside])
        return Wires([*[wire for wire in order if wire in used], *beside])

    def _transpiled(
        self, structures: Sequence[Structure], layout: Sequence[int] | None
    ) -> list[Program]:
        self.calls += 1
        programs: dict[Structure, Program] = {}
        kept = set(filter(has_identity, structures) if self._keeps_identities else ())
        plain = [structure for structure in structures if structure not in kept]
        for group, identities in ((plain, False), (list(kept), True)):
            if group:
                made = self._group(group, layout, identities=identities)
                programs.update(zip(group, made, strict=True))
        return [programs[structure] for structure in structures]

    def _group(
        self, structures: Sequence[Structure], layout: Sequence[int] | None, *, identities: bool
    ) -> list[Program]:
        """Transpile structures that all have, or all lack, identity gates that must be kept."""
        wires = [self._qubits(structure) for structure in structures]
        gate = kept_identity if identities else IGate if self._noisy else None
        circuits = [translate(*each, identity=gate) for each in zip(structures, wires, strict=True)]
        try:
            compiled = self._within_bounds(circuits, layout, identities=identities)
        except QiskitError as error:
            raise CompilationFailed(device=self.device, reason=error.message) from error
        pairs = zip(compiled, wires, strict=True)
        return [_program(*pair, folds=self.folds) for pair in pairs]

    def _within_bounds(
        self, circuits: Sequence[QuantumCircuit], layout: Sequence[int] | None, *, identities: bool
    ) -> list[QuantumCircuit]:
        """Transpile without the gates whose free angles could not be kept in their range."""
        passes = self._passes
        made = passes.run(circuits, layout, identities=identities)
        if any(free_gates(circuit) & passes.unfoldable_gates for circuit in made):
            made = passes.run(circuits, layout, identities=identities, bounded=False)
        return made

    @property
    def folds(self) -> bool:
        """Whether angles can be folded into the range that the backend supports."""
        return FOLDED in self._passes.bounded_gates

    @cached_property
    def _keeps_identities(self) -> bool:
        return self._noisy and self._passes.has_identity

    def _remember(self, programs: Mapping[_Key, Program]) -> None:
        """Cache programs, the last used last; other threads may do so at the same time."""
        for key, program in programs.items():
            self._programs.pop(key, None)
            self._programs[key] = program
        while len(self._programs) > MOST_PROGRAMS:
            self._programs.popitem(last=False)


@lru_cache(maxsize=MOST_PROGRAMS)
def _folded(program: Program, folding: int) -> Program:
    """Return a program whose gates on several qubits run ``folding`` times."""
    if folding == 1:
        return program
    return replace(program, circuit=folded_circuit(program.circuit, folding))


def _program(compiled: QuantumCircuit, wires: Wires, *, folds: bool) -> Program:
    """Return the program of a transpiled circuit."""
    restore_identities(compiled)
    circuit, folded = fold(compiled) if folds else (compiled, ())
    circuit.global_phase = 0  # not observable, and Aer cannot bind a free one
    return Program(circuit, wires, folded)
