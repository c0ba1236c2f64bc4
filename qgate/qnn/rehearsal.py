"""Validation of a layer's circuit after recording, before it runs."""

from __future__ import annotations

from qgate.exceptions import InvalidLayer, described, name_of
from qgate.measurements import MeasurementKind
from qgate.qnode import QNode
from qgate.tape import Tape
from qgate.typing import Tensor

NO_FEATURES = {
    MeasurementKind.SAMPLE: "samples",
    MeasurementKind.CLASSICAL_SHADOW: "snapshots",
    MeasurementKind.COUNTS: "counts",
    MeasurementKind.STATE: "complex amplitudes",
    MeasurementKind.DENSITY_MATRIX: "a complex matrix",
}
"""Measurements that are not real numbers that vary smoothly with the weights."""


def check_data(function: str, inputs: Tensor, is_data: bool, framework: str) -> None:
    """Refuse data that are not an array of the framework, or have no features.

    Raises
    ------
    InvalidLayer
    """
    if not is_data or tuple(inputs.shape)[-1:] == (0,):
        raise InvalidLayer(
            function=function,
            reason=f"the layer was called with the data {described(inputs)}",
            remedy=f"Give an array of {framework} whose last axis is that of the features, one at "
            "least.",
        )


def check_recorded(qnode: QNode, tape: Tape, *, batch: int | None) -> None:
    """Refuse a circuit with results that are not real numbers, or that does not accept a batch.

    ``batch`` is the number of rows of data, different from the length of any other axis; None: one
    row without a batch axis, or the number is not known.

    Raises
    ------
    InvalidLayer
    """
    function = name_of(qnode.func)
    for item in tape.measurements:
        if item.kind in NO_FEATURES:
            raise InvalidLayer(
                function=function,
                reason=f"it returns {NO_FEATURES[item.kind]}, through which nothing can be trained",
                remedy="Return expectation values, variances or probabilities.",
            )
    if batch is not None and tape.batch_size != batch:
        found = "none" if tape.batch_size is None else f"an axis of {tape.batch_size}"
        raise InvalidLayer(
            function=function,
            reason=f"given data of {batch} rows, its gates should have an axis of {batch} numbers, "
            f"and have {found}",
            remedy="Rows come together, with features on the last axis: "
            "write inputs[..., 0] for the first feature, not inputs[0].",
        )


def number_of_results(qnode: QNode, tape: Tape) -> int:
    """Return how many numbers a circuit returns for each row."""
    every = len(tape.wires if qnode.device.wires is None else qnode.device.wires)
    return sum(
        2 ** (len(item.wires) or every) if item.kind is MeasurementKind.PROBS else 1
        for item in tape.measurements
    )
