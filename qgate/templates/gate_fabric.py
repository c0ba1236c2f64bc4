"""Fabric of four-wire gates that conserve particles and spin."""

from __future__ import annotations

from collections.abc import Sequence
from math import pi

from qgate.arguments import truth
from qgate.exceptions import InvalidParameters
from qgate.operations.excitations import DoubleExcitation, OrbitalRotation
from qgate.operations.operator import Operator
from qgate.operations.state_preparation import BasisState, basis_bits
from qgate.templates.base import Template
from qgate.typing import Tensor, WiresLike
from qgate.wires import Wires


class GateFabric(Template):
    """Layers of double excitations and orbital rotations on four wires, after a basis state.

    In a layer they act on the wires 0 to 3, 4 to 7, ..., then on 2 to 5, 6 to 9, ...

    Parameters
    ----------
    weights : array, shape (n_layers, n / 2 - 1, 2)
        Angles of the double excitation and of the orbital rotation of each block in radians; may
        have a leading batch axis.
    wires : wires
        An even number n of them, at least four: the spin orbitals, those of an orbital together.
    init_state : sequence of int
        Initial occupation of each wire.
    include_pi : bool
        Whether each block begins with an orbital rotation by pi.
    id : str, optional

    Raises
    ------
    InvalidParameters
        The weights or the state have another shape, or the number of wires is odd or below four.

    Notes
    -----
    Reference: Anselmetti et al., New J. Phys. 23, 113010 (2021).
    """

    ndim_params = (3,)

    def __init__(
        self,
        weights: Tensor,
        wires: WiresLike,
        init_state: Sequence[int],
        include_pi: bool = False,
        id: str | None = None,
    ) -> None:
        labels = Wires(wires)
        weights = self.checked("weights", weights, "n_layers", *self.shape(0, len(labels))[1:])
        options = {
            "init_state": basis_bits(init_state, labels),
            "include_pi": truth("GateFabric", "include_pi", include_pi),
        }
        super().__init__((weights,), labels, options, id=id)

    def gates(self, weights: Tensor) -> list[Operator]:
        n = len(self.wires)
        blocks = [range(i, i + 4) for start in (0, 2) for i in range(start, n - 3, 4)]
        gates: list[Operator] = [BasisState(self.options["init_state"], self.wires)]
        for layer in range(len(weights)):
            for index, block in enumerate(blocks):
                wires, angles = self.at(block), weights[layer, index]
                if self.options["include_pi"]:
                    gates.append(OrbitalRotation(pi, wires=wires))
                gates.append(DoubleExcitation(angles[0], wires=wires))
                gates.append(OrbitalRotation(angles[1], wires=wires))
        return gates

    @staticmethod
    def shape(n_layers: int, n_wires: int) -> tuple[int, int, int]:
        """Return the shape of the weights."""
        check_orbitals("GateFabric", n_wires)
        return n_layers, n_wires // 2 - 1, 2


def check_orbitals(template: str, count: int) -> None:
    """Refuse a number of wires that are not two for each of at least two orbitals."""
    if count < 4 or count % 2:
        raise InvalidParameters(
            f"{template} was given {count} wire(s). Each orbital has two. Give an even number of "
            "wires, at least four."
        )
