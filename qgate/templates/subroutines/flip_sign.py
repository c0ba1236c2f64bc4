"""Sign change of one basis state."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qgate.arguments import whole_number
from qgate.exceptions import InvalidParameters, described
from qgate.operations.controls import controlled
from qgate.operations.fixed import PauliX, PauliZ
from qgate.operations.operator import Operator
from qgate.operations.spectra import diagonal_matrix
from qgate.operations.state_preparation import basis_bits
from qgate.templates.base import Template
from qgate.typing import FloatArray, Namespace, Tensor, WiresLike
from qgate.wires import Wires


class FlipSign(Template):
    """Multiplies one basis state by -1 and leaves the others unchanged.

    Parameters
    ----------
    n : int or sequence of int
        The basis state: its number, first wire most significant, or a bit for each wire.
    wires : wires
        At least one.
    id : str, optional

    Raises
    ------
    InvalidParameters
        There are no wires, or the wires have no such basis state.

    Notes
    -----
    Cost: a Z with n - 1 controls, and up to two X.
    """

    is_diagonal = True

    def __init__(self, n: int | Sequence[int], wires: WiresLike, id: str | None = None) -> None:
        labels = Wires(wires)
        if not labels:
            raise InvalidParameters("FlipSign was given no wires. Name at least one.")
        if whole_number(n) is not None:
            n = self.to_list(n, len(labels))
        super().__init__((), labels, {"arr_bin": basis_bits(n, labels)}, id=id)

    @staticmethod
    def to_list(n: int | Sequence[int], n_wires: int) -> list[int]:
        """Return the bits of a number, most significant first.

        >>> qg.FlipSign.to_list(6, 4)
        [0, 1, 1, 0]
        """
        number = whole_number(n)
        if number is None or not 0 <= number < 2**n_wires:
            raise InvalidParameters(
                f"FlipSign was given the basis state {described(n)}. {n_wires} wire(s) have the "
                f"basis states 0 to {2**n_wires - 1}."
            )
        return [number >> place & 1 for place in reversed(range(n_wires))]

    def gates(self) -> list[Operator]:
        bits, (*controls, last) = self.options["arr_bin"], self.wires
        flips: list[Operator] = [] if bits[-1] else [PauliX(wires=last)]
        return [*flips, controlled(PauliZ(wires=last), controls, bits[:-1]), *flips]

    def canonical_diagonal(self, parameters: Sequence[Tensor], xp: Namespace) -> FloatArray:
        diagonal = np.ones((2,) * len(self.wires))
        diagonal[self.options["arr_bin"]] = -1
        return diagonal.reshape(-1)

    def canonical_matrix(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        return diagonal_matrix(self.canonical_diagonal(parameters, xp))

    def __repr__(self) -> str:
        return f"FlipSign({self.options['arr_bin']}, wires={list(self.wires)})"
