"""Tests whether two unitaries are equal."""

from __future__ import annotations

from collections.abc import Iterable

from qgate.exceptions import InvalidParameters
from qgate.operations.conjugates import conjugated
from qgate.operations.controlled import CNOT
from qgate.operations.fixed import Hadamard
from qgate.operations.operator import Operator
from qgate.templates.composed import Composed, operators_of, require_apart
from qgate.wires import Wires

Operators = Operator | Iterable[Operator]


class HilbertSchmidt(Composed):
    """Overlap of two unitaries, as a probability.

    U acts on one half of n entangled pairs of wires, the complex conjugate of V on the other. The
    probability that all wires are 0 then is |tr(V^dagger U)|**2 / 4**n.

    Parameters
    ----------
    V, U : Operator, or sequence of operators
        The first of a sequence is applied first. Both act on as many wires, V on others than U. The
        parameters of the template are those of V, then those of U.
    id : str, optional

    Raises
    ------
    InvalidParameters
        V or U is no operator, or their wires do not fit.

    Notes
    -----
    The conjugate of V consists of gates with the angles of V, so all gradient methods apply. Cost:
    U, V, 2 n CNOTs and 2 n Hadamards. Reference: Khatri et al., Quantum 3, 140 (2019).

    Examples
    --------
    >>> qg.HilbertSchmidt(V=qg.RZ(0.1, wires=1), U=qg.T(0)).decomposition()[2:4]
    [T(0), RZ(-0.1, wires=[1])]
    """

    def __init__(self, V: Operators, U: Operators, id: str | None = None) -> None:
        name = type(self).__name__
        second, first = operators_of(name, "V", V), operators_of(name, "U", U)
        on, apart = (Wires.all_wires([op.wires for op in ops]) for ops in (first, second))
        if len(on) != len(apart):
            raise InvalidParameters(
                f"{name} was given U on {len(on)} wire(s) and V on {len(apart)}. Give unitaries on "
                "as many wires."
            )
        require_apart(name, on, apart, "U and V")
        super().__init__((*second, *first), (*on, *apart), {"parts_of_V": len(second)}, id=id)

    def gates(self) -> list[Operator]:
        count: int = self.options["parts_of_V"]
        pairs = self._pairs()
        return [
            *(Hadamard(wires=wire) for wire, _ in pairs),
            *(CNOT(wires=pair) for pair in pairs),
            *self.parts[count:],
            *conjugated(self.parts[:count]),
            *self._basis_change(),
        ]

    def _pairs(self) -> list[Wires]:
        half = len(self.wires) // 2
        return [self.at([i, half + i]) for i in range(half)]

    def _basis_change(self) -> list[Operator]:
        """Return gates that map entangled pairs to the state 0."""
        pairs = self._pairs()
        flips = [CNOT(wires=pair) for pair in reversed(pairs)]
        return [*flips, *(Hadamard(wires=wire) for wire, _ in pairs)]


class LocalHilbertSchmidt(HilbertSchmidt):
    """Local overlap of two unitaries: as ``HilbertSchmidt``, but only the first pair is read.

    The probability that the first wires of U and V are both 0 is 1 if U and V are equal, and its
    gradient vanishes more slowly with the number of wires than that of the whole overlap.

    Parameters
    ----------
    V, U : Operator, or sequence of operators
        As for ``HilbertSchmidt``.
    id : str, optional

    Raises
    ------
    InvalidParameters
        V or U is no operator, or their wires do not fit.

    Notes
    -----
    Reference: Khatri et al., Quantum 3, 140 (2019).
    """

    def _basis_change(self) -> list[Operator]:
        pair = self._pairs()[0]
        return [CNOT(wires=pair), Hadamard(wires=pair[0])]
