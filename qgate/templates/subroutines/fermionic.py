"""Fermionic excitations in the Jordan-Wigner representation."""

from __future__ import annotations

from qgate.exceptions import InvalidParameters
from qgate.operations.operator import Operator
from qgate.operations.pauli_rotations import PauliRot
from qgate.templates.base import Template
from qgate.typing import Tensor, WiresLike
from qgate.wires import Wires

DOUBLE_WORDS = {
    **dict.fromkeys(("XXYX", "YXYY", "XYYY", "XXXY"), 1),
    **dict.fromkeys(("YXXX", "XYXX", "YYYX", "YYXY"), -1),
}
"""Letters at the ends of the two runs of wires, with the sign of the angle of each Pauli word."""


class FermionicExcitation(Template):
    """Rotation with the generator eigenvalues -1/2, 0 and 1/2."""

    ndim_params = (0,)
    grad_method = "A"

    @property
    def parameter_frequencies(self) -> list[tuple[float, ...]]:
        return [(0.5, 1.0)]

    @classmethod
    def run(cls, argument: str, wires: WiresLike) -> Wires:
        """Return the wires of a run, at least two."""
        labels = Wires(wires)
        if len(labels) < 2:
            raise InvalidParameters(
                f"{cls.__name__} was given {argument}={list(labels)}. An excitation goes from one "
                "wire to another. Give at least two wires."
            )
        return labels


class FermionicSingleExcitation(FermionicExcitation):
    """Moves a fermion from the first of its wires, r, to the last, p.

    exp(x / 2 (c_p^ c_r - h.c.)) with the creation and annihilation operators c^ and c, in the
    Jordan-Wigner representation: exp(i x / 4 (Y Z...Z X - X Z...Z Y)).

    Parameters
    ----------
    weight : float
        Angle x in radians; may have a batch axis.
    wires : wires
        At least two; the Pauli words have Z on those between the ends.
    id : str, optional

    Raises
    ------
    InvalidParameters
        There are fewer than two wires.

    Notes
    -----
    Frequencies 1/2 and 1, so a derivative takes four shifted circuits.
    """

    def __init__(self, weight: Tensor, wires: WiresLike, id: str | None = None) -> None:
        super().__init__((self.checked("weight", weight),), self.run("wires", wires), id=id)

    def gates(self, weight: Tensor) -> list[Operator]:
        between = "Z" * (len(self.wires) - 2)
        return [
            PauliRot(-weight / 2, f"Y{between}X", wires=self.wires),
            PauliRot(weight / 2, f"X{between}Y", wires=self.wires),
        ]


class FermionicDoubleExcitation(FermionicExcitation):
    """Moves two fermions from the ends s, r of a run of wires to the ends q, p of another.

    exp(x / 2 (c_p^ c_q^ c_r c_s - h.c.)) with the creation and annihilation operators c^ and c, in
    the Jordan-Wigner representation: eight commuting rotations by x / 8 about Pauli words with Z
    between the ends of each run.

    Parameters
    ----------
    weight : float
        Angle x in radians; may have a batch axis.
    wires1, wires2 : wires
        The runs, at least two wires each.
    id : str, optional

    Raises
    ------
    InvalidParameters
        A run has fewer than two wires.

    Notes
    -----
    Frequencies 1/2 and 1, so a derivative takes four shifted circuits, not sixteen.
    """

    def __init__(
        self, weight: Tensor, wires1: WiresLike, wires2: WiresLike, id: str | None = None
    ) -> None:
        weight = self.checked("weight", weight)
        first, second = self.run("wires1", wires1), self.run("wires2", wires2)
        super().__init__((weight,), (*first, *second), {"split": len(first)}, id=id)

    def gates(self, weight: Tensor) -> list[Operator]:
        split = self.options["split"]
        first, second = "Z" * (split - 2), "Z" * (len(self.wires) - split - 2)
        return [
            PauliRot(
                weight * (-sign / 8), word[0] + first + word[1:3] + second + word[3], self.wires
            )
            for word, sign in DOUBLE_WORDS.items()
        ]
