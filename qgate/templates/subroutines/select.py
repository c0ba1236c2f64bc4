"""Operators of which a register of wires chooses one."""

from __future__ import annotations

from collections.abc import Sequence

from qgate.arguments import truth
from qgate.exceptions import InvalidParameters
from qgate.operations.controlled import check_work_wires
from qgate.operations.controls import controlled
from qgate.operations.operator import Operator
from qgate.templates.composed import Composed, operators_of, require_apart
from qgate.typing import Wire, WiresLike
from qgate.wires import Wires


class Select(Composed):
    """Applies the operator whose number the control wires show.

    Parameters
    ----------
    ops : sequence of Operator
        At most 2**m; the first for the number 0. Numbers without an operator change nothing.
    control : wires
        m wires, first most significant, none of them a wire of the operators.
    work_wires : wires, optional
        Not used: decompositions need no other wires.
    partial : bool
        Whether the control wires never show a number without an operator; fewer controls do then.
    id : str, optional

    Raises
    ------
    InvalidParameters
        There are more operators than numbers, or wires are given twice.

    Notes
    -----
    Cost: each operator with m controls.

    Examples
    --------
    >>> qg.Select([qg.X(2), qg.Z(2)], control=[0]).decomposition()[1]
    CZ(wires=[0, 2])
    """

    def __init__(
        self,
        ops: Sequence[Operator],
        control: WiresLike,
        work_wires: WiresLike | None = None,
        partial: bool = False,
        id: str | None = None,
    ) -> None:
        parts, controls = operators_of("Select", "ops", ops), Wires(control)
        target = Wires.all_wires([op.wires for op in parts])
        require_apart("Select", controls, target, "operators and controls")
        if len(parts) > 2 ** min(len(controls), 62):
            raise InvalidParameters(
                f"Select was given {len(parts)} operators and {len(controls)} control wire(s), "
                f"which show {2 ** len(controls)} numbers. Give "
                f"{(len(parts) - 1).bit_length()} control wires."
            )
        check_work_wires("Select", Wires((*controls, *target)), work_wires)
        options = {
            "work_wires": Wires(() if work_wires is None else work_wires),
            "partial": truth("Select", "partial", partial),
        }
        super().__init__(parts, (*controls, *target), options, id=id)

    @property
    def ops(self) -> tuple[Operator, ...]:
        """The operators, that of the number 0 first."""
        return self.parts

    @property
    def control(self) -> Wires:
        """The control wires."""
        return Wires(self.wires[: len(self.wires) - len(self.target_wires)])

    @property
    def target_wires(self) -> Wires:
        """The wires of the operators."""
        return Wires.all_wires([op.wires for op in self.parts])

    @property
    def partial(self) -> bool:
        """Whether the control wires never show a number without an operator."""
        return bool(self.options["partial"])

    def gates(self) -> list[Operator]:
        found = []
        for number, operator in enumerate(self.parts):
            pairs = self._conditions(number)
            wires, bits = [wire for wire, _ in pairs], [bit for _, bit in pairs]
            found.append(controlled(operator, wires, bits) if pairs else operator)
        return found

    def _conditions(self, number: int) -> list[tuple[Wire, bool]]:
        """Return control wires with values that no other number with an operator has."""
        found = []
        for place, wire in enumerate(reversed(self.control)):
            bit = number >> place & 1
            if not self.partial or bit or number + 2**place < len(self.parts):
                found.append((wire, bool(bit)))
        return found[::-1]

    def __repr__(self) -> str:
        return f"Select(ops={self.ops}, control={self.control}, partial={self.partial})"
