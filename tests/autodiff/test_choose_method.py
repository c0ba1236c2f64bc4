"""Choice of the gradient method, and reasons against others."""

import numpy as np
import pytest

import qgate as qg
from qgate.autodiff.choose_method import choose_method
from qgate.autodiff.method import Method, check_method, parse_method
from qgate.exceptions import UnknownDiffMethod, UnknownGradientOption, UnsupportedDiffMethod
from qgate.gradients.registry import METHODS
from qgate.shots import Shots
from qgate.tape import Tape

EXACT = qg.device("local")
SAMPLED = qg.device("qiskit:aer")


def tape(*measurements, shots=None, trainable=(0,)):
    return Tape([qg.RX(0.1, 0), qg.CNOT([0, 1])], measurements, shots, trainable)


@pytest.mark.parametrize(
    ("measurement", "shots", "order", "chosen"),
    [
        (qg.expval(qg.Z(0)), None, 1, "adjoint"),
        (qg.var(qg.Z(0)), None, 1, "adjoint"),
        (qg.expval(qg.Z(0)), None, 2, "backprop"),
        (qg.probs(wires=0), None, 1, "adjoint"),
        (qg.state(), None, 1, "adjoint"),
        (qg.probs(wires=0), None, None, "backprop"),
        (qg.probs(wires=0), None, 2, "backprop"),
        (qg.expval(qg.Z(0)), 10, 1, "parameter-shift"),
        (qg.probs(wires=0), (10, 20), 2, "parameter-shift"),
    ],
)
def test_best_on_the_local_device(measurement, shots, order, chosen):
    method = choose_method(Method("best", {}), tape(measurement, shots=shots), EXACT, order)

    assert method.name == chosen


@pytest.mark.parametrize("shots", [None, 100])
def test_best_where_no_state_is_to_be_had_shifts_parameters(shots):
    method = choose_method(
        Method("best", {}), tape(qg.expval(qg.Z(0)), shots=shots), SAMPLED, depth=1
    )

    assert method.name == "parameter-shift"


def test_best_says_why_there_is_none():
    measured = tape(qg.expval(qg.Z(0)), qg.counts(wires=0), shots=10)

    with pytest.raises(UnsupportedDiffMethod) as caught:
        choose_method(Method("best", {}), measured, EXACT, depth=1)

    assert str(caught.value).startswith(
        "diff_method='best' cannot be used here: the circuit returns counts, and parameter-shift "
        "differentiates expval, var, probs, state, density_matrix, vn_entropy, mutual_info, "
        "purity, shadow_expval only."
    )


@pytest.mark.parametrize("name", METHODS)
def test_every_name_is_read(name):
    assert parse_method(name, {}) == Method(name, {})


def test_a_gradient_transform_stands_for_its_method():
    assert parse_method(qg.gradients.finite_diff, {"h": 0.1}) == Method("finite-diff", {"h": 0.1})


def test_a_transform_of_ones_own_is_its_own_method():
    @qg.gradients.transform
    def mine(tape, h=0.1):
        return [], tuple

    assert parse_method(mine, {"h": 0.2}) == Method("<transform: mine>", {"h": 0.2}, transform=mine)


def test_options_that_depend_on_the_tape_go_to_the_transform():
    options = {"gradient_recipes": [None]}

    found = parse_method("parameter-shift", options)

    assert found == Method("parameter-shift", options, transform=qg.gradients.param_shift)


def test_none_is_no_method():
    assert parse_method(None, {}) is None


def test_an_unknown_name_gets_the_near_ones():
    with pytest.raises(UnknownDiffMethod, match="Did you mean 'parameter-shift'"):
        parse_method("parameter_shift", {})


@pytest.mark.parametrize(
    ("name", "option", "near"),
    [
        ("parameter-shift", "shift", "shifts"),
        ("finite-diff", "strategi", "strategy"),
        ("best", "fallback", "fallback_step"),
    ],
)
def test_an_unknown_option_gets_the_near_ones(name, option, near):
    with pytest.raises(UnknownGradientOption) as caught:
        parse_method(name, {option: 1})

    assert f"{option!r} is not an option of the gradient method {name!r}" in str(caught.value)
    assert f"Did you mean {near!r}" in str(caught.value)


def test_a_method_without_options_takes_none():
    with pytest.raises(UnknownGradientOption, match="are: nothing"):
        parse_method("backprop", {"h": 0.1})


@pytest.mark.parametrize("name", ["backprop", "adjoint"])
def test_methods_of_the_state_are_refused_where_there_is_none(name):
    with pytest.raises(UnsupportedDiffMethod, match="gives no access to its state"):
        check_method(Method(name, {}), SAMPLED, Shots())


def test_backprop_is_refused_with_shots():
    with pytest.raises(UnsupportedDiffMethod, match="30 shots are asked for"):
        check_method(Method("backprop", {}), EXACT, Shots.of((10, 20)))


@pytest.mark.parametrize(
    ("name", "measurement"),
    [
        ("adjoint", qg.counts(wires=0)),
        ("parameter-shift", qg.sample(wires=0)),
        ("finite-diff", qg.counts(wires=0)),
    ],
)
def test_a_method_refuses_single_shots(name, measurement):
    with pytest.raises(UnsupportedDiffMethod) as caught:
        choose_method(Method(name, {}), tape(measurement), EXACT, depth=1)

    assert f"the circuit returns {measurement.return_type}" in str(caught.value)
    assert str(caught.value).endswith("single shots have no derivative.")


@pytest.mark.parametrize("name", ["adjoint", "parameter-shift", "finite-diff", "hadamard"])
def test_a_trained_matrix_of_an_observable_is_refused_by_all_but_backprop(name):
    measured = qg.expval(qg.Hermitian(np.diag([1.0, -1.0]), wires=0))
    trained = Tape([qg.RX(0.1, wires=0)], [measured], None, [1])

    with pytest.raises(UnsupportedDiffMethod, match="expval is trained by a whole array"):
        choose_method(Method(name, {}), trained, EXACT, depth=1)


@pytest.mark.parametrize("name", ["adjoint", "parameter-shift", "finite-diff", "hadamard"])
def test_a_trained_matrix_of_a_gate_is_served_by_every_method(name):
    matrix = qg.matrix(qg.Hadamard(0))
    trained = Tape([qg.QubitUnitary(matrix, wires=0)], [qg.expval(qg.Z(0))], None, [0])

    assert choose_method(Method(name, {}), trained, EXACT, depth=1).name == name
