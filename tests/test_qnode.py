"""QNodes for a user."""

import functools
import pickle
import pydoc

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import (
    DifferentiationError,
    InvalidShots,
    QGateError,
    QuantumFunctionError,
    UnknownInterface,
    UnsupportedDiffMethod,
)


@qg.qnode("local", diff_method="parameter-shift")
def mean(x, scale=1.0):
    """Rotate once."""
    qg.RX(x * scale, wires=0)
    return qg.expval(qg.Z(0))


X = qnp.array(0.4, requires_grad=True)


# Calling --------------------------------------------------------------------------------


def test_a_call_returns_a_number():
    assert mean(0.4) == pytest.approx(np.cos(0.4))


def test_defaults_and_keyword_arguments_reach_the_function():
    assert mean(0.4, scale=2.0) == pytest.approx(np.cos(0.8))


def test_the_device_may_be_made_before():
    device = qg.device("local", wires=2)

    node = qg.QNode(mean.func, device)

    assert node.device is device
    assert node(0.4) == pytest.approx(np.cos(0.4))


def test_a_node_keeps_the_name_and_the_docstring_of_its_function():
    assert (mean.__name__, mean.__doc__) == ("mean", "Rotate once.")


def test_a_node_says_what_it_is():
    assert repr(qg.QNode(mean.func, "qiskit:aer", diff_method="finite-diff")) == (
        "<QNode: device='qiskit:aer', interface='auto', diff_method='finite-diff', shots=1024>"
    )


def test_the_structure_may_change_from_call_to_call():
    @qg.qnode("local")
    def tower(height):
        for _ in range(height):
            qg.RX(0.1, 0)
        return qg.expval(qg.Z(0))

    assert [tower(height) for height in (1, 3, 2)] == pytest.approx(np.cos([0.1, 0.3, 0.2]))


def test_measurements_that_are_not_returned_are_not_made():
    @qg.qnode("local")
    def circuit():
        qg.counts(wires=0)  # would need shots
        return qg.expval(qg.Z(0))

    assert circuit() == 1.0


def test_results_come_in_the_order_in_which_they_are_returned():
    @qg.qnode("local")
    def circuit():
        first = qg.expval(qg.Z(0))
        qg.X(0)
        return qg.expval(qg.Z(1)), first

    assert circuit() == (1.0, -1.0)


def test_a_node_called_inside_another_runs_apart():
    @qg.qnode("local")
    def outer(x):
        qg.RX(mean(x), 0)
        return qg.expval(qg.Z(0))

    assert outer(0.4) == pytest.approx(np.cos(np.cos(0.4)))
    assert qg.grad(outer)(X) == pytest.approx(np.sin(np.cos(0.4)) * np.sin(0.4))


def test_an_error_in_the_function_leaves_nothing_behind():
    @qg.qnode("local")
    def broken():
        qg.RX(0.1, 0)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()

    assert mean(0.4) == pytest.approx(np.cos(0.4))


def test_methods_and_partial_functions_can_be_bound():
    class Model:
        angle = 0.4

        def circuit(self, scale):
            qg.RX(self.angle * scale, 0)
            return qg.expval(qg.Z(0))

    method = qg.QNode(Model().circuit, "local")
    partial = qg.QNode(functools.partial(mean.func, scale=2.0), "local")

    assert method(2.0) == partial(0.4) == pytest.approx(np.cos(0.8))


# Tapes ----------------------------------------------------------------------------------


def test_construct_gives_the_tape_without_running_it():
    with qg.Tracker() as tracker:
        tape = mean.construct([0.4], {"scale": 2.0})

    assert [operation.name for operation in tape.operations] == ["RX"]
    assert tape.get_parameters(trainable_only=False) == [0.8]
    assert tape.measurements == [qg.expval(qg.Z(0))]
    assert tracker.totals["batches"] == 0


def test_construct_knows_what_is_trainable():
    @qg.qnode("local")
    def circuit(x, y):
        qg.RX(x, 0)
        qg.RY(y, 0)
        qg.RZ(0.1, 0)
        return qg.expval(qg.Z(0))

    trained, fixed = qnp.array(0.1), qnp.array(0.2, requires_grad=False)

    assert circuit.construct([trained, fixed], {}).trainable_params == [0]
    assert circuit.construct([fixed, trained], {}).trainable_params == [1]


def test_the_last_tape_is_kept():
    node = qg.QNode(mean.func, "local", shots=7)
    node(0.4)

    assert node.tape.parameters == (0.4,)
    assert node.qtape is node.tape
    assert node.tape.shots.total_shots == 7


