"""Circuits whose trainable gates are exponentials of Pauli sums, and their layers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from qgate.arrays import namespace
from qgate.exceptions import GeneratorUndefinedError, InvalidTransform, UnsupportedOperation
from qgate.operations import pauli_words as pw
from qgate.operations.operator import Operator
from qgate.operations.pauli import PauliSum
from qgate.operations.pauli_decomposition import pauli_decompose
from qgate.operations.slots import Affine
from qgate.recording import paused
from qgate.structure import Structure, slots_of
from qgate.tape import Tape
from qgate.transforms.decomposition import decomposition
from qgate.transforms.placeholders import placeholders
from qgate.typing import BoolArray, FloatArray, Tensor

MOST_WIRES = 6
"""Maximum number of wires of generators written as Pauli sums; wider gates are decomposed."""


@dataclass(frozen=True, slots=True)
class HasGenerator:
    """Gate set of gates exp(i x G) with a constant G, and of gates independent of ``slots``."""

    slots: frozenset[int]

    def __call__(self, operation: Operator) -> bool:
        if self.slots.isdisjoint(slots_of(operation)):
            return True
        if operation.num_params != 1 or len(operation.wires) > MOST_WIRES:
            return False
        if not isinstance(operation.parameters[0], Affine):
            return False
        try:
            operation.generator_matrix()
        except GeneratorUndefinedError:
            return False
        return True


@dataclass(frozen=True, eq=False)
class TrainedGate:
    """Trainable gate exp(i x G) at a ``position`` in a circuit, where x is the slot ``angle``.

    ``generator`` is G without its multiple ``identity`` of the identity, which is a global phase.
    """

    position: int
    angle: int
    generator: PauliSum
    identity: float


@dataclass(frozen=True, eq=False)
class Layer:
    """Trainable gates, none of which depends on another of them.

    ``jacobian``: the derivatives of their angles by the n trainable slots, shape (gates, n).
    """

    gates: tuple[TrainedGate, ...]
    jacobian: FloatArray


def pulled_back(block: Tensor, jacobian: Tensor) -> Tensor:
    """Transform a matrix by some angles to one by what these depend on."""
    xp = namespace([block, jacobian])
    return xp.matmul(jacobian.T, xp.matmul(block, jacobian))


@dataclass(frozen=True, eq=False)
class Generated:
    """Circuit whose trainable gates have generators; its numbers may be traced.

    ``jacobian``: derivatives of the angles of ``gates`` by the n trainable slots of the tape, shape
    (gates, n).
    """

    operations: tuple[Operator, ...]
    gates: tuple[TrainedGate, ...]
    jacobian: FloatArray

    @classmethod
    def of(cls, tape: Tape, *, transform: str) -> Generated:
        """Decompose gates that depend on trainable slots into gates with generators."""
        require_pure(tape, transform=transform)
        slots = tape.trainable_slots
        accepts = HasGenerator(frozenset(slots.tolist()))
        try:
            _, decomposed = decomposition(
                placeholders(tape.with_shots(None)).sweep(), accepts, device=f"the {transform}"
            )
        except UnsupportedOperation as error:
            raise InvalidTransform(
                transform=f"The {transform}",
                reason=f"{error.operation} is trained, is no exponential of one angle times a "
                f"Hermitian operator on at most {MOST_WIRES} wires, and does not decompose into "
                "such",
                remedy="Write the circuit with gates that have a generator, such as rotations.",
            ) from error
        by_slot = decomposed.angles.matrix[slots]
        trained = tuple(np.flatnonzero(by_slot.any(axis=0)).tolist())
        gates = _trained_gates(decomposed.structure, trained)
        rows = decomposed.angles(tape.row(), namespace(tape.angles))
        operations = tuple(decomposed.structure.bind(rows, tape.arrays))
        return cls(operations, gates, by_slot[:, [gate.angle for gate in gates]].T)

    def layers(self, wanted: BoolArray) -> list[Layer]:
        """Return the gates that depend on some slots, a mask (n,), in layers, in order."""
        jacobian = self.jacobian * wanted
        used = set(np.flatnonzero(jacobian.any(axis=1)).tolist())
        layers = [[gate for gate in layer if gate in used] for layer in self._layers()]
        return [
            Layer(tuple(self.gates[gate] for gate in layer), jacobian[layer])
            for layer in layers
            if layer
        ]

    def _layers(self) -> list[list[int]]:
        """Return the indices of all gates in layers.

        A gate depends on an earlier one if a path along the wires connects them. It opens a new
        layer if it depends on a gate of the current layer.
        """
        number = {gate.position: index for index, gate in enumerate(self.gates)}
        layers: list[list[int]] = [[]]
        reached: set[object] = set()
        for position, operation in enumerate(self.operations):
            depends = not reached.isdisjoint(operation.wires)
            if position in number:
                if depends:
                    layers.append([])
                    reached = set()
                layers[-1].append(number[position])
            if depends or position in number:
                reached.update(operation.wires)
        return layers


@lru_cache(maxsize=256)
def _trained_gates(structure: Structure, trained: tuple[int, ...]) -> tuple[TrainedGate, ...]:
    """Return the gates that depend on these slots, without global phases."""
    gates = []
    for position, operation in enumerate(structure.operations):
        angles = set(slots_of(operation)) & set(trained)
        if not angles:
            continue
        with paused():
            words = pauli_decompose(operation.generator_matrix(), wire_order=operation.wires).real()
        is_word = (words.x | words.z).any(axis=1)
        identity = float(words.coefficients[~is_word].sum())
        if is_word.any():
            generator = words.select(np.flatnonzero(is_word))
            gates.append(TrainedGate(position, angles.pop(), generator, identity))
    return tuple(gates)


def distinct_words(sums: Sequence[PauliSum]) -> tuple[PauliSum, FloatArray, FloatArray]:
    """Return the W distinct Pauli words of real sums, and the sums as combinations of them.

    The words have weight 1 and do not include the identity. ``weights`` has shape (sums, W), and
    ``constants`` (sums,) are the coefficients of the identity.
    """
    together = PauliSum.total(sums)
    first, index = pw.distinct(pw.packed(together.x, together.z))
    weights = np.zeros((len(sums), len(first)))
    owner = np.repeat(np.arange(len(sums)), [len(item) for item in sums])
    np.add.at(weights, (owner, index), np.real(together.coefficients))
    words = together.select(first)
    is_word = (words.x | words.z).any(axis=1)
    kept = words.select(np.flatnonzero(is_word))
    ones = kept.with_parameters((np.ones(len(kept)),))
    return ones, weights[:, is_word], weights[:, ~is_word].sum(axis=1)


def light_cone(
    operations: Sequence[Operator],
    ends: Iterable[TrainedGate],
    inserted: Sequence[Operator] = (),
    *,
    after: int = -1,
) -> list[Operator]:
    """Return the operations that affect the state on the wires of some gates, just before them.

    None of the gates ``ends`` depends on another. ``inserted`` operations are inserted after
    position ``after``, and always kept.
    """
    at = {gate.position: gate for gate in ends}
    cone: list[Operator] = []
    wires: set[object] = set()
    for position in range(max(at), -1, -1):
        if position == after:
            cone += reversed(inserted)
            wires.update(wire for operation in inserted for wire in operation.wires)
        operation = operations[position]
        if position in at:
            wires.update(operation.wires)
        elif not wires.isdisjoint(operation.wires):
            cone.append(operation)
            wires.update(operation.wires)
    return cone[::-1]


def require_pure(tape: Tape, *, transform: str) -> None:
    """Refuse a circuit with noise channels for a transform of pure states."""
    if tape.structure.is_mixed:
        raise InvalidTransform(
            transform=f"The {transform}",
            reason="the circuit has noise channels, and it is defined for pure states",
            remedy="Leave the channels out of the circuit whose metric is computed.",
        )
