"""Superpositions of a few basis states."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qgate.arguments import items_of
from qgate.arrays import is_concrete, is_traced, namespace, shape_of, unwrap
from qgate.exceptions import InvalidParameters, described
from qgate.operations.controlled import CNOT, MultiControlledX
from qgate.operations.operator import Operator, ParameterKind
from qgate.operations.parameters import as_array, check_shape, in_floats
from qgate.operations.state_preparation import TOLERANCE, StatePrep
from qgate.templates.base import Template
from qgate.typing import Tensor, WiresLike
from qgate.wires import Wires

Bits = tuple[int, ...]


class Superposition(Template):
    """Prepares sum_i c_i |b_i> for m basis states b_i.

    The amplitudes are prepared on the last wires, in basis states below m, and these are mapped to
    the given ones one by one.

    Parameters
    ----------
    coeffs : array, shape (m,)
        The amplitudes c_i, of norm 1.
    bases : sequence of sequences of int
        Different basis states, a bit for each wire.
    wires : wires
    work_wire : wire
        Another wire, which is 0 before and after.
    id : str, optional

    Raises
    ------
    InvalidParameters
        The amplitudes or basis states do not fit, or the work wire is one of the wires.

    Notes
    -----
    Cost: a state of ceil(log2(m)) wires, and for each basis state whose number is m or more two
    multi-controlled X and a CNOT for each bit that changes.
    """

    has_matrix = False
    is_custom = True
    ndim_params = (1,)
    parameter_kinds = (ParameterKind.ARRAY,)

    def __init__(
        self,
        coeffs: Tensor,
        bases: Sequence[Sequence[int]],
        wires: WiresLike,
        work_wire: WiresLike,
        id: str | None = None,
    ) -> None:
        target, work = Wires(wires), Wires(work_wire)
        if len(work) != 1 or work[0] in set(target):
            raise InvalidParameters(
                f"Superposition was given work_wire={list(work)} and wires {list(target)}. Give "
                "one other wire as the work wire."
            )
        states = _basis_states(bases, len(target))
        amplitudes = in_floats(as_array(coeffs))
        check_shape("Superposition", "coeffs", amplitudes, (len(states),), real=False)
        if len(shape_of(amplitudes)) > 1:
            raise InvalidParameters(
                f"Superposition was given coeffs of shape {shape_of(amplitudes)}. Give a number "
                "for each basis state."
            )
        known = is_concrete(amplitudes)
        norm = float(np.linalg.norm(unwrap(amplitudes))) if known else 1.0
        if abs(norm - 1) > TOLERANCE:
            raise InvalidParameters(
                f"Superposition was given coeffs of norm {norm:.6g}. Divide them by their norm."
            )
        super().__init__((amplitudes,), (*target, *work), {"bases": states}, id=id)

    @property
    def by_value(self) -> bool:  # type: ignore[override]
        """Whether a circuit holds its gates, by which the amplitudes are differentiated."""
        return is_traced(self.parameters[0])

    @property
    def coeffs(self) -> Tensor:
        """The amplitudes."""
        return self.data[0]

    @property
    def bases(self) -> tuple[Bits, ...]:
        """The basis states."""
        found: tuple[Bits, ...] = self.options["bases"]
        return found

    @property
    def work_wire(self) -> Wires:
        """The work wire."""
        return Wires(self.wires[-1:])

    def gates(self, coeffs: Tensor) -> list[Operator]:
        moves = _moves(self.bases)
        width = max(1, (len(moves) - 1).bit_length())
        places = [moves[state] for state in self.bases]
        xp = namespace([coeffs])
        zero = 0.0 * coeffs[0]
        amplitudes = [zero] * 2**width
        for place, index in zip(places, range(len(places)), strict=True):
            amplitudes[place] = coeffs[index]
        last = self.wires[-1 - width : -1]
        gates: list[Operator] = [StatePrep(xp.stack(amplitudes), last, validate_norm=False)]
        for state, place in moves.items():
            if _number(state) != place:
                gates += self._moved(_bits(place, len(state)), state)
        return gates

    def _moved(self, before: Bits, after: Bits) -> list[Operator]:
        """Map one basis state to another, which was not there before."""
        *wires, work = self.wires
        changed = [wire for wire, old, new in zip(wires, before, after, strict=True) if old != new]
        marks = [
            MultiControlledX(wires=self.wires, control_values=bits) for bits in (before, after)
        ]
        return [marks[0], *(CNOT(wires=(work, wire)) for wire in changed), marks[1]]


def _moves(states: Sequence[Bits]) -> dict[Bits, int]:
    """Return for each basis state the number below their count at which it is prepared.

    Those whose own number is below it keep it.
    """
    count = len(states)
    kept = {_number(state) for state in states if _number(state) < count}
    free = (number for number in range(count) if number not in kept)
    return {state: _number(state) if _number(state) < count else next(free) for state in states}


def _number(bits: Bits) -> int:
    return int("".join(map(str, bits)), 2)


def _bits(number: int, width: int) -> Bits:
    return tuple(number >> place & 1 for place in reversed(range(width)))


def _basis_states(bases: Sequence[Sequence[int]], width: int) -> tuple[Bits, ...]:
    """Return basis states as tuples of bits; refuse others, and the same one twice."""
    rows = [items_of(state) for state in items_of(bases) or ()]
    whole = all(
        row is not None and len(row) == width and all(bit in (0, 1) for bit in row) for row in rows
    )
    states = tuple(tuple(map(int, row or ())) for row in rows) if rows and whole else ()
    if not states or not width or len(set(states)) != len(states):
        raise InvalidParameters(
            f"Superposition was given bases={described(bases)} on {width} wire(s). Give different "
            "basis states, each with a bit, 0 or 1, for each wire."
        )
    return states
