"""``qg.transform``: transforms of tapes, quantum functions, QNodes and pipelines."""

import copy
import pickle

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import InvalidParameters, TransformError

X = qnp.array(0.4, requires_grad=True)


@qg.transform
def weighted(tape, factors=(1.0, 2.0)):
    """Sum of a circuit at multiples of its angles."""
    places = range(len(tape.parameters))
    tapes = [tape.bind_new_parameters([f * x for x in tape.parameters], places) for f in factors]
    return tapes, sum


@qg.transform
def without_rx(tape):
    kept = [operation for operation in tape.operations if operation.name != "RX"]
    return [tape.copy(operations=kept)], lambda results: results[0]


@qg.transform
def with_twice_the_value(tape):
    return [tape], lambda results: 2 * results[0]


@qg.transform(is_informative=True)
def number_of_gates(tape):
    return [tape], lambda tapes: len(tapes[0].operations)


def function(x):
    qg.RX(x, wires=0)
    qg.RY(x / 2, wires=1)
    qg.CNOT(wires=[0, 1])
    return qg.expval(qg.Z(1))


def value(x):
    return np.cos(x) * np.cos(x / 2)


@weighted(factors=[1.0, 3.0])
@qg.qnode("local")
def decorated(x):
    return function(x)


def tape_of(x=0.4):
    return qg.QNode(function, "local").construct((x,), {})


def test_a_tape_gives_tapes_and_a_function():
    tapes, postprocess = weighted(tape_of(), factors=[1.0, 0.5])

    found = postprocess(qg.execute(tapes, "local"))

    assert len(tapes) == 2
    assert found == pytest.approx(value(0.4) + value(0.2))


def test_several_tapes_give_a_tuple_of_results():
    tapes, postprocess = weighted([tape_of(0.4), tape_of(0.8)])

    found = postprocess(qg.execute(tapes, "local"))

    expected = [value(0.4) + value(0.8), value(0.8) + value(1.6)]
    np.testing.assert_allclose(found, expected)


def test_a_quantum_function_stays_one():
    @qg.qnode("local")
    def circuit(x):
        return without_rx(function)(x)

    assert circuit(0.4) == pytest.approx(np.cos(0.2))
    with pytest.raises(TransformError, match="makes 2 tapes, and a quantum function is one"):
        weighted(function)(0.4)


def test_a_repeated_operation_of_a_quantum_function_is_kept():
    @qg.transform
    def doubled(tape):
        return [tape.copy(ops=[each for each in tape.operations for _ in (0, 1)])], len

    tape = qg.QNode(doubled(function), "local").construct((0.4,), {})

    assert [each.name for each in tape.operations] == ["RX", "RX", "RY", "RY", "CNOT", "CNOT"]


def test_a_qnode_stays_one():
    assert isinstance(decorated, qg.QNode)
    assert decorated.__name__ == "decorated"
    assert decorated(0.4) == pytest.approx(value(0.4) + value(1.2))


METHODS = ("best", "backprop", "adjoint", "parameter-shift", "finite-diff", "hadamard", "spsa")


@pytest.mark.parametrize("method", METHODS)
def test_every_method_differentiates_a_transformed_qnode(method):
    options = {"num_directions": 300, "sampler_rng": 1} if method == "spsa" else {}
    circuit = weighted(qg.QNode(function, "local", diff_method=method, gradient_kwargs=options))

    found = qg.grad(circuit)(X)

    step = 1e-6
    known = (circuit(0.4 + step) - circuit(0.4 - step)) / (2 * step)
    # 300 random directions, each with an error of about the derivative
    assert found == pytest.approx(known, abs=0.3 if method == "spsa" else 1e-5)


def test_second_derivatives_of_a_transformed_qnode():
    circuit = weighted(qg.QNode(function, "local", diff_method="parameter-shift"))

    found = qg.grad(qg.grad(circuit))(X)

    step = 1e-4
    near = [circuit(0.4 + shift) for shift in (-step, 0.0, step)]
    assert found == pytest.approx((near[0] - 2 * near[1] + near[2]) / step**2, abs=1e-5)


