"""State preparations from the state in which every wire is 0."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from qgate.arguments import truth
from qgate.arrays import is_complex, is_concrete, namespace, opened, shape_of, unwrap
from qgate.exceptions import InvalidParameters, QuantumFunctionError, described
from qgate.operations.controlled_decompositions import multiplexed_rotation
from qgate.operations.fixed import PauliX
from qgate.operations.gate import GATES
from qgate.operations.matrices import basis_vector
from qgate.operations.operator import Operator, ParameterKind, without_recording
from qgate.operations.parameters import (
    as_array,
    check_shape,
    in_double,
    require_finite,
    require_numbers,
)
from qgate.operations.rotations import RY
from qgate.operations.unitary_synthesis import NEGLIGIBLE, diagonal_gates
from qgate.typing import FloatArray, Namespace, Tensor, Wire, WiresLike
from qgate.wires import Wires

TOLERANCE = 1e-6
"""Tolerance of the norm of a state."""


class BasisState(Operator):
    """Prepares a computational basis state by bit flips.

    Parameters
    ----------
    state : sequence of int, or int
        A bit for each wire, or the integer with these bits, first wire most significant.
    wires : wires
        The wires to prepare.
    id : str, optional

    Raises
    ------
    InvalidParameters
        The number of bits is wrong, or a bit is neither 0 nor 1.
    """

    has_matrix = False
    has_decomposition = True

    def __init__(self, state: int | Tensor, wires: WiresLike, id: str | None = None) -> None:
        on = Wires(wires)
        super().__init__((), on, {"state": basis_bits(state, on)}, id=id)

    def canonical_state(self, parameters: Sequence[Tensor], xp: Namespace) -> FloatArray:
        """Return the state, shape (2**n,)."""
        return basis_vector(self._bits)

    def state_vector(self, wire_order: WiresLike | None = None) -> FloatArray:
        """Return the state with an axis of length 2 for each wire, as ``StatePrep`` does."""
        state: FloatArray = on_wires(self.canonical_state((), np), self.wires, wire_order)
        return state

    def decomposition(self) -> list[Operator]:
        pairs = zip(self.wires, self._bits, strict=True)
        return without_recording(lambda: [PauliX(wire) for wire, bit in pairs if bit])

    @property
    def _bits(self) -> tuple[int, ...]:
        bits: Any = self.hyperparameters["state"]
        return tuple(bits)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({list(self._bits)}, wires={list(self.wires)})"


class StatePrep(Operator):
    """Prepares a state with given amplitudes.

    Parameters
    ----------
    state : array, shape (2**n,)
        Amplitudes, first wire most significant; a leading axis is a batch.
    wires : wires
        The n wires to prepare.
    pad_with : float, optional
        Value for missing amplitudes at the end.
    normalize : bool
        Whether to divide by the norm.
    id : str, optional
    validate_norm : bool
        Whether to refuse a state whose norm is not 1 (within 1e-6).

    Raises
    ------
    InvalidParameters
        The shape does not fit the wires, or the norm is not 1.

    Notes
    -----
    The decomposition depends on the values: multiplexed RY and RZ, at most 2**(n + 1) CNOTs.
    """

    has_matrix = False
    has_decomposition = True
    ndim_params = (1,)
    parameter_kinds = (ParameterKind.ARRAY,)

    def __init__(
        self,
        state: Tensor,
        wires: WiresLike,
        pad_with: float | None = None,
        normalize: bool = False,
        id: str | None = None,
        validate_norm: bool = True,
    ) -> None:
        on = Wires(wires)
        vector, size = (given := as_array(state)), 2 ** len(on)
        if pad_with is not None:
            check_shape(self.name, "state", vector, ("N",), real=False)
            vector = _padded(in_double(vector), size, _padding(self.name, pad_with))
        check_shape(self.name, "state", vector, (size,), real=False)
        if truth(self.name, "normalize", normalize):
            vector = _normalized(in_double(vector))
        elif truth(self.name, "validate_norm", validate_norm):
            _check_norm(in_double(vector))
        super().__init__((vector,), on, id=id)
        self.is_converted |= vector is not given

    def canonical_state(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        """Return the state, shape (..., 2**n)."""
        return parameters[0]

    def state_vector(self, wire_order: WiresLike | None = None) -> Tensor:
        """Return the state, shape (..., 2, 2, ...) with an axis for each wire.

        Parameters
        ----------
        wire_order : wires, optional
            Wires of the axes, which contain the operator's; the others are 0. Default: its wires.

        Raises
        ------
        WireError
            A wire of the operator is not in ``wire_order``.
        """
        return opened(on_wires(self.parameters[0], self.wires, wire_order))

    def decomposition(self) -> list[Operator]:
        state = unwrap(self.parameters[0])
        return without_recording(lambda: mottonen_gates(state, self.wires))


def on_wires(state: Tensor, wires: Wires, wire_order: WiresLike | None) -> Tensor:
    """Return a state, shape (..., 2**n), with an axis for each wire of an order.

    Wires of the order that the state does not have are 0.
    """
    order = wires if wire_order is None else Wires(wire_order)
    order.indices(wires)  # raises for wires that are not in the order
    rest = [wire for wire in order if wire not in set(wires)]
    xp, batch = namespace([state]), shape_of(state)[:-1]
    state = state[..., None] * basis_vector((0,) * len(rest))
    axes = Wires((*wires, *rest)).indices(order)
    shaped = xp.reshape(state, (*batch, *(2,) * len(order)))
    return xp.transpose(shaped, (*range(len(batch)), *(len(batch) + axis for axis in axes)))


def refuse_late_preparation(operation: Operator, touched: Collection[Wire]) -> None:
    """Refuse preparation of wires on which other operations acted before."""
    late = [wire for wire in operation.wires if wire in touched]
    if late:
        raise QuantumFunctionError(
            f"{operation.name} prepares the wires {late} after other operations acted on them. "
            "Prepare states first, on wires that nothing has acted on."
        )


def mottonen_gates(state: Tensor, wires: Sequence[Wire]) -> list[Operator]:
    """Return gates that prepare a state from the state in which every wire is 0.

    The moduli are prepared wire by wire with multiplexed RY, then the phases with multiplexed RZ;
    rotations by 0 are left out. The amplitudes are numbers of shape (..., 2**n) and norm 1; leading
    axes are a batch. Exact, the global phase included.

    Cost: 2**(n + 1) - 4 CNOTs for a complex state, half of them for a positive one.
    Reference: Möttönen et al., Quantum Inf. Comput. 5, 467 (2005).
    """
    vector = in_double(np.asarray(state))
    moduli, phases = abs(vector), np.angle(vector)
    gates: list[Operator] = []
    for place in range(len(wires)):
        blocks = moduli.reshape(*moduli.shape[:-1], 2**place, 2, -1)
        norms = np.sqrt((blocks**2).sum(axis=-1))
        angles = 2 * np.arctan2(norms[..., 1], norms[..., 0])
        if np.any(angles > NEGLIGIBLE):
            gates += multiplexed_rotation(RY, angles, wires[:place], wires[place])
    return gates + diagonal_gates(np.where(moduli > NEGLIGIBLE, phases, 0.0), wires)


def basis_bits(state: int | Tensor, wires: Wires) -> tuple[int, ...]:
    """Return a bit for each wire, from bits or from the integer with these bits."""
    bits = as_array(state)
    require_numbers("A basis state", "state", bits)
    given, count = np.asarray(unwrap(bits)), len(wires)
    if given.shape == () and given == np.floor(given) and 0 <= given < 2**count:
        return tuple(int(given) >> place & 1 for place in reversed(range(count)))
    if given.shape == (count,) and np.isin(given, (0, 1)).all():
        return tuple(int(bit) for bit in given)
    raise InvalidParameters(
        f"A basis state of {count} wire(s) cannot be {described(given.tolist())}. "
        f"Give {count} bits, each 0 or 1, or a whole number below {2**count}."
    )


def _padding(name: str, value: Tensor) -> Tensor:
    """Return the number with which a state is padded."""
    number = as_array(value)
    check_shape(name, "pad_with", number, (), batch=False, real=False)
    return number


def _padded(vector: Tensor, size: int, value: float) -> Tensor:
    """Append ``value`` until there are ``size`` amplitudes."""
    shape = shape_of(vector)
    if shape[-1] >= size:
        return vector
    rest: Tensor = np.full((*map(abs, shape[:-1]), size - shape[-1]), value)
    if min(shape) < 0:  # a number of rows that is not known yet
        rest = rest + 0.0 * vector[..., :1]
    return namespace([vector]).concatenate([vector, rest], axis=-1)


def _normalized(vector: Tensor) -> Tensor:
    """Divide each state by its norm."""
    require_finite("StatePrep", [vector])
    vector = vector / _largest(vector)  # squares neither overflow nor underflow
    squares = _squared_moduli(vector).sum(-1)
    if is_concrete(squares) and not np.all(unwrap(squares)):
        raise InvalidParameters(
            "StatePrep was given a state without any amplitude, which cannot be normalized. "
            "Give at least one amplitude other than 0."
        )
    return vector / squares[..., None] ** 0.5


def _squared_moduli(vector: Tensor) -> Tensor:
    """Return squared moduli without ``abs``, which has no second derivative at 0."""
    if not is_complex(vector):
        return vector * vector
    xp = namespace([vector])
    real, imaginary = xp.real(vector), xp.imag(vector)
    return real * real + imaginary * imaginary


def _largest(vector: Tensor) -> Tensor:
    """Return the largest modulus of each state; 1 where it is not known yet or not finite."""
    known = unwrap(vector)
    if not isinstance(known, np.ndarray):
        return 1.0
    largest = np.max(abs(known), axis=-1, keepdims=True, initial=0.0)
    return np.where((largest > 0) & np.isfinite(largest), largest, 1.0)


def _check_norm(vector: Tensor) -> None:
    known = unwrap(vector)
    if not isinstance(known, np.ndarray):
        return
    norms = np.linalg.norm(known, axis=-1)
    if np.any(abs(norms - 1) > TOLERANCE):
        raise InvalidParameters(
            f"StatePrep was given a state of norm {np.max(norms):.6g}. A state has norm 1. "
            "Divide it by its norm, or say normalize=True."
        )


QubitStateVector = StatePrep

GATES |= {gate.__name__: gate for gate in (BasisState, StatePrep)}
