"""Measurements: the return values of a quantum function."""

from importlib import import_module
from typing import Any

from qgate.exceptions import MeasurementShapeError
from qgate.lazy_names import public_names, refuse_unknown
from qgate.measurements.classes import (
    ClassicalShadowMP,
    CountsMP,
    DensityMatrixMP,
    ExpectationMP,
    MeasurementProcess,
    MeasurementTransform,
    MutualInfoMP,
    ProbabilityMP,
    PurityMP,
    SampleMeasurement,
    SampleMP,
    ShadowExpvalMP,
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
from qgate.measurements.shadows import ShadowExpval, classical_shadow, shadow_expval
from qgate.operations.outcome_values import MeasurementValue
from qgate.shots import Shots

__all__ = [
    "EXACT_KINDS",
    "SINGLE_SHOTS",
    "ClassicalShadowMP",
    "CountsMP",
    "DensityMatrixMP",
    "ExpectationMP",
    "MeasuredForm",
    "Measurement",
    "MeasurementKind",
    "MeasurementProcess",
    "MeasurementShapeError",
    "MeasurementTransform",
    "MeasurementValue",
    "MutualInfoMP",
    "ProbabilityMP",
    "PurityMP",
    "SampleMP",
    "SampleMeasurement",
    "ShadowExpval",
    "ShadowExpvalMP",
    "Shots",
    "StateMP",
    "StateMeasurement",
    "VarianceMP",
    "VnEntropyMP",
    "are_returned",
    "classical_shadow",
    "counts",
    "density_matrix",
    "expval",
    "mutual_info",
    "probs",
    "purity",
    "sample",
    "shadow_expval",
    "state",
    "var",
    "vn_entropy",
]


_LATER = {
    "MidMeasure": ("qgate.operations.mid_measure", "MidMeasure"),
    "MidMeasureMP": ("qgate.operations.mid_measure", "MidMeasure"),
    "measure": ("qgate.operations.mid_measure", "measure"),
}
"""Names that most circuits do not use, and modules that build on this one."""


__dir__ = public_names(__name__)


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        refuse_unknown(__name__)(name)
    module, member = _LATER[name]
    return getattr(import_module(module), member)
