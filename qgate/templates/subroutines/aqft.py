"""The approximate quantum Fourier transform."""

from __future__ import annotations

import warnings

from qgate.arguments import finite_number
from qgate.exceptions import InvalidParameters, described
from qgate.operations.operator import Operator
from qgate.templates.base import Template
from qgate.templates.subroutines.qft import fourier_gates
from qgate.typing import WiresLike
from qgate.wires import Wires


class AQFT(Template):
    """The quantum Fourier transform without its smallest rotations.

    Parameters
    ----------
    order : int
        Maximum number of controlled phases on a wire, those by the largest angles: at least 0. With
        n - 1 on n wires it is the exact transform. Other numbers are rounded, with a warning.
    wires : wires
        First wire most significant.
    id : str, optional

    Raises
    ------
    InvalidParameters
        The order is negative, or no number.

    Notes
    -----
    Cost: n Hadamards, at most n * order controlled phases, n // 2 swaps.
    Reference: Barenco et al., Phys. Rev. A 54, 139 (1996).
    """

    def __init__(self, order: int, wires: WiresLike, *, id: str | None = None) -> None:
        labels = Wires(wires)
        super().__init__((), labels, {"order": _checked_order(order, len(labels))}, id=id)

    def gates(self) -> list[Operator]:
        return fourier_gates("AQFT", self.wires, self.options["order"])


def _checked_order(order: object, count: int) -> int:
    """Return the order as a whole number that makes a difference; warn where another was given."""
    number = finite_number(order)
    if number is None or round(number) < 0:
        raise InvalidParameters(
            f"AQFT was given order={described(order)}. The order is the number of controlled "
            "phases on a wire. Give a whole number from 0 on."
        )
    whole, most = round(number), max(count - 1, 0)
    if whole != number:
        _warn(f"AQFT was given order={described(order)} and takes {whole}: it is a whole number.")
    if whole >= most:
        _warn(f"AQFT of order {whole} on {count} wire(s) is exact. QFT is the same without order.")
    elif whole == 0:
        _warn("AQFT of order 0 has no controlled phases: Hadamards and swaps remain.")
    return min(whole, most)


def _warn(text: str) -> None:
    warnings.warn(text, UserWarning, stacklevel=4)
