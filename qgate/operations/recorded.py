"""Mid-circuit measurement on a device that has them: the outcome is recorded on a wire."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from qgate.operations.labels import meter_symbol
from qgate.operations.operator import Operator
from qgate.operations.outcome_values import Node
from qgate.operations.outcome_words import table_of
from qgate.operations.selected import Selected
from qgate.operations.symbolic import Wrapper
from qgate.typing import Wire
from qgate.wires import Wires

MID_MEASURE = "MidMeasureMP"
"""Name of the operation in the gates of devices that measure in the middle of a circuit."""


class Recorded(Operator):
    """Measurement of a wire whose outcome is recorded on a classical wire.

    Parameters
    ----------
    wire, record : wire
        The measured wire, and the label of the classical bit, which later operations use as a
        control and final measurements measure like a wire.
    reset : bool
        Whether the wire is set to the state 0 afterwards.
    postselect : 0, 1 or None
        The outcome to which results will be restricted.
    fill : bool
        Whether the device has to give the selected outcome to every shot.
    """

    num_wires = 2
    name = MID_MEASURE
    has_matrix = False
    is_gate = False

    def __init__(
        self,
        wire: Wire,
        record: Wire,
        *,
        reset: bool = False,
        postselect: int | None = None,
        fill: bool = False,
    ) -> None:
        super().__init__(
            (), [wire, record], {"reset": reset, "postselect": postselect, "fill": fill}
        )
        self.reset, self.postselect, self.fill = reset, postselect, fill

    @property
    def symbol(self) -> str:
        return meter_symbol(self.postselect, reset=self.reset)

    @property
    def measured(self) -> Wires:
        """The measured wire."""
        return Wires(self.wires[:1])

    @property
    def record(self) -> Wire:
        """The classical wire."""
        found: Wire = self.wires[1]
        return found

    @property
    def signature(self) -> Hashable:
        found: Hashable = (type(self), self.wires, self.reset, self.postselect, self.fill)
        return found


class RecordedCondition(Selected):
    """Gate that a device applies where its record of outcomes satisfies a condition.

    Parameters
    ----------
    base : Operator
    controls : wires
        The classical wires on which the condition depends.
    node : Node
        The condition, as an expression of their positions among the controls.
    """

    has_decomposition = False

    def __init__(self, base: Operator, controls: Wires, node: Node) -> None:
        self._num_controls = len(controls)
        self.node = node
        Wrapper.__init__(self, base, (*controls, *base.wires), {"node": node})

    @property
    def table(self) -> tuple[bool, ...]:
        return tuple(map(bool, table_of(self.node)))

    def with_base(self, base: Operator) -> RecordedCondition:
        """Return another gate under the same condition."""
        return RecordedCondition(base, self.condition_wires, self.node)


def records_of(operations: Iterable[Operator]) -> frozenset[Wire]:
    """Return the classical wires of a circuit."""
    return frozenset(item.record for item in operations if isinstance(item, Recorded))