@pytest.mark.parametrize("method", ["parameter-shift", "hadamard"])
def test_all_tapes_of_a_gradient_are_one_submission(method):
    circuit = weighted(qg.QNode(function, "local", diff_method=method, shots=10))

    with qg.Tracker() as tracker:
        qg.grad(circuit)(X)

    assert tracker.totals["submissions"] == 1


def test_a_tape_without_trained_angles_is_in_the_same_submission():
    @qg.transform
    def beside_zero(tape):
        fixed = qg.tape.QuantumScript([qg.RY(0.3, 1)], tape.measurements, tape.shots)
        return [fixed, tape], lambda results: results[0] * results[1]

    circuit = beside_zero(qg.QNode(function, "local", diff_method="parameter-shift"))

    with qg.Tracker() as tracker:
        found = qg.grad(circuit)(X)

    step = 1e-6
    assert found == pytest.approx((circuit(0.4 + step) - circuit(0.4 - step)) / (2 * step))
    assert tracker.totals["submissions"] == 1


def test_tapes_with_different_numbers_of_rows_are_one_submission():
    @qg.transform
    def first_beside_all(tape):
        (angles, half), places = tape.parameters, [0, 1]
        one = tape.bind_new_parameters([angles[0], half[0]], places)
        return [one, tape], lambda results: results[0] + results[1]

    circuit = first_beside_all(qg.QNode(function, "local", diff_method="parameter-shift"))
    angles = qnp.array([0.1, 0.2, 0.3])

    with qg.Tracker() as tracker:
        found = qg.jacobian(circuit)(angles)

    slopes = -np.sin(angles) * np.cos(angles / 2) - np.cos(angles) * np.sin(angles / 2) / 2
    expected = np.diag(slopes) + np.outer(np.ones(3), [slopes[0], 0, 0])
    np.testing.assert_allclose(found, expected, atol=1e-9)
    assert tracker.totals["submissions"] == 1


def test_rows_of_a_broadcast_are_kept():
    angles = qnp.array([0.1, 0.2])
    circuit = weighted(qg.QNode(function, "local", diff_method="parameter-shift"))

    np.testing.assert_allclose(circuit(angles), value(angles) + value(2 * angles))
    slopes = np.diag(qg.jacobian(circuit)(angles))
    np.testing.assert_allclose(slopes, [qg.grad(circuit)(each) for each in angles])


def test_results_are_in_the_container_that_the_function_returned():
    @qg.qnode("local")
    def circuit(x):
        qg.RX(x, 0)
        return {"z": qg.expval(qg.Z(0)), "p": [qg.probs(wires=0)]}

    found = without_rx(circuit)(0.3)

    assert found["z"] == 1.0
    np.testing.assert_allclose(found["p"][0], [1, 0])


def test_a_shot_vector_gives_a_tuple_of_results():
    circuit = with_twice_the_value(without_rx(qg.QNode(function, "local")))

    found = without_rx(qg.QNode(lambda: qg.expval(qg.Z(0)), "local", shots=[5, 6]))()

    assert found == (1.0, 1.0)
    assert circuit(0.0) == 2.0


def test_transforms_of_a_qnode_are_listed_and_can_be_changed():
    circuit = without_rx(weighted(qg.QNode(function, "local")))

    assert [step.transform for step in circuit.compile_pipeline] == [weighted, without_rx]
    circuit.compile_pipeline.pop()
    assert circuit(0.4) == pytest.approx(value(0.4) + value(0.8))
    assert not qg.QNode(function, "local").compile_pipeline


def test_a_changed_copy_keeps_its_transforms():
    circuit = with_twice_the_value(qg.QNode(function, "local"))

    for other in (circuit.update(diff_method="parameter-shift"), copy.copy(circuit)):
        assert other(0.4) == pytest.approx(2 * value(0.4))
    assert circuit.with_shots(7)(0.0) == 2.0
    assert circuit(0.0, shots=7) == 2.0


@pytest.mark.parametrize("protocol", [2, pickle.HIGHEST_PROTOCOL])
def test_a_transformed_qnode_can_be_pickled(protocol):
    again = pickle.loads(pickle.dumps(decorated, protocol))

    assert again(0.4) == decorated(0.4)
    assert again.compile_pipeline[0].transform is weighted


