"""Arguments that are accepted, and those that are refused."""

import math

import numpy as np
import pytest

import qgate as qg
from qgate.arguments import (
    finite_number,
    finite_numbers,
    items_of,
    random_generator,
    seconds_to_wait,
    whole_number,
)
from qgate.exceptions import InvalidTimeout, QGateError


@pytest.mark.parametrize("value", [3, 3.0, np.int8(3), np.float32(3), np.array(3)])
def test_a_whole_number_is_read_from_any_kind_of_number(value):
    assert whole_number(value) == 3


@pytest.mark.parametrize(
    "value", [True, None, "3", 3.5, math.nan, math.inf, [3], np.array([3]), 3j, object()]
)
def test_anything_else_is_no_whole_number(value):
    assert whole_number(value) is None


def test_integers_beyond_the_range_of_floats_are_finite():
    assert finite_number(10**400) == 10**400


@pytest.mark.parametrize("values", ["12", 3, [1, math.nan], [1, "a"], np.array(1.0), range(10**12)])
def test_only_sequences_of_finite_numbers_are_read_as_such(values):
    assert finite_numbers(values) is None


def test_numbers_of_generators_and_arrays_are_read():
    assert finite_numbers(np.array([1, 2])) == (1.0, 2.0)
    assert finite_numbers(value for value in (0.5, 1)) == (0.5, 1.0)


def test_text_is_no_sequence_of_items():
    assert items_of("ab") is None
    assert items_of(("a", "b")) == ["a", "b"]


@pytest.mark.parametrize("value", [-1, math.nan, "soon", [1.0], qg.X(0)])
def test_a_time_that_is_none_is_refused(value):
    with pytest.raises(InvalidTimeout, match="number of seconds from 0 on"):
        seconds_to_wait(value)


def test_infinity_is_no_limit_and_ages_are_cut():
    assert seconds_to_wait(math.inf) is None
    assert seconds_to_wait(10**30) == 1e9


@pytest.mark.parametrize(
    "seed", [5, np.int64(5), [5, 6], np.array([5, 6]), np.random.SeedSequence(5)]
)
def test_seeds_of_numpy_give_its_generator(seed):
    assert random_generator(seed).random() == np.random.default_rng(seed).random()


def test_a_generator_shares_its_state():
    random = np.random.default_rng(5)

    assert random_generator(random) is random


@pytest.mark.parametrize(
    "seed", [-1, 0.5, "5", {}, {0: 1}, {3}, [], [1, -2], range(10**12), object()]
)
def test_anything_else_is_no_seed(seed):
    assert random_generator(seed) is None


def circuit(x):
    qg.RX(x, wires=0)
    return qg.expval(qg.Z(0))


NODE = qg.QNode(circuit, "local")

CALLS = {
    "gradient_kwargs": lambda: qg.QNode(circuit, "local", gradient_kwargs="h"),
    "max_diff": lambda: qg.QNode(circuit, "local", max_diff="one"),
    "interface": lambda: qg.QNode(circuit, "local", interface=np.zeros(2)),
    "shots": lambda: qg.QNode(circuit, "local", shots=np.array([], dtype=int)),
    "tapes": lambda: qg.execute(0, "local"),
    "timeout_s": lambda: qg.submit(NODE)(0.1).result("soon"),
    "frequencies": lambda: qg.gradients.generate_shift_rule(1),
    "shifts": lambda: qg.gradients.generate_shift_rule((1,), ["a"]),
    "order": lambda: qg.gradients.generate_shift_rule((1,), order=None),
    "eigvals": lambda: qg.gradients.eigvals_to_frequencies("ab"),
    "approx_order": lambda: qg.gradients.finite_diff_coeffs(1, math.nan, "center"),
    "strategy": lambda: qg.gradients.finite_diff_coeffs(1, 2, ["center"]),
    "h": lambda: qg.gradients.finite_diff(NODE, h="auto")(qg.numpy.array(0.1)),
    "sampler_rng": lambda: qg.gradients.spsa_grad(NODE, sampler_rng=-0.5)(qg.numpy.array(0.1)),
    "approx": lambda: qg.gradients.metric_tensor(NODE, approx=np.zeros(2))(qg.numpy.array(0.1)),
    "rotation": lambda: qg.AngleEmbedding([0.1], wires=[0], rotation=1),
    "n_repeats": lambda: qg.IQPEmbedding([0.1], wires=[0], n_repeats="two"),
    "seed": lambda: qg.RandomLayers(np.ones((1, 1)), wires=[0], seed="one"),
    "wires": lambda: qg.RandomLayers(np.ones((1, 1)), wires=[]),
    "exponent": lambda: qg.pow(circuit, math.nan),
    "time": lambda: qg.evolve(qg.X(0), np.ones((2, 3))),
    "ops": lambda: qg.dot([0.1], 0),
    "wire_map": lambda: qg.map_wires(qg.X(0), 0),
    "matrix": lambda: qg.pauli_decompose(0),
    "ids": lambda: qg.fourier.reconstruct(NODE, ids=0, nums_frequency={"x": {(): 1}})(0.1),
    "alpha": lambda: qg.SPSAOptimizer(maxiter=10, alpha=2.0**40),
}


@pytest.mark.parametrize("name", CALLS)
def test_arguments_of_another_kind_raise_errors_of_qgate(name):
    with pytest.raises(QGateError):
        CALLS[name]()


def test_things_of_different_kinds_are_compared():
    assert not qg.equal(64, np.array([0.5, 0.5]))
