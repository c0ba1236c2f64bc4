"""Fermionic excitations in the Jordan-Wigner representation."""

from __future__ import annotations

from qgate.exceptions import InvalidParameters
from qgate.operations.operator import Operator
from qgate.operations.parameters import as_array, check_shape
from qgate.operations.pauli_rotations import PauliRot
from qgate.operations.templates.base import Template
from qgate.typing import Tensor, WiresLike
from qgate.wires import Wires

DOUBLE_WORDS = {
    "XXYX": 1,
    "YXYY": 1,
    "XYYY": 1,
    "XXXY": 1,
    "YXXX": -1,
    "XYXX": -1,
    "YYYX": -1,
    "YYXY": -1,
}
"""Letters at the ends of the two runs of wires, with the sign of the angle of each Pauli word."""

EXCITATION_FREQUENCIES = (0.5, 1.0)
"""Frequencies of exp(i x G) where G has the eigenvalues -1/2, 0 and 1/2."""


class FermionicSingleExcitation(Template):
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
        A name for this occurrence.

    Raises
    ------
    InvalidParameters
        There are fewer than two wires.

    Notes
    -----
    Frequencies 1/2 and 1, so a derivative takes four shifted circuits.
    """

    ndim_params = (0,)

    def __init__(self, weight: Tensor, wires: WiresLike, id: str | None = None) -> None:
        weight = as_array(weight)
        check_shape("FermionicSingleExcitation", "weight", weight, ())
        _check_run("FermionicSingleExcitation", "wires", Wires(wires))
        super().__init__((weight,), wires, id=id)

    def gates(self, weight: Tensor) -> list[Operator]:
        between = "Z" * (len(self.wires) - 2)
        return [
            PauliRot(-weight / 2, f"Y{between}X", wires=self.wires),
            PauliRot(weight / 2, f"X{between}Y", wires=self.wires),
        ]

    @property
    def parameter_frequencies(self) -> list[tuple[float, ...]]:
        return [EXCITATION_FREQUENCIES]


class FermionicDoubleExcitation(Template):
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
        A name for this occurrence.

    Raises
    ------
    InvalidParameters
        A run has fewer than two wires.

    Notes
    -----
    Frequencies 1/2 and 1, so a derivative takes four shifted circuits, not sixteen.
    """

    ndim_params = (0,)

    def __init__(
        self, weight: Tensor, wires1: WiresLike, wires2: WiresLike, id: str | None = None
    ) -> None:
        weight, first, second = as_array(weight), Wires(wires1), Wires(wires2)
        check_shape("FermionicDoubleExcitation", "weight", weight, ())
        _check_run("FermionicDoubleExcitation", "wires1", first)
        _check_run("FermionicDoubleExcitation", "wires2", second)
        super().__init__((weight,), (*first, *second), {"split": len(first)}, id=id)

    def gates(self, weight: Tensor) -> list[Operator]:
        split = self.options["split"]
        first, second = "Z" * (split - 2), "Z" * (len(self.wires) - split - 2)
        return [
            PauliRot(
                weight * (-sign / 8),
                word[0] + first + word[1] + word[2] + second + word[3],
                wires=self.wires,
            )
            for word, sign in DOUBLE_WORDS.items()
        ]

    @property
    def parameter_frequencies(self) -> list[tuple[float, ...]]:
        return [EXCITATION_FREQUENCIES]


def _check_run(gate: str, argument: str, wires: Wires) -> None:
    if len(wires) < 2:
        raise InvalidParameters(
            f"{gate} was given {argument}={list(wires)}. An excitation goes from one wire to "
            "another. Give at least two wires."
        )
