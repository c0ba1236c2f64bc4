"""Result of a circuit that is a whole quantum function: what it measures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qgate.measurements import Measurement, counts, probs
from qgate.operations.outcome_values import MeasurementValue


class Readout:
    """Wires or outcomes that a circuit measures; the shots of a QNode decide in which form.

    Parameters
    ----------
    items : sequence of wires or of MeasurementValue
    """

    def __init__(self, items: Sequence[Any]) -> None:
        self.items = list(items)

    def measurement(self, shots: int | None) -> Measurement:
        """Return counts; or probabilities, if there are no shots."""
        make = counts if shots else probs
        if self.items and isinstance(self.items[0], MeasurementValue):
            return make(op=self.items)
        return make(wires=self.items)
