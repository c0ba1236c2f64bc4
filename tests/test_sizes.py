"""Numbers that are unrolled: refused before allocation, or computed in closed form."""

import copy
import pickle
import tracemalloc

import numpy as np
import pytest
from numpy.testing import assert_allclose

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import (
    InvalidDifferenceRule,
    InvalidFourierGrid,
    InvalidOptimizerOption,
    InvalidParameters,
    InvalidReconstruction,
    TooLarge,
)
from qgate.recording import record
from qgate.sizes import MOST_NESTED

N = 10**9
H = 0.5 * qg.Z(0) @ qg.Z(1) + 0.3 * qg.X(0)
DEVICE = qg.device("local", wires=8)


def state_after(*make):
    def circuit():
        for each in make:
            each()
        return qg.state()

    return qg.QNode(circuit, DEVICE)()


def decomposed(make):
    return lambda: state_after(make)


def gradient(method, **options):
    def circuit(x):
        qg.RX(x, 0)
        return qg.expval(qg.Z(0))

    node = qg.QNode(circuit, DEVICE, diff_method=method, gradient_kwargs=options)
    return lambda: qg.grad(node)(qnp.array(0.3))


def rotation(x):
    qg.RX(x, 0)
    return qg.expval(qg.Z(0))


def in_lists(levels):
    value = [0.1]
    for _ in range(levels):
        value = [value]
    return value


UNROLLED = {
    "a power of a gate of three angles": decomposed(lambda: qg.pow(qg.Rot(0.1, 0.2, 0.3, 0), N)),
    "a negative power": decomposed(lambda: qg.pow(qg.Rot(0.1, 0.2, 0.3, 0), -N)),
    "a power of a product": decomposed(lambda: qg.pow(qg.prod(qg.RX(0.1, 0), qg.RY(0.2, 1)), N)),
    "a power of a power": decomposed(lambda: qg.pow(qg.pow(qg.Rot(0.1, 0.2, 0.3, 0), 400), 10**5)),
    "a power of a wide template": decomposed(lambda: qg.pow(qg.QFT(range(7)), N)),
    "a power of a function": lambda: qg.pow(lambda: qg.RX(0.1, 0), N)(),
    "a power of a sum": lambda: qg.pow(3 * H, N),
    "a power of a sum by its sign": lambda: (3 * H) ** N,
    "steps of Trotter": lambda: qg.TrotterProduct(H, 0.1, n=N),
    "very many steps of Trotter": lambda: qg.TrotterProduct(H, 0.1, n=10**5000),
    "the order of Trotter": lambda: qg.TrotterProduct(H, 0.1, n=1, order=100),
    "a very high order of Trotter": lambda: qg.TrotterProduct(H, 0.1, n=1, order=N),
    "steps of an evolution": lambda: qg.ApproxTimeEvolution(H, 0.1, N),
    "digits of a phase": decomposed(
        lambda: qg.QuantumPhaseEstimation(
            qg.Rot(0.1, 0.2, 0.3, 0), estimation_wires=["e", *range(1, 60)]
        ).decomposition()
    ),
    "powers of phase estimation": lambda: qg.QNode(
        lambda: [
            qg.QuantumPhaseEstimation(qg.Rot(0.1, 0.2, 0.3, 0), estimation_wires=range(1, 23)),
            qg.expval(qg.Z(0)),
        ][1],
        qg.device("local"),
    )(),
    "layers": lambda: qg.layer(lambda: qg.RX(0.1, 0), N),
    "pairs of wires": lambda: qg.broadcast(qg.CNOT, range(3000), "all_to_all"),
    "the Fourier transform": lambda: qg.QFT(range(10_000)).decomposition(),
    "terms of a shift rule": lambda: qg.gradients.generate_multi_shift_rule(
        [tuple(range(1, 200))] * 4
    ),
    "repetitions of an embedding": lambda: qg.IQPEmbedding([0.1], wires=[0], n_repeats=1e264),
    "a range as an array": lambda: qg.RX([range(10**12)], 0),
    "a list in lists": lambda: qg.RX(in_lists(3000), 0),
    "an argument in lists": lambda: qg.jvp(np.sum, in_lists(3000), in_lists(3000)),
    "a QNode's argument in lists": lambda: qg.gradients.param_shift(
        qg.QNode(rotation, DEVICE, diff_method="parameter-shift"), argnum=0
    )(in_lists(3000)),
    "eigenvalues": lambda: qg.gradients.eigvals_to_frequencies(tuple(range(100_000))),
    "the matrix of a template": lambda: qg.matrix(qg.GroverOperator(range(30))),
    "the matrix of a gate": lambda: qg.matrix(qg.X(0), wire_order=range(40)),
    "the matrix of a sum": lambda: qg.matrix(qg.Z(0) @ qg.X(39), wire_order=range(40)),
    "the matrix of a function": lambda: qg.matrix(lambda: qg.X(0), wire_order=range(40))(),
    "eigenvalues of a sum": lambda: qg.eigvals(qg.prod(*map(qg.Z, range(40)))),
}