def tape(x, *measurements, shots=None):
    return qg.tape.QuantumScript([qg.RX(x, 0)], measurements or [qg.expval(qg.Z(0))], shots)


def test_tapes_are_run_together():
    with qg.Tracker() as tracker:
        found = qg.execute([tape(0.1), tape(0.2), tape(0.3)], "local")

    assert found == pytest.approx(tuple(np.cos([0.1, 0.2, 0.3])))
    assert tracker.totals["submissions"] == 1


def test_several_measurements_of_a_tape_are_a_tuple():
    ((mean, chances),) = qg.execute([tape(0.1, qg.expval(qg.Z(0)), qg.probs(wires=0))], "local")

    assert mean == pytest.approx(chances[0] - chances[1])


def test_every_tape_has_its_own_shots():
    tapes = [tape(0.1, qg.sample(wires=0), shots=shots) for shots in (5, 7)]

    assert [result.shape for result in qg.execute(tapes, "local")] == [(5, 1), (7, 1)]


@pytest.mark.parametrize("method", ["best", "backprop", "parameter-shift", "finite-diff"])
def test_execute_can_be_differentiated(method):
    def cost(x):
        first, second = qg.execute([tape(x), tape(2 * x)], "local", diff_method=method)
        return first * second

    expected = -np.sin(0.4) * np.cos(0.8) - 2 * np.cos(0.4) * np.sin(0.8)

    assert qg.grad(cost)(X) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("tapes", [tape(0.1), [3]])
def test_execute_takes_a_sequence_of_tapes_only(tapes):
    with pytest.raises(QuantumFunctionError, match=r"qg\.execute\(\[tape\], device\)"):
        qg.execute(tapes, "local")


# Shots ----------------------------------------------------------------------------------


@qg.qnode("local?seed=1")
def bits(x):
    qg.RX(x, 0)
    return qg.sample(wires=0)


def test_a_node_has_the_shots_of_its_device():
    assert qg.QNode(bits.func, "local?shots=13")(0.4).shape == (13, 1)


def test_shots_of_the_node_come_before_those_of_the_device():
    assert qg.QNode(bits.func, "local?shots=13", shots=5)(0.4).shape == (5, 1)


@pytest.mark.parametrize(
    "chosen",
    [
        lambda: qg.set_shots(bits, 6),
        lambda: qg.set_shots(bits, shots=6),
        lambda: qg.set_shots(6)(bits),
        lambda: qg.set_shots(shots=6)(bits),
        lambda: bits.with_shots(6),
        lambda: bits.update(shots=6),
    ],
)
def test_shots_can_be_set_afterwards(chosen):
    node = chosen()

    assert node(0.4).shape == (6, 1)
    assert not bits.shots, "the node that it was made from has changed"


def test_shots_can_be_taken_away():
    node = qg.set_shots(qg.QNode(mean.func, "local?shots=13"), None)

    assert node(0.4) == pytest.approx(np.cos(0.4))


def test_shots_can_be_given_with_a_call():
    assert bits(0.4, shots=4).shape == (4, 1)
    assert not bits.shots


def test_an_argument_called_shots_belongs_to_the_function():
    @qg.qnode("local")
    def circuit(shots):
        qg.RX(shots, 0)
        return qg.expval(qg.Z(0))

    assert circuit(shots=0.4) == pytest.approx(np.cos(0.4))


def test_text_is_no_number_of_shots():
    with pytest.raises(InvalidShots, match="shots='100'"):
        qg.QNode(bits.func, "local", shots="100")


def test_setting_shots_needs_a_node():
    with pytest.raises(QuantumFunctionError, match="set_shots was given <lambda>, which is not"):
        qg.set_shots(lambda x: x, 10)


def test_the_gradient_of_a_shot_vector():
    node = qg.set_shots(qg.QNode(mean.func, "local?seed=3"), ((500, 2), 1000))

    found = qg.jacobian(lambda x: qnp.stack(node(x)))(X)

    assert found.shape == (3,)
    np.testing.assert_allclose(found, -np.sin(0.4), atol=5 / np.sqrt(2 * 500))


# Differentiation ------------------------------------------------------------------------


def test_inputs_that_are_not_trainable_cost_no_derivative():
    with qg.Tracker() as tracker, pytest.warns(UserWarning, match="nothing to differentiate"):
        assert qg.grad(mean)(qnp.array(0.4, requires_grad=False)) == ()

    assert tracker.totals["batches"] == 0


@pytest.mark.parametrize("interface", ["auto", "autograd", "numpy"])
def test_every_name_of_the_interface_differentiates(interface):
    node = mean.update(interface=interface)

    assert qg.grad(node)(X) == pytest.approx(-np.sin(0.4))


