"""Powers of an operator, each controlled by a wire of its own."""

from __future__ import annotations

from qgate.exceptions import InvalidParameters
from qgate.operations.controls import controlled
from qgate.operations.operator import Operator, require_operators
from qgate.sizes import check_size
from qgate.templates.composed import Composed, require_apart
from qgate.typing import WiresLike
from qgate.wires import Wires

MOST_ESTIMATION = 52
"""Number of binary digits of a phase in double precision."""


class ControlledSequence(Composed):
    """Powers of an operator, each controlled by one wire.

    The powers are 2**(m - 1) for the first control of m, ..., 2, and 1 for the last.

    Parameters
    ----------
    base : Operator
        Its parameters are those of the template.
    control : wires
        Not among the wires of the operator.
    id : str, optional

    Raises
    ------
    InvalidParameters
        A control is a wire of the operator, or there is no control.

    Notes
    -----
    Cost: the operator is applied 2**m - 1 times unless its powers are known.

    Examples
    --------
    >>> qg.ControlledSequence(qg.RX(0.25, wires=3), control=[0, 1]).decomposition()
    [CRX(0.5, wires=[0, 3]), CRX(0.25, wires=[1, 3])]
    """

    def __init__(self, base: Operator, control: WiresLike, id: str | None = None) -> None:
        require_operators("ControlledSequence", base)
        controls = Wires(control)
        if not controls:
            raise InvalidParameters(
                "ControlledSequence was given no control wires. Name at least one."
            )
        require_apart("ControlledSequence", controls, base.wires, "a base and controls")
        super().__init__([base], (*controls, *base.wires), id=id)

    @property
    def base(self) -> Operator:
        """The operator that is applied."""
        return self.parts[0]

    @property
    def control(self) -> Wires:
        """The control wires."""
        return Wires(self.wires[: len(self.wires) - len(self.base.wires)])

    def gates(self) -> list[Operator]:
        return controlled_powers(self.base, self.control)

    def __repr__(self) -> str:
        return f"ControlledSequence({self.base}, control={list(self.control)})"


def controlled_powers(operator: Operator, controls: Wires) -> list[Operator]:
    """Return powers of an operator, the highest first, each controlled by one wire."""
    check_size(
        f"The sequence of powers of {operator.name}",
        len(controls),
        MOST_ESTIMATION,
        unit="control wires",
        remedy="Double precision resolves no more digits of a phase. Use fewer wires.",
    )
    return [
        controlled(gate, wire)
        for place, wire in enumerate(controls, start=1)
        for gate in operator.pow(2 ** (len(controls) - place))
    ]