@pytest.mark.parametrize("ask", UNROLLED.values(), ids=UNROLLED.keys())
def test_what_is_unrolled_too_far_is_refused_before_it_is_made(ask):
    tracemalloc.start()

    with pytest.raises(TooLarge, match="and the limit is"):
        ask()

    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2**30


@pytest.mark.parametrize(
    ("error", "ask"),
    [
        (InvalidDifferenceRule, gradient("spsa", num_directions=N)),
        (InvalidDifferenceRule, gradient("spsa", h=1e-320)),
        (InvalidDifferenceRule, gradient("finite-diff", approx_order=1000)),
        (InvalidDifferenceRule, gradient("finite-diff", approx_order=10**6)),
        (InvalidDifferenceRule, gradient("finite-diff", n=10**6)),
        (InvalidDifferenceRule, gradient("finite-diff", h=1e-320)),
        (InvalidFourierGrid, lambda: qg.fourier.coefficients(np.sum, 1, N)),
        (InvalidFourierGrid, lambda: qg.fourier.coefficients(np.sum, 50, 5)),
        (InvalidFourierGrid, lambda: qg.fourier.coefficients(np.sum, N, 0)),
        (InvalidFourierGrid, lambda: qg.fourier.coefficients(np.sum, 1, 3, True, N)),
        (
            InvalidReconstruction,
            lambda: qg.fourier.reconstruct(
                qg.QNode(rotation, DEVICE), nums_frequency={"x": {(): 10**7}}
            )(qnp.array(0.3)),
        ),
        (InvalidOptimizerOption, lambda: qg.QNSPSAOptimizer(resamplings=N)),
    ],
)
def test_numbers_of_points_have_a_limit(error, ask):
    with pytest.raises(error):
        ask()


@pytest.mark.parametrize(
    "z",
    [float("nan"), float("inf"), 10**5000, "2", [1, 2]],
    ids=["nan", "inf", "long", "text", "list"],
)
def test_an_exponent_is_a_finite_number(z):
    with pytest.raises(InvalidParameters, match="Give a real number"):
        qg.pow(qg.S(0), z)


@pytest.mark.parametrize(
    ("gate", "z", "equal"),
    [
        (lambda: qg.X(0), N + 1, lambda: qg.X(0)),
        (lambda: qg.S(0), N + 3, lambda: qg.adjoint(qg.S(0))),
        (lambda: qg.SWAP([0, 1]), -N - 1, lambda: qg.SWAP([0, 1])),
        (lambda: qg.CNOT([0, 1]), 10**17 + 1, lambda: qg.CNOT([0, 1])),
        (lambda: qg.RX(0.5, 0), 2**60, lambda: qg.RX(0.5 * 2**60, 0)),
        (lambda: qg.QFT([0, 1, 2]), 4 * N + 1, lambda: qg.QFT([0, 1, 2])),
        (lambda: qg.CSWAP([0, 1, 2]), N + 1, lambda: qg.CSWAP([0, 1, 2])),
    ],
)
def test_high_powers_of_gates_have_a_closed_form(gate, z, equal):
    start = [lambda: qg.RY(0.4, 0), lambda: qg.RX(0.7, 1), lambda: qg.RY(0.9, 2)]

    found = state_after(*start, lambda: qg.pow(gate(), z))

    assert_allclose(found, state_after(*start, equal), atol=1e-5 if z > 2 * N else 1e-6)
    assert_allclose(np.linalg.norm(found), 1.0, atol=1e-12)


