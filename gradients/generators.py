"""Generators of gates as sums of Pauli words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from qgate.exceptions import NotAffine, UndefinedError
from qgate.operations.exponentials import DENSE_WIRES, Exp
from qgate.operations.operator import Operator
from qgate.operations.pauli import PauliSum
from qgate.operations.pauli_decomposition import pauli_decompose
from qgate.operations.slots import Affine
from qgate.recording import paused
from qgate.structure import Structure, map_parameters, slots_of
from qgate.transforms.decomposition import Decomposed, decompose_structure
from qgate.typing import Tensor

WIDE = 4
"""Gates on more wires, whose generator is not a single word, are decomposed if possible."""

ONE_WORD: Mapping[str, Callable[[Operator], str]] = {
    "MultiRZ": lambda gate: "Z" * len(gate.wires),
    "PauliRot": lambda gate: str(gate.hyperparameters["pauli_word"]),
}
"""Generators of rotations exp(-i x P / 2) about one Pauli word, on any number of wires."""


@dataclass(frozen=True, slots=True)
class HasGenerator:
    """Gate set of gates without slots, narrow gates exp(i x G), and gates without decomposition."""

    def __call__(self, operation: Operator) -> bool:
        if not slots_of(operation):
            return True
        is_narrow = len(operation.wires) <= WIDE or operation.name in ONE_WORD
        if is_narrow and generator_words(operation) is not None:
            return True
        try:
            operation.decomposition()
        except (UndefinedError, NotAffine):
            return True
        return False


@dataclass(frozen=True)
class Turn:
    """Gate exp(i x G) at a ``position``, whose angle x depends on ``slots`` with factors.

    ``words`` are G, by default without its multiple of the identity.
    """

    position: int
    words: PauliSum
    slots: tuple[tuple[int, float], ...]


def generator_words(operation: Operator, *, identity: bool = False) -> PauliSum | None:
    """Return the generator G of a gate exp(i x G) as Pauli words; None: there is none.

    Without ``identity``, its multiple of the identity, which only changes a phase, is left out.
    Cost: n 4**n operations on n wires, unless the gate is defined by words.
    """
    if operation.num_params != 1:
        return None
    with paused():
        words = _words(operation)
        if words is None or identity:
            return words
        return words.select((words.x | words.z).any(axis=1))


def _words(operation: Operator) -> PauliSum | None:
    if operation.name in ONE_WORD:
        return PauliSum.from_words([-0.5], [ONE_WORD[operation.name](operation)], operation.wires)
    try:
        if isinstance(operation, Exp) and operation.base.pauli_rep is not None:
            return operation.base.pauli_rep.merged().real() if operation.is_gate else None
        if len(operation.wires) > DENSE_WIRES:
            return None
        return pauli_decompose(operation.generator_matrix(), wire_order=operation.wires).real()
    except UndefinedError:
        return None


@lru_cache(maxsize=256)
def in_generators(structure: Structure) -> Structure:
    """Return a structure with the same slots whose gates have the form exp(i x G) where possible.

    Angles are affine functions of the slots.
    """
    decomposed = decompose_structure(structure, HasGenerator())
    angles = _angles(decomposed)

    def substitute(symbol: Tensor) -> Tensor:
        return angles[symbol.terms[0][0]] if isinstance(symbol, Affine) else symbol

    operations = [map_parameters(item, substitute) for item in decomposed.structure.operations]
    return structure.with_operations(operations)


def _angles(decomposed: Decomposed) -> list[Affine]:
    """Return each angle of a decomposed structure as a function of the original slots."""
    found = decomposed.angles
    terms: list[dict[int, float]] = [{} for _ in found.offset]
    for slot, column, factor in zip(found.slots, found.columns, found.factors, strict=True):
        terms[column][int(slot)] = float(factor)
    return [
        Affine.from_terms(factors, float(offset))
        for factors, offset in zip(terms, found.offset, strict=True)
    ]


def turns(
    structure: Structure, slots: tuple[int, ...], *, identity: bool = False
) -> Iterator[Turn]:
    """Yield the gates that depend on given slots, of a structure returned by ``in_generators``.

    ``identity`` as for ``generator_words``. ``UndefinedError``, with the name of a gate, if one is
    not of the form exp(i x G).
    """
    wanted = set(slots)
    for position, operation in enumerate(structure.operations):
        if wanted.isdisjoint(slots_of(operation)):
            continue
        words = generator_words(operation, identity=identity)
        (symbol,) = operation.parameters if words is not None else (None,)
        if words is None or not isinstance(symbol, Affine):
            raise UndefinedError(operation.name)
        entering = tuple((slot, factor) for slot, factor in symbol.terms if slot in wanted)
        yield Turn(position, words, entering)
