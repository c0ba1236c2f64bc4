"""Measurements: the return values of a quantum function."""

from qgate.exceptions import MeasurementShapeError
from qgate.measurements.classes import (
    CountsMP,
    DensityMatrixMP,
    ExpectationMP,
    MeasurementProcess,
    MutualInfoMP,
    ProbabilityMP,
    PurityMP,
    SampleMeasurement,
    SampleMP,
    StateMeasurement,
    StateMP,
    VarianceMP,
    VnEntropyMP,
)
from qgate.measurements.functions import (
    counts,
    density_matrix,
    expval,
    mutual_info,
    probs,
    purity,
    sample,
    state,
    var,
    vn_entropy,
)
from qgate.measurements.measurement import (
    EXACT_KINDS,
    SINGLE_SHOTS,
    MeasuredForm,
    Measurement,
    MeasurementKind,
    are_returned,
)
from qgate.operations.outcome_values import MeasurementValue
from qgate.shots import Shots

__all__ = [
    "EXACT_KINDS",
    "SINGLE_SHOTS",
    "CountsMP",
    "DensityMatrixMP",
    "ExpectationMP",
    "MeasuredForm",
    "Measurement",
    "MeasurementKind",
    "MeasurementProcess",
    "MeasurementShapeError",
    "MeasurementValue",
    "MutualInfoMP",
    "ProbabilityMP",
    "PurityMP",
    "SampleMP",
    "SampleMeasurement",
    "Shots",
    "StateMP",
    "StateMeasurement",
    "VarianceMP",
    "VnEntropyMP",
    "are_returned",
    "counts",
    "density_matrix",
    "expval",
    "mutual_info",
    "probs",
    "purity",
    "sample",
    "state",
    "var",
    "vn_entropy",
]


def __getattr__(name: str) -> object:
    # Most circuits measure at their end only and do not load what measures before.
    if name not in ("MidMeasure", "MidMeasureMP", "measure"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from qgate.operations import mid_measure

    return mid_measure.measure if name == "measure" else mid_measure.MidMeasure