@pytest.mark.parametrize("option", ["interface", "diff_method"])
def test_derivatives_can_be_switched_off(option):
    node = mean.update(**{option: None})

    assert node(X) == pytest.approx(np.cos(0.4))
    with pytest.raises(DifferentiationError, match=f"made with {option}=None"):
        qg.grad(node)(X)


def test_a_transform_serves_as_method():
    node = mean.update(diff_method=qg.gradients.finite_diff, gradient_kwargs={"h": 0.5})

    assert qg.grad(node)(X) == pytest.approx((np.cos(0.9) - np.cos(0.4)) / 0.5)


def test_second_derivatives_need_no_permission():
    assert qg.jacobian(qg.grad(mean))(X) == pytest.approx(-np.cos(0.4))


def test_the_order_of_derivatives_can_be_limited():
    node = mean.update(max_diff=1)

    assert qg.grad(node)(X) == pytest.approx(-np.sin(0.4))
    with pytest.raises(DifferentiationError, match="made with max_diff=1"):
        qg.jacobian(qg.grad(node))(X)


def test_derivatives_by_different_arguments_count_together():
    @qg.qnode("local", max_diff=1)
    def circuit(x, y):
        qg.RX(x, 0)
        qg.RY(y, 0)
        return qg.expval(qg.Z(0))

    with pytest.raises(DifferentiationError, match="A derivative of order 2 is being taken"):
        qg.jacobian(qg.grad(circuit, argnums=1), argnums=0)(0.3, 0.5)


def test_the_first_order_of_adjoint_says_what_to_use_for_the_second():
    node = mean.update(diff_method="adjoint")

    with pytest.raises(UnsupportedDiffMethod, match="Use diff_method='backprop'"):
        qg.jacobian(qg.grad(node))(X)


def test_methods_are_checked_when_the_node_is_made():
    with pytest.raises(UnsupportedDiffMethod):
        qg.QNode(mean.func, "qiskit:aer", diff_method="backprop")
    with pytest.raises(UnknownInterface):
        qg.QNode(mean.func, "local", interface="autogard")


def test_a_step_down_the_gradient_lowers_the_value():
    gradient = qg.grad(mean)
    x = X
    for _ in range(30):
        x = x - 0.5 * gradient(x)

    assert gradient.forward == pytest.approx(-1, abs=1e-3)


@pytest.mark.parametrize("rows", [1, 2])
@pytest.mark.parametrize("method", ["backprop", "adjoint", "parameter-shift", "finite-diff"])
def test_results_of_a_batch_of_states_keep_its_axis_where_they_are_differentiated(method, rows):
    @qg.qnode("local", diff_method=method)
    def circuit(angle):
        qg.StatePrep(np.array([[0.6, 0.8], [1.0, 0.0]][:rows]), wires=0)
        qg.RY(angle, wires=0)
        return qg.expval(qg.Z(0))

    found = qg.jacobian(circuit, argnums=0)(0.3)

    expected = [0.28 * np.sin(0.3) - 0.96 * np.cos(0.3), -np.sin(0.3)]
    np.testing.assert_allclose(found, expected[:rows], atol=1e-6)


@pytest.mark.parametrize("diff_method", ["adjoint", "parameter-shift", "best"])
def test_a_gradient_makes_no_errors_that_are_not_raised(diff_method, monkeypatch):
    made = []
    monkeypatch.setattr(QGateError, "__init__", lambda self, *_, **__: made.append(self))

    @qg.qnode(qg.device("local", wires=2), diff_method=diff_method)
    def circuit(angles):
        qg.RY(angles[0], 0)
        qg.RX(angles[1], 1)
        qg.CNOT([0, 1])
        return qg.expval(qg.Z(1))

    qg.grad(circuit)(qnp.array([0.1, 0.2], requires_grad=True))

    assert made == []


# The decorator --------------------------------------------------------------------------


def test_the_decorator_without_a_device_says_what_to_write():
    with pytest.raises(QuantumFunctionError, match=r"@qg\.qnode\('local'\) above it"):

        @qg.qnode
        def circuit(x):
            return qg.expval(qg.Z(0))


def test_the_help_of_the_decorator_explains_device_and_method():
    text = pydoc.render_doc(qg.qnode, renderer=pydoc.plaintext)

    assert "device : Device or str" in text
    assert "diff_method" in text


@qg.qnode("local")
def by_name(x):
    qg.RX(x, wires=0)
    return qg.expval(qg.Z(0))


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_a_decorated_qnode_is_pickled_by_name(protocol):
    loaded = pickle.loads(pickle.dumps(by_name, protocol))

    assert loaded(0.4) == by_name(0.4)
