"""State preparations by gates."""

from __future__ import annotations

from qgate.operations.state_preparation import StatePrep
from qgate.templates.arbitrary import ArbitraryStatePreparation
from qgate.templates.cosine_window import CosineWindow
from qgate.templates.mps_prep import MPSPrep, right_canonicalize_mps
from qgate.templates.superposition import Superposition
from qgate.typing import Tensor, WiresLike

__all__ = [
    "ArbitraryStatePreparation",
    "CosineWindow",
    "MPSPrep",
    "MottonenStatePreparation",
    "MultiplexerStatePreparation",
    "Superposition",
    "right_canonicalize_mps",
]


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


class MultiplexerStatePreparation(MottonenStatePreparation):
    """Prepares a state by multiplexed rotations, as ``MottonenStatePreparation``.

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
    Cost: at most 2**(n + 1) - 4 CNOTs.
    """
