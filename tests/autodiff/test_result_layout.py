"""Places of results in a row of numbers."""

import math

import numpy as np
import pytest

import qgate as qg
from qgate.autodiff.result_layout import ResultLayout
from qgate.tape import Tape

MEASURED = {
    (): lambda: qg.expval(qg.Z(0)),
    (4,): lambda: qg.probs(wires=[0, 1]),
    (4, 2): lambda: qg.state(),
    (2, 2, 2): lambda: qg.density_matrix(1),
}


def layout(*measurements, shots=None):
    return ResultLayout.of(Tape([qg.CNOT([0, 1])], measurements, shots).sweep(), qg.device("local"))


@pytest.mark.parametrize("shape", MEASURED)
def test_a_complex_result_has_an_axis_for_real_and_imaginary_part(shape):
    found = layout(MEASURED[shape]())

    assert found.shapes == (shape,)
    assert found.size == math.prod(shape)


def test_samples_have_an_axis_of_shots():
    assert layout(qg.sample(wires=[0, 1]), qg.sample(qg.Z(0)), shots=7).shapes == ((7, 2), (7,))


def test_results_are_split_as_they_were_joined():
    places = layout(*[measure() for measure in MEASURED.values()])
    rng = np.random.default_rng(3)
    real = [rng.normal(size=(5, *shape)) for shape in ((), (4,))]
    paired = [rng.normal(size=(5, *shape, 2)) @ [1, 1j] for shape in ((4,), (2, 2))]

    flat = places.flat([*real, *paired])

    assert flat.shape == (5, 1 + 4 + 8 + 8)
    for found, given in zip(places.split(flat, np), [*real, *paired], strict=True):
        np.testing.assert_array_equal(found, given)
