"""PennyLane's classes of measurements."""

from __future__ import annotations

import pytest

import qgate as qg
from qgate import measurements
from qgate.exceptions import QuantumFunctionError
from qgate.measurements import (
    ClassicalShadowMP,
    CountsMP,
    DensityMatrixMP,
    ExpectationMP,
    MeasurementProcess,
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

MADE = {
    ExpectationMP: (lambda: ExpectationMP(qg.Z(0)), lambda: qg.expval(qg.Z(0))),
    VarianceMP: (lambda: VarianceMP(obs=qg.Z(0)), lambda: qg.var(qg.Z(0))),
    ProbabilityMP: (lambda: ProbabilityMP(wires=[0, 1]), lambda: qg.probs(wires=[0, 1])),
    SampleMP: (lambda: SampleMP(qg.X(0)), lambda: qg.sample(qg.X(0))),
    CountsMP: (
        lambda: CountsMP(wires=[0], all_outcomes=True),
        lambda: qg.counts(wires=[0], all_outcomes=True),
    ),
    StateMP: (StateMP, qg.state),
    DensityMatrixMP: (lambda: DensityMatrixMP([0]), lambda: qg.density_matrix([0])),
    VnEntropyMP: (lambda: VnEntropyMP([0], log_base=2), lambda: qg.vn_entropy([0], log_base=2)),
    MutualInfoMP: (lambda: MutualInfoMP(([0], [1])), lambda: qg.mutual_info([0], [1])),
    ClassicalShadowMP: (lambda: ClassicalShadowMP([0], 3), lambda: qg.classical_shadow([0], 3)),
    ShadowExpvalMP: (
        lambda: ShadowExpvalMP(qg.Z(0), seed=3),
        lambda: qg.shadow_expval(qg.Z(0), seed=3),
    ),
    PurityMP: (lambda: PurityMP([0]), lambda: qg.purity([0])),
}


@pytest.mark.parametrize("kind", MADE)
def test_a_class_makes_the_measurement_and_recognizes_it(kind):
    made, expected = (make() for make in MADE[kind])

    recognized = {other for other in MADE if isinstance(expected, other)}
    assert made == expected
    assert isinstance(expected, MeasurementProcess)
    assert recognized == ({kind, StateMP} if kind is DensityMatrixMP else {kind})


def test_classes_are_subclasses_of_what_their_value_is_computed_from():
    assert issubclass(ExpectationMP, SampleMeasurement)
    assert issubclass(VnEntropyMP, StateMeasurement)
    assert not issubclass(SampleMP, StateMeasurement)
    assert issubclass(type(qg.state()), MeasurementProcess)
    assert not isinstance(qg.Z(0), MeasurementProcess)


def test_own_measurements_derive_from_two_classes_and_define_their_method():
    with pytest.raises(QuantumFunctionError, match="cannot derive from ExpectationMP"):

        class Mean(ExpectationMP):
            pass

    class Mine(SampleMeasurement):
        pass

    with pytest.raises(QuantumFunctionError, match="Define its method process_samples"):
        Mine(wires=0)
    with pytest.raises(QuantumFunctionError, match="is no kind of measurement"):
        MeasurementProcess()


def test_what_measures_inside_a_circuit_is_there_too():
    assert measurements.measure is qg.measure
    assert issubclass(measurements.MidMeasureMP, qg.Operator)
    with pytest.raises(AttributeError, match="nothing"):
        measurements.nothing  # noqa: B018