def test_an_informative_transform_runs_nothing():
    circuit = number_of_gates(without_rx(qg.QNode(function, "local")))

    with qg.Tracker() as tracker:
        assert circuit(0.4) == 2

    assert not tracker.totals.get("submissions")
    assert number_of_gates(tape_of()) == 3


def test_an_expansion_comes_first():
    @qg.transform(expand_transform=lambda tape: ([tape.copy(ops=[])], lambda found: found[0]))
    def counted(tape):
        return [tape], lambda results: len(tape.operations) + results[0]

    tapes, postprocess = counted(tape_of())

    assert postprocess(qg.execute(tapes, "local")) == 1.0
    assert counted(qg.QNode(function, "local"))(0.4) == 1.0
    assert len(qg.CompilePipeline(counted)) == 2


def test_classical_derivatives_reach_a_cotransform():
    def contracted(results, cjac, tape):
        return results @ cjac

    @qg.transform(classical_cotransform=contracted, final_transform=True)
    def slopes(tape):
        tapes, derivatives = qg.gradients.param_shift(tape)
        return tapes, lambda results: np.atleast_1d(derivatives(results))

    circuit = qg.QNode(function, "local")

    assert slopes(circuit)(X) == pytest.approx(qg.grad(circuit)(X))
    by_argument = slopes(without_rx(circuit), argnums=0)(X)
    assert by_argument == pytest.approx(-np.sin(X / 2) / 2)


def test_a_transform_is_a_gradient_method():
    @qg.transform
    def shifted(tape):
        return qg.gradients.param_shift(tape)

    circuit = qg.QNode(function, "local", diff_method=shifted)

    assert qg.grad(circuit)(X) == pytest.approx(qg.grad(qg.QNode(function, "local"))(X))


def test_methods_that_need_the_circuit_have_the_transformed_one():
    circuit = qg.QNode(function, "local")

    metric = qg.metric_tensor(without_rx(circuit))(X)

    assert metric == pytest.approx(1 / 16)
    assert qg.matrix(without_rx(circuit))(0.4)[0, 0] == pytest.approx(np.cos(0.1))
    with pytest.raises(TransformError, match=r"2 circuit\(s\) and process their results"):
        qg.metric_tensor(weighted(circuit))(X)


def test_an_optimizer_follows_a_transformed_qnode():
    circuit = weighted(qg.QNode(function, "local", diff_method="parameter-shift"))

    stepped = qg.GradientDescentOptimizer(0.1).step(circuit, X)

    assert stepped == pytest.approx(X - 0.1 * qg.grad(circuit)(X))


def test_a_plan_counts_all_tapes():
    circuit = weighted(qg.QNode(function, "local", diff_method="parameter-shift", shots=100))

    plan = qg.plan(qg.grad(circuit))(X)

    assert plan.shots == 2 * 5 * 100


def test_a_budget_is_not_shared_among_tapes():
    circuit = qg.QNode(function, "local", shots=qg.Budget(shots=1000))

    with pytest.raises(TransformError, match="2 circuits, and a budget is spent on one"):
        weighted(circuit)(0.4)
    assert abs(without_rx(circuit)(0.0)) == pytest.approx(1.0)


def test_a_custom_application_to_qnodes():
    @qg.transform
    def with_shots(tape, shots=None):
        return [tape.copy(shots=shots)], lambda results: results[0]

    @with_shots.custom_qnode_transform
    def _(self, qnode, targs, tkwargs):
        return self.default_qnode_transform(qnode, targs, {"shots": 50, **tkwargs})

    with qg.Tracker() as tracker:
        with_shots(qg.QNode(function, "local"))(0.4)

    assert tracker.totals["shots"] == 50


def test_another_class_is_registered():
    @qg.transform
    def plain(tape):
        return [tape], lambda results: results[0]

    @plain.register
    def _(target: qg.Operator):
        return target.name

    assert plain(qg.X(0)) == "PauliX"