def test_a_high_power_of_a_pauli_word_is_a_word():
    assert qg.pow(qg.X(0) @ qg.Z(1), N + 1) == qg.X(0) @ qg.Z(1)
    assert qg.pow(2.0 * qg.X(0), 10) == 1024.0 * qg.I(0)


def test_powers_of_sums_are_products():
    cubed = H @ H @ H

    assert_allclose(qg.matrix(qg.pow(H, 3), [0, 1]), qg.matrix(cubed, [0, 1]), atol=1e-14)


def test_spectra_of_thousands_of_equal_gates_are_joined():
    def circuit(x):
        for _ in range(2000):
            qg.RX(x, 0, id="x")
        return qg.expval(qg.Z(0))

    found = qg.fourier.circuit_spectrum(qg.QNode(circuit, DEVICE))(0.1)

    assert found["x"] == [float(k) for k in range(-2000, 2001)]


# Nesting --------------------------------------------------------------------------------


def in_one_another(make, start, levels):
    made = start()
    for level in range(levels):
        made = make(made, level)
    return made


def rotated():
    return qg.Rot(0.1, 0.2, 0.3, 0)


def some_matrix():
    return qg.Hermitian(np.eye(2), 0)


NESTED = {
    "adjoint": (lambda op, level: qg.adjoint(op), rotated),
    "power": (lambda op, level: qg.pow(op, 1.01), lambda: qg.RX(0.1, 0)),
    "product": (lambda op, level: qg.prod(op, qg.RY(0.01, 0)), rotated),
    "product of observables": (
        lambda op, level: qg.prod(op, qg.Hermitian(np.eye(2), level + 1)),
        some_matrix,
    ),
    "sum": (lambda op, level: qg.sum(op, some_matrix()), some_matrix),
    "exponential": (lambda op, level: qg.exp(op, 0.001), some_matrix),
    "mixed": (
        lambda op, level: qg.adjoint(op) if level % 2 else qg.prod(op, qg.S(0)),
        rotated,
    ),
    "function": (lambda function, level: qg.adjoint(function), lambda: rotated),
    "controlled function": (lambda function, level: qg.ctrl(function, level + 1), lambda: rotated),
    "controls": (lambda op, level: qg.ctrl(op, level + 1), rotated),
}


@pytest.mark.parametrize("name", NESTED)
@pytest.mark.parametrize("levels", [2000, 5000])
def test_what_is_nested_too_deep_is_refused_when_it_is_made(name, levels):
    with pytest.raises(TooLarge, match=r"levels of nesting|control wires"):
        in_one_another(*NESTED[name], levels)


WORKS = {
    "repr": repr,
    "hash": hash,
    "equality": lambda op: op == op.map_wires({0: 0}),
    "simplify": qg.simplify,
    "label": lambda op: op.label(2),
    "wires": lambda op: op.map_wires({0: "a"}),
    "adjoint": lambda op: op.adjoint(),
    "matrix": qg.matrix,
    "pickle": lambda op: pickle.loads(pickle.dumps(op)),
    "copy": copy.deepcopy,
    "application": lambda op: state_after(lambda: record(op)),
}


@pytest.mark.parametrize("name", ["adjoint", "power", "product", "mixed"])
@pytest.mark.parametrize("use", WORKS)
def test_what_is_nested_less_deep_works(name, use):
    WORKS[use](in_one_another(*NESTED[name], MOST_NESTED))


def test_nested_adjoints_are_what_they_say():
    twice = in_one_another(*NESTED["adjoint"], 20)

    assert_allclose(qg.matrix(twice), qg.matrix(rotated()), atol=1e-14)
