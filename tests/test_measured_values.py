"""Shape and type of the value of a measurement."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import InvalidParameters, MeasurementShapeError, QuantumFunctionError

MEASUREMENTS = [
    qg.expval(qg.Z(0)),
    qg.var(qg.X(1)),
    qg.probs(wires=[0, 1]),
    qg.probs(op=qg.X(0)),
    qg.probs(),
    qg.sample(wires=[0, 1]),
    qg.sample(qg.Z(0)),
    qg.sample(),
    qg.state(),
    qg.density_matrix([0]),
    qg.density_matrix([0, 1]),
    qg.vn_entropy([0]),
    qg.mutual_info([0], [1]),
    qg.purity([0]),
]


@pytest.mark.parametrize("measurement", MEASUREMENTS, ids=repr)
def test_shape_and_type_are_those_of_the_value(measurement):
    shots = 7 if measurement.kind == "sample" else None

    @qg.qnode(qg.device("local", wires=3, seed=1), shots=shots)
    def circuit():
        qg.Hadamard(0)
        qg.CNOT([0, 1])
        return qg.apply(measurement)

    value = np.asarray(circuit())

    assert measurement.shape(shots, num_device_wires=3) == value.shape
    assert np.issubdtype(value.dtype, measurement.numeric_type) or value.dtype == np.float64
    assert np.iscomplexobj(value) == (measurement.numeric_type is complex)


def test_samples_of_unknown_number_have_no_shape():
    with pytest.raises(MeasurementShapeError, match="shots"):
        qg.sample(wires=0).shape()
    with pytest.raises(MeasurementShapeError, match="shots='many'"):
        qg.sample(wires=0).shape("many")


def test_counts_have_neither_shape_nor_type():
    with pytest.raises(QuantumFunctionError, match="dictionary"):
        qg.counts(wires=0).shape(10)
    with pytest.raises(QuantumFunctionError, match="dictionary"):
        qg.counts(wires=0).numeric_type  # noqa: B018


def test_a_measurement_without_an_observable_is_in_the_computational_basis():
    assert qg.probs(wires=0).samples_computational_basis
    assert not qg.probs(op=qg.X(0)).samples_computational_basis


def test_an_observable_gives_eigenvalues_and_diagonalizing_gates():
    measurement = qg.expval(qg.Y(0))

    assert sorted(measurement.eigvals()) == [-1, 1]
    assert len(measurement.diagonalizing_gates()) > 0
    assert qg.probs(wires=0).eigvals() is None
    assert qg.probs(wires=0).diagonalizing_gates() == []


def test_samples_have_the_type_that_was_asked_for():
    @qg.qnode("local?seed=1", shots=[3, 4])
    def circuit():
        return qg.sample(wires=[0, 1], dtype="int8"), qg.sample(qg.Z(0), dtype=np.float32)

    for bits, values in circuit():
        assert bits.dtype == np.int8
        assert values.dtype == np.float32
        assert values.tolist() == [1.0] * len(bits)
    assert qg.sample(wires=0, dtype="float32").numeric_type is float


@pytest.mark.parametrize("dtype", ["complex64", "text", object()])
def test_samples_are_of_real_types(dtype):
    with pytest.raises(InvalidParameters, match="int8"):
        qg.sample(wires=0, dtype=dtype)
