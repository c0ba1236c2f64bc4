"""Code that the layers of all frameworks share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from qgate.interfaces.choice import Choice
from qgate.qnn.rehearsal import check_recorded
from qgate.qnn.signature import checked_shapes
from qgate.qnode import QNode
from qgate.tape import Tape
from qgate.typing import Tensor


class QuantumLayer:
    """Base class of layers whose weights are all arguments of a QNode but the data.

    Required: ``arguments``.
    """

    input_arg = "inputs"

    @classmethod
    def set_input_argument(cls, input_name: str = "inputs") -> None:
        """Set the name of the data argument, for layers that are created from now on."""
        cls.input_arg = input_name

    def construct(self, args: Sequence[Tensor], kwargs: Mapping[str, Tensor]) -> Tape:
        """Record the function for data, the only member of ``args``, and return the tape."""
        (inputs,) = args
        return self.qnode.construct((), self.arguments(inputs))

    def _bind(self, qnode: QNode, weight_shapes: object, interface: str | None) -> None:
        """Validate the function's arguments; replace another interface than the layer's."""
        self.weight_shapes = checked_shapes(qnode, weight_shapes, input_arg=self.input_arg)
        self.input_arg = self.input_arg  # a later set_input_argument applies to later layers only
        if Choice.of(qnode.interface).name not in ("auto", interface):
            qnode = qnode.update(interface=interface or "auto")
        self.qnode = qnode
        self._rehearsed = set[tuple[int, ...]]()

    def arguments(self, inputs: Tensor) -> dict[str, Tensor]:
        """Return the arguments of the function for some data."""
        raise NotImplementedError

    def _rehearse(self, rows: Tensor, concatenate: Callable[[Sequence[Tensor]], Tensor]) -> None:
        """Record the circuit once for each shape of a row; refuse those that cannot be a layer."""
        batched = len(rows.shape) > 1
        shape = (batched, *rows.shape[-1:])
        if shape in self._rehearsed:
            return
        if batched and rows.shape[0] == rows.shape[1]:  # rows and features look alike
            rows = concatenate([rows, rows[:1]])
        tape = self.construct((rows,), {})
        check_recorded(self.qnode, tape, batch=rows.shape[0] if batched else None)
        self._check_results(tape)
        self._rehearsed.add(shape)

    def _check_results(self, tape: Tape) -> None:
        """Refuse a circuit whose results do not fit the layer."""
