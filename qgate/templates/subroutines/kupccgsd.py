"""Coupled cluster of generalized singles and paired doubles."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from qgate.arguments import whole_number
from qgate.exceptions import InvalidParameters, described
from qgate.operations.operator import Operator
from qgate.operations.state_preparation import BasisState, basis_bits
from qgate.sizes import check_size
from qgate.templates.base import Template
from qgate.templates.gate_fabric import check_orbitals
from qgate.templates.subroutines.fermionic import (
    FermionicDoubleExcitation,
    FermionicSingleExcitation,
)
from qgate.typing import Tensor, WiresLike
from qgate.wires import Wires


class kUpCCGSD(Template):
    """k products of paired double and of generalized single excitations, after a basis state.

    Wires of even position have spin up, the others spin down. A double excitation moves the pair of
    an orbital to another orbital; a single excitation goes from any wire to any other whose spin
    fits. In each product the double excitations are applied first.

    Parameters
    ----------
    weights : array, shape (k, number of single and double excitations)
        Amplitudes, of the single excitations first; may have a leading batch axis.
    wires : wires
        An even number of them, at least four: the spin orbitals, those of an orbital together.
    k : int
        Number of products, at least 1.
    delta_sz : {0, 1, -1}
        Change of the spin by a single excitation.
    init_state : sequence of int
        Initial occupation of each wire.
    id : str, optional

    Raises
    ------
    InvalidParameters
        The weights or the state have another shape, or a number is out of range.

    Notes
    -----
    Reference: Lee et al., J. Chem. Theory Comput. 15, 311 (2019).
    """

    ndim_params = (2,)

    def __init__(
        self,
        weights: Tensor,
        wires: WiresLike,
        k: int = 1,
        delta_sz: int = 0,
        init_state: Sequence[int] | None = None,
        id: str | None = None,
    ) -> None:
        labels = Wires(wires)
        if init_state is None:
            raise InvalidParameters(
                f"kUpCCGSD was given init_state=None. It needs the occupation of its {len(labels)} "
                "wires. Give for example the Hartree-Fock state."
            )
        weights = self.checked("weights", weights, *self.shape(k, len(labels), delta_sz))
        options = {
            "init_state": basis_bits(init_state, labels),
            "k": whole_number(k),
            "delta_sz": whole_number(delta_sz),
        }
        super().__init__((weights,), labels, options, id=id)

    def gates(self, weights: Tensor) -> list[Operator]:
        n = len(self.wires)
        singles, doubles = _singles(n, self.options["delta_sz"]), _doubles(n)
        gates: list[Operator] = [BasisState(self.options["init_state"], self.wires)]
        for repeat in range(self.options["k"]):
            row = weights[repeat]
            gates += [
                FermionicDoubleExcitation(row[len(singles) + j], self.at(run1), self.at(run2))
                for j, (run1, run2) in enumerate(doubles)
            ]
            gates += [FermionicSingleExcitation(row[j], self.at(r)) for j, r in enumerate(singles)]
        return gates

    @staticmethod
    def shape(k: int, n_wires: int, delta_sz: int) -> tuple[int, int]:
        """Return the shape of the weights."""
        check_orbitals("kUpCCGSD", n_wires)
        check_size("kUpCCGSD", n_wires**2, unit="excitations", remedy="Use fewer wires.")
        products, change = whole_number(k), whole_number(delta_sz)
        if products is None or products < 1:
            raise InvalidParameters(
                f"kUpCCGSD was given k={described(k)}. Give a whole number, at least 1."
            )
        if change not in (-1, 0, 1):
            raise InvalidParameters(
                f"kUpCCGSD was given delta_sz={described(delta_sz)}. The spin changes by -1, 0 or "
                "1. Give one of these."
            )
        return products, len(_singles(n_wires, change)) + len(_doubles(n_wires))


def _singles(n: int, delta_sz: int) -> list[range]:
    """Return the run of positions of each single excitation, from its start to its end."""
    return [
        range(start, end + 1) if start < end else range(start, end - 1, -1)
        for start, end in permutations(range(n), 2)
        if start % 2 - end % 2 == delta_sz
    ]


def _doubles(n: int) -> list[tuple[range, range]]:
    """Return the positions of each ordered pair of orbitals."""
    pairs = [range(i, i + 2) for i in range(0, n - 1, 2)]
    return list(permutations(pairs, 2))