def test_an_own_function_for_tapes_applies_to_several():
    @qg.transform
    def plain(tape):
        return [tape], lambda results: results[0]

    @plain.register
    def _(tape: qg.tape.QuantumScript):
        return [tape.copy(ops=[])], lambda results: results[0]

    tapes, _ = plain([tape_of(), tape_of()])

    assert [each.operations for each in tapes] == [[], []]
    (tape,), _ = plain.generic_apply_transform(tape_of())
    assert len(tape.operations) == 3


class Subroutine(tuple):
    """Operations, for which no transform has a function."""


def test_a_class_is_registered_for_all_transforms():
    @qg.transforms.Transform.generic_register(Subroutine)
    def _(target, transform, *args, **kwargs):
        (tape,), _ = transform(qg.tape.QuantumScript(list(target)), *args, **kwargs)
        return Subroutine(tape.operations)

    found = qg.transforms.cancel_inverses(Subroutine([qg.X(0), qg.X(0), qg.Y(0)]))

    assert found == (qg.Y(0),)


def test_options_are_completed_before_the_circuit():
    @qg.transform(setup_inputs=lambda factors=(2.0,): ((), {"factors": factors}))
    def scaled(tape, factors):
        return weighted(tape, factors)

    assert scaled(tape_of())[0] == weighted(tape_of(), factors=(2.0,))[0]


@pytest.mark.parametrize(
    ("apply", "reason"),
    [
        (weighted, "neither a circuit nor options"),
        (lambda: weighted(tape_of(), 1.0, 2.0), "too many positional arguments"),
        (lambda: weighted(tape_of(), factor=1.0), "unexpected keyword argument 'factor'"),
        (lambda: weighted(qg.device("local")), "is a device"),
        (lambda: qg.transform(3), "3 is no function"),
        (lambda: qg.transform(pass_name="cancel-inverses"), "no compiler"),
        (lambda: qg.transform(lambda tape: tape)(tape_of()), "it returned"),
        (lambda: qg.transform(lambda tape: (tape, len))(tape_of()), "it returned"),
        (lambda: qg.transform(lambda tape: ([1.0], len))(tape_of()), "it returned"),
    ],
)
def test_wrong_use_is_refused(apply, reason):
    with pytest.raises(TransformError, match=reason):
        apply()


def test_drawings_and_counts_are_of_the_transformed_circuit():
    circuit = without_rx(weighted(qg.QNode(function, "local")))
    circuit.compile_pipeline.add_marker("weighted", 1)

    assert "RX" in qg.draw(circuit, level="top")(0.4)
    assert "RX" not in qg.draw(circuit, level="user")(0.4)
    assert qg.draw(circuit, level="weighted")(0.4) == qg.draw(circuit, level=1)(0.4)
    assert qg.draw(circuit, level=1)(0.4).count("RX") == 2
    counted = qg.specs(without_rx(qg.QNode(function, "local")))(0.4)["resources"]
    assert dict(counted.gate_types) == {"RY": 1, "CNOT": 1}


def test_the_workflow_has_the_transformed_circuits():
    circuit = without_rx(weighted(qg.QNode(function, "local")))

    tapes, postprocess = qg.workflow.construct_batch(circuit)(0.4)

    assert postprocess(qg.execute(tapes, "local")) == (pytest.approx(circuit(0.4)),)
    first, _ = qg.workflow.construct_batch(circuit, level=1)(0.4)
    assert [each.name for each in first[0].operations] == ["RX", "RY", "CNOT"]
    assert len(qg.workflow.get_compile_pipeline(circuit, level=1)(0.4)) == 1


def test_pennylanes_paths_have_the_same_objects():
    from qgate.transforms.core import TransformDispatcher, TransformProgram
    from qgate.transforms.optimization import cancel_inverses

    assert isinstance(cancel_inverses, TransformDispatcher)
    assert TransformProgram is qg.CompilePipeline


@pytest.mark.parametrize("option", ["is_informative", "final_transform"])
def test_marks_of_a_transform_are_true_or_false(option):
    with pytest.raises(InvalidParameters, match=option):
        qg.transform(lambda tape: ([tape], sum), **{option: np.zeros(2)})
