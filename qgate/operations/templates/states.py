"""Embeddings of data in a state: a basis state, or arbitrary amplitudes."""

from __future__ import annotations

from collections.abc import Sequence

from qgate.operations.state_preparation import BasisState, StatePrep
from qgate.typing import Tensor, WiresLike


class BasisEmbedding(BasisState):
    """Prepares the basis state given by binary features; devices know it as ``BasisState``.

    Parameters
    ----------
    features : sequence of int, or int
        A bit for each wire, or the integer with these bits, first wire most significant. Bits are
        part of the circuit's structure: other bits are another circuit.
    wires : wires
    id : str, optional

    Raises
    ------
    InvalidParameters
        The number of bits is wrong, or a bit is neither 0 nor 1.
    """

    name = "BasisState"

    def __init__(
        self, features: int | Sequence[int], wires: WiresLike, id: str | None = None
    ) -> None:
        super().__init__(features, wires, id=id)


class AmplitudeEmbedding(StatePrep):
    """Prepares the state whose amplitudes are the features; devices know it as ``StatePrep``.

    Parameters
    ----------
    features : array, shape (2**n,)
        Amplitudes, first wire most significant; may have a leading batch axis. Fewer are allowed
        with ``pad_with``.
    wires : wires
    pad_with : float or complex, optional
        Value for missing amplitudes at the end, before normalization.
    normalize : bool
        Whether to divide by the norm.
    id : str, optional
    validate_norm : bool
        Whether to refuse features whose norm is not 1.

    Raises
    ------
    InvalidParameters
        The shape does not fit the wires, or the norm is not 1.
    """

    name = "StatePrep"

    def __init__(
        self,
        features: Tensor,
        wires: WiresLike,
        *,
        pad_with: float | None = None,
        normalize: bool = False,
        id: str | None = None,
        validate_norm: bool = True,
    ) -> None:
        super().__init__(features, wires, pad_with, normalize, id=id, validate_norm=validate_norm)


class MottonenStatePreparation(StatePrep):
    """Prepares a state by multiplexed rotations; decomposed to gates on every device.

    Parameters
    ----------
    state_vector : array, shape (2**n,)
        Amplitudes of norm 1, first wire most significant; may have a leading batch axis.
    wires : wires
    id : str, optional

    Raises
    ------
    InvalidParameters
        The shape does not fit the wires, or the norm is not 1.

    Notes
    -----
    The angles are not linear functions of the amplitudes, so each new state is decomposed again.
    Cost: at most 2**(n + 1) - 4 CNOTs. Reference: Möttönen et al., Quantum Inf. Comput. 5, 467
    (2005).
    """

    def __init__(self, state_vector: Tensor, wires: WiresLike, id: str | None = None) -> None:
        super().__init__(state_vector, wires, id=id)
