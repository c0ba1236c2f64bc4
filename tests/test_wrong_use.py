"""Error texts for users who request something impossible."""

import pickle
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import scipy.sparse

import qgate as qg
from qgate import exceptions as errors
from qgate import numpy as qnp

X = qnp.array(0.3, requires_grad=True)


def bound(
    device="local",
    returned=lambda: qg.expval(qg.Z(0)),
    also=lambda x: None,
    **options,
):
    def circuit(x):
        qg.RX(x, 0)
        also(x)
        return returned()

    return qg.QNode(circuit, device, **options)


def refused(error, call):
    """Return the text of the error, which must survive pickling."""
    with pytest.raises(error) as caught:
        call()
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), str(again)) == (type(caught.value), str(caught.value))
    return str(caught.value)


# Wires ----------------------------------------------------------------------------------


def on_wires(count):
    return lambda x: [qg.RX(x, wire) for wire in range(count)]


def test_too_many_wires_for_the_device_as_it_was_made():
    node = bound(qg.device("local", wires=2), also=on_wires(5))

    assert refused(errors.TooManyWires, lambda: node(X)) == (
        "The circuit uses 5 wires, local has 2. Use fewer wires, or choose a larger device."
    )


@pytest.mark.parametrize(("device", "most"), [("local", 32), ("braket:local", 26)])
def test_too_many_wires_for_the_hardware(device, most):
    text = refused(errors.TooManyWires, lambda: bound(device, also=on_wires(60))(X))

    assert text.startswith(f"The circuit uses 60 wires, {device} has {most}.")


def test_too_many_wires_are_an_error_of_wires_and_of_the_device():
    assert issubclass(errors.TooManyWires, errors.WireError)
    assert issubclass(errors.TooManyWires, errors.DeviceError)


def test_labels_that_the_device_was_not_given():
    node = bound(qg.device("local", wires=["a", "b"]))

    assert refused(errors.UnknownWires, lambda: node(X)) == (
        "The circuit uses the wires [0], which local does not have. Its wires are [a, b]. "
        "Use these labels, or make the device with other wires."
    )


@pytest.mark.parametrize(
    ("what", "make"),
    [
        ("CNOT", lambda: qg.CNOT([0, 0])),
        ("PauliRot", lambda: qg.PauliRot(0.1, "XX", wires=["a", "a"])),
        ("probs", lambda: qg.probs(wires=[0, 0])),
        ("counts", lambda: qg.counts(wires=[0, 0])),
        ("density_matrix", lambda: qg.density_matrix([0, 0])),
    ],
)
def test_a_wire_that_is_named_twice(what, make):
    text = refused(errors.DuplicateWires, make)

    assert text.startswith(f"{what} names a wire twice: [")
    assert text.endswith("Its wires have to differ. Remove the repetition.")


def test_a_control_that_is_a_target_as_well():
    text = refused(errors.DuplicateWires, lambda: qg.ctrl(qg.RX(0.1, 0), control=0))

    assert "names a wire twice: [0, 0]" in text


def test_parts_of_mutual_information_that_overlap():
    text = refused(errors.QuantumFunctionError, lambda: qg.mutual_info([0, 1], [1]))

    assert text == (
        "mutual_info was given overlapping wires [0, 1] and [1]. Name two sets of wires that "
        "share none."
    )


def test_a_gate_on_the_wrong_number_of_wires():
    text = refused(errors.InvalidParameters, lambda: qg.CNOT([0]))

    assert text == "CNOT acts on 2 wire(s) and was given 1: [0]. Name 2."


# Gates and measurements that the device lacks -------------------------------------------


@pytest.mark.parametrize("device", ["qiskit:aer", "braket:local"])
def test_a_measurement_that_the_device_lacks(device):
    text = refused(errors.UnsupportedMeasurement, lambda: bound(device, qg.state, shots=None)(X))

    assert text == (
        f"{device} cannot return state without shots. It can return density_matrix, expval, "
        "mutual_info, probs, purity, var, vn_entropy. Give a number of shots, for example "
        "shots=1000."
    )


@pytest.mark.parametrize("measure", [qg.sample, qg.counts])
def test_a_measurement_that_needs_shots(measure):
    node = bound(returned=lambda: measure(wires=0))

    assert refused(errors.UnsupportedMeasurement, lambda: node(X)) == (
        f"local cannot return {measure.__name__} without shots. It can return density_matrix, "
        "expval, mutual_info, probs, purity, state, var, vn_entropy. "
        "Give a number of shots, for example shots=1000."
    )


def test_single_shots_of_an_observable_without_a_common_basis():
    node = bound("local?shots=10", lambda: qg.sample(qg.Z(0) + qg.X(0)))

    assert refused(errors.QuantumFunctionError, lambda: node(X)) == (
        "Z(0) + X(0) cannot be read from single shots: its terms have no common product "
        "eigenbasis. Measure its terms one by one, or its expectation value."
    )


@pytest.mark.parametrize(
    "operator",
    [
        lambda: qg.Hermitian(np.eye(2), 0),
        lambda: qg.Projector([0], 0),
        lambda: qg.Z(0) + qg.X(0),
        lambda: 2.0 * qg.Z(0),
        lambda: qg.Hamiltonian([0.3], [qg.Z(0)]),
        lambda: qg.SparseHamiltonian(scipy.sparse.eye(2).tocsr(), 0),
        lambda: qg.exp(qg.Z(0), 0.3),
    ],
)
@pytest.mark.parametrize("device", ["local", "qiskit:aer"])
def test_an_operator_that_is_no_gate(device, operator):
    text = refused(errors.DeviceError, lambda: bound(device, also=lambda x: operator())(X))

    assert "on the wires [0] cannot be applied as a gate" in text
    assert "qg.expval" in text
    assert "qg.evolve" in text


# Shots ----------------------------------------------------------------------------------


@pytest.mark.parametrize("shots", [0, -5, 1.5, True, "100", [], [10, 0], [(10, 2, 3)], [(10, -1)]])
@pytest.mark.parametrize(
    "use",
    [
        lambda shots: qg.device("local", shots=shots),
        lambda shots: bound(shots=shots),
        lambda shots: qg.set_shots(bound(), shots=shots),
        lambda shots: bound()(X, shots=shots),
        lambda shots: qg.tape.QuantumScript([], [], shots=shots),
    ],
)
def test_shots_that_are_no_numbers_of_runs(use, shots):
    assert refused(errors.InvalidShots, lambda: use(shots)) == (
        f"shots={shots!r} cannot be run. Shots are None (exact), a positive integer, or a sequence "
        "of positive integers or (shots, copies) pairs. Give for example shots=1000."
    )


@pytest.mark.parametrize("provider", ["local", "qiskit:aer", "braket:local"])
@pytest.mark.parametrize("shots", ["0", "-5"])
def test_shots_in_the_name_of_a_device(provider, shots):
    text = refused(errors.InvalidOption, lambda: qg.device(f"{provider}?shots={shots}"))

    assert text == (
        f"'{provider}?shots={shots}': shots='{shots}' cannot be used: input should be greater "
        "than 0."
    )


# Parameters -----------------------------------------------------------------------------


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("device", ["local", "local?shots=10", "qiskit:aer", "braket:local"])
def test_an_angle_that_is_not_finite(device, value):
    assert refused(errors.NotFinite, lambda: bound(device)(value)) == (
        f"RX was given the parameter {value}. Parameters have to be finite numbers. Look at what "
        "computed it (an optimizer step that is too large is a usual cause)."
    )


@pytest.mark.parametrize(
    "method", ["best", "backprop", "adjoint", "parameter-shift", "finite-diff"]
)
def test_a_gradient_at_an_angle_that_is_not_finite(method):
    gradient = qg.grad(bound(diff_method=method))

    text = refused(errors.NotFinite, lambda: gradient(qnp.array(np.nan)))

    assert text.startswith("RX was given the parameter nan.")


@pytest.mark.parametrize(
    ("named", "options"),
    [
        ("QubitUnitary", {"also": lambda x: qg.QubitUnitary(np.full((2, 2), np.nan), 0)}),
        ("StatePrep", {"also": lambda x: qg.StatePrep(np.array([np.nan, 1]), wires=1)}),
        ("expval", {"returned": lambda: qg.expval(qg.Hamiltonian([np.nan], [qg.Z(0)]))}),
    ],
)
def test_a_matrix_a_state_or_a_coefficient_that_is_not_finite(named, options):
    text = refused(errors.NotFinite, lambda: bound(**options)(0.1))

    assert text.startswith(f"{named} was given the parameter nan.")


@pytest.mark.parametrize("value", ["a", None, 0.1j])
def test_an_angle_that_is_no_real_number(value):
    text = refused(errors.InvalidParameters, lambda: bound()(value))

    assert text.startswith(
        f"RX cannot take phi={value!r}. It takes real numbers, one or an array of them. "
        "Give real numbers"
    )


def test_batches_of_different_lengths():
    node = bound(also=lambda x: qg.RY(np.ones(3), 0))

    assert refused(errors.InvalidParameters, lambda: node(np.ones(2))) == (
        "Operations of one circuit have batches of different lengths: [2, 3]. Give every batched "
        "parameter the same leading axis."
    )


# Observables ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spelled", "observable"),
    [
        ("S(0)", lambda: qg.S(0)),
        ("RX(0.1, wires=[0])", lambda: qg.RX(0.1, 0)),
        ("1j * X(0)", lambda: 1j * qg.X(0)),
        ("-1j * Y(0)", lambda: qg.X(0) @ qg.Z(0)),
        (
            "The matrix given to Hermitian on wires [0]",
            lambda: qg.Hermitian(np.array([[1, 2], [0, 1]]), 0),
        ),
    ],
)
@pytest.mark.parametrize("measure", [qg.expval, qg.var])
def test_an_observable_that_is_not_hermitian(measure, spelled, observable):
    node = bound(returned=lambda: measure(observable()))

    assert refused(errors.NotHermitian, lambda: node(X)) == (
        f"{spelled} is not Hermitian, so it has no real measurement outcomes. Measure a Hermitian "
        "operator; for a matrix A, (A + A.conj().T) / 2 is its Hermitian part."
    )


@pytest.mark.parametrize("what", [3, "Z", None])
def test_something_that_is_no_observable(what):
    text = refused(errors.QuantumFunctionError, lambda: qg.expval(what))

    assert text == (
        f"expval was given {what!r}. It measures an operator, for example qg.expval(qg.Z(0)), or "
        "the outcome of qg.measure."
    )


def test_an_observable_and_wires_together():
    text = refused(errors.QuantumFunctionError, lambda: qg.probs(wires=0, op=qg.Z(0)))

    assert text == "probs was given both an observable and wires. Give one of them."


# Return values of quantum functions -----------------------------------------------------


@pytest.mark.parametrize(
    ("spelled", "returned"),
    [
        ("nothing", None),
        ("3.0", 3.0),
        ("()", ()),
        ("[]", []),
        ("'energy'", "energy"),
        ("Z(0)", qg.Z(0)),
        ("(expval(Z(0)), 3)", (qg.expval(qg.Z(0)), 3)),
    ],
)
def test_a_function_that_returns_something_other_than_measurements(spelled, returned):
    assert refused(errors.NoMeasurement, lambda: bound(returned=lambda: returned)(X)) == (
        f"The quantum function circuit returned {spelled}. A quantum function returns one "
        "measurement, or a tuple or list of measurements. Return for example qg.expval(qg.Z(0)) "
        "or qg.probs(wires=[0, 1])."
    )


# Differentiation ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("paramter-shift", " Did you mean 'parameter-shift'?"),
        ("backpropagation", " Did you mean 'backprop'?"),
        ("xyz", ""),
        (3, ""),
    ],
)
def test_an_unknown_method(written, hint):
    text = refused(errors.UnknownDiffMethod, lambda: bound(diff_method=written))

    assert text.startswith(f"diff_method={written!r} is not a gradient method.{hint} The methods")
    assert text.endswith(
        "Give one of these, or a gradient transform such as qg.gradients.param_shift."
    )


@pytest.mark.parametrize(
    "make",
    [
        lambda: bound("local?shots=10", diff_method="backprop"),
        lambda: bound(shots=10, diff_method="backprop"),
        lambda: qg.set_shots(bound(diff_method="backprop"), 10),
        lambda: bound(diff_method="backprop")(X, shots=10),
    ],
)
def test_backprop_with_shots(make):
    assert refused(errors.UnsupportedDiffMethod, make) == (
        "diff_method='backprop' cannot be used here: it needs the exact state, and 10 shots are "
        "asked for. Use diff_method='parameter-shift' or 'finite-diff', or shots=None."
    )


@pytest.mark.parametrize("method", ["backprop", "adjoint"])
@pytest.mark.parametrize("device", ["qiskit:aer", "braket:local"])
def test_a_method_of_the_state_on_a_device_without_one(device, method):
    assert refused(errors.UnsupportedDiffMethod, lambda: bound(device, diff_method=method)) == (
        f"diff_method='{method}' cannot be used here: {device} gives no access to its state. "
        "Use diff_method='parameter-shift' or 'finite-diff', or qg.device('local')."
    )


def test_more_wires_than_are_read():
    node = bound("local?shots=10", lambda: qg.vn_entropy(range(7)))

    assert refused(errors.TooManyMeasuredWires, lambda: node(X)) == (
        "vn_entropy of 7 wires cannot be reconstructed from measurements, which takes 3**7 bases. "
        "At most 6 wires are read. Measure fewer wires (a state is of all, density_matrix of those "
        "it names), or use qg.device('local') with shots=None."
    )


@pytest.mark.parametrize("method", [None, "parameter-shift", "finite-diff", "adjoint"])
def test_a_state_of_more_wires_than_are_read(method):
    node = qg.QNode(qg.state, qg.device("local", wires=7, shots=10), diff_method=method)

    text = refused(errors.TooManyMeasuredWires, node)

    assert text.startswith("state of 7 wires cannot be reconstructed from measurements")


def test_the_derivative_of_single_shots():
    jacobian = qg.jacobian(bound("local?shots=10", lambda: qg.sample(qg.Z(0))))

    text = refused(errors.UnsupportedDiffMethod, lambda: jacobian(X))

    assert text.endswith("Return one of these; single shots have no derivative.")


@pytest.mark.parametrize("method", ["parameter-shift", "adjoint", "finite-diff"])
def test_a_trained_observable(method):
    @qg.qnode("local", diff_method=method)
    def circuit(matrix):
        return qg.expval(qg.Hermitian(matrix, wires=0))

    matrix = qnp.array(np.eye(2), requires_grad=True)

    assert refused(errors.UnsupportedDiffMethod, lambda: qg.grad(circuit)(matrix)) == (
        f"diff_method='{method}' cannot be used here: expval is trained by a whole array, and "
        "only angles can be shifted. Arrays can be trained of StatePrep on up to 10 wires, of "
        "QubitUnitary on up to 5 and of DiagonalQubitUnitary on up to 10, where two controls count "
        "as one more wire. Mark the array as not trainable "
        "(requires_grad=False), or write the circuit with gates that have angles. "
        "On qg.device('local') with shots=None, diff_method='backprop' does it."
    )


@pytest.mark.parametrize(("option", "remedy"), [("interface", "'auto'"), ("diff_method", "'best'")])
def test_a_derivative_that_was_switched_off(option, remedy):
    gradient = qg.grad(bound(**{option: None}))

    assert refused(errors.DifferentiationError, lambda: gradient(X)) == (
        f"A derivative is being taken through a circuit that was made with {option}=None. "
        f"Make it with {option}={remedy} to differentiate it."
    )


def test_an_unknown_option_of_a_method():
    node = {"diff_method": "finite-diff", "gradient_kwargs": {"delta": 0.1}}

    assert refused(errors.UnknownGradientOption, lambda: bound(**node)) == (
        "'delta' is not an option of the gradient method 'finite-diff'. Its options "
        "(gradient_kwargs) are: approx_order, broadcast, f0, h, n, strategy, validate_params."
    )


def test_an_unknown_interface():
    assert refused(errors.UnknownInterface, lambda: bound(interface="autogard")) == (
        "interface='autogard' is not an interface. Did you mean 'autograd' or 'auto'? "
        "The interfaces are None, auto, autograd, numpy, torch, pytorch, jax, jax-jit, tf, "
        "tensorflow."
    )


def test_an_unknown_interface_of_execute():
    text = refused(errors.UnknownInterface, lambda: qg.execute([], "local", interface="troch"))

    assert text.startswith("interface='troch' is not an interface.")


def test_the_gradient_of_several_values():
    node = bound(returned=lambda: (qg.expval(qg.Z(0)), qg.expval(qg.X(0))))

    text = refused(errors.UndifferentiableOutput, lambda: qg.grad(node)(X))

    assert "circuit returned a tuple of 2 values" in text
    assert "qgate.numpy.hstack or stack" in text


# Seeds ----------------------------------------------------------------------------------


def test_a_seed_for_one_call_on_a_device_that_draws_its_own():
    node = bound(device="qiskit:aer?shots=10")

    assert refused(errors.SeedRefused, lambda: qg.set_shots(node, 10)(X, seed=3)) == (
        "qiskit:aer cannot be given a seed for one call; qg.device('local') can. Leave seed out "
        "of the call, or seed the device: qg.device(..., seed=7), where it has that."
    )


@pytest.mark.parametrize("seed", [-1, 0.5])
def test_a_seed_that_is_no_whole_number(seed):
    node = bound(device="local?shots=10")

    assert refused(errors.InvalidSeed, lambda: node(X, seed=seed)) == (
        f"The seed {seed} cannot be used. A seed is a whole number from 0 on, an array of such, or "
        "a key of jax.random. Give one of these."
    )


# Devices --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "near"),
    [("locl", "'local'"), ("qiskit:aerr", "'aer'"), ("braket:locl", "'local'")],
)
def test_an_unknown_device(written, near):
    text = refused(errors.UnknownDevice, lambda: bound(written))

    assert text.startswith(f"{written!r}: there is no ")
    assert f"Did you mean {near}" in text


def test_an_unknown_option_of_a_device():
    assert refused(errors.UnknownOption, lambda: bound("local?shotz=10")) == (
        "'local?shotz=10': 'shotz' is not an option of this device. Did you mean 'shots'? "
        "Its options are memory_gib, mitigation, noise, precision, seed, shots, threads, "
        "trajectories, wires."
    )


def test_an_object_that_is_no_device():
    text = refused(errors.NotADevice, lambda: bound(3))

    assert text.startswith("An object of type builtins.int is not a device")


# Arguments of any type ------------------------------------------------------------------

NESTED = []
for _ in range(3000):
    NESTED = [NESTED]

RAGGED = [["a"], [0.1, 0.2]]

STATE = [1.0, 0.0]


@pytest.mark.parametrize(
    ("call", "wrong", "error"),
    [
        (lambda value: qg.X(value), [NESTED], errors.WireError),
        (lambda value: qg.PauliRot(0.1, value, [0]), NESTED, errors.InvalidParameters),
        (lambda value: qg.PCPhase(0.1, value, [0]), NESTED, errors.InvalidParameters),
        (lambda value: qg.adjoint(value), NESTED, errors.InvalidParameters),
        (lambda value: qg.expval(value), NESTED, errors.QuantumFunctionError),
        (lambda value: qg.Budget(usd=value), NESTED, errors.InvalidBudget),
        (lambda value: qg.Budget(shots=10, rounds=value), np.ones(2), errors.InvalidBudget),
        (lambda value: qg.set_shots(bound(), value), NESTED, errors.InvalidShots),
        (lambda value: bound(diff_method=value), np.ones((2, 2)), errors.UnknownDiffMethod),
        (lambda value: bound(interface=value), NESTED, errors.UnknownInterface),
        (lambda value: qg.QNGOptimizer(approx=value), np.ones(2), errors.InvalidOptimizerOption),
        (lambda value: qg.ctrl(qg.X(0), [1], control_values=value), RAGGED, errors.QGateError),
        (
            lambda value: qg.MultiControlledX([0, 1], control_values=value),
            [np.ones(2)],
            errors.InvalidParameters,
        ),
        (
            lambda value: qg.StatePrep(STATE, [0, 1], pad_with=value),
            [0.0, 1.0, 0.0],
            errors.InvalidParameters,
        ),
        (
            lambda value: qg.StatePrep(STATE, [0], normalize=value),
            np.ones(2),
            errors.InvalidParameters,
        ),
        (
            lambda value: qg.QubitUnitary(np.eye(2), [0], unitary_check=value),
            np.ones(2),
            errors.InvalidParameters,
        ),
        (lambda value: qg.pow(qg.X(0), value), RAGGED, errors.InvalidParameters),
        (
            lambda value: qg.Hamiltonian([1.0], value),
            range(10**12),
            errors.InvalidParameters,
        ),
        (lambda value: qg.tape.QuantumScript(value, []), np.array(1.0), errors.InvalidTape),
        (
            lambda value: qg.jvp(lambda x: x, value, [0.1, 0.2]),
            np.ma.masked_array([0.1, 0.2], mask=[True, False]),
            errors.NonDifferentiableError,
        ),
        (
            lambda value: qg.gradients.generate_shift_rule((1, 2), order=value),
            10**16,
            errors.InvalidShiftRule,
        ),
        (
            lambda value: qg.fourier.reconstruct(bound(), nums_frequency={"x": {(): 1}})(value),
            "text",
            errors.InvalidParameters,
        ),
        (
            lambda value: qg.fourier.coefficients(np.sum, 1, value),
            np.array(1j),
            errors.InvalidFourierGrid,
        ),
        (lambda value: qg.equal([np.ones((0, 2))], value), [RAGGED], errors.InvalidParameters),
    ],
)
def test_arguments_of_a_kind_that_nobody_expects(call, wrong, error):
    with pytest.raises(error) as caught:
        call(wrong)

    assert str(caught.value)


TAPE = qg.tape.QuantumScript([qg.RX(0.1, 0)], [qg.expval(qg.Z(0))])
ANGLES = qnp.array([0.1, 0.2], requires_grad=True)
PAIR = np.ones(2)


def shifted(**options):
    return qg.gradients.param_shift_hessian(TAPE, **options)


EMPTY_WORDS = qg.QNode(lambda: qg.expval(qg.X(0) + qg.Z(0)), "local")
EMPTY = qg.QNode(lambda: qg.expval(qg.Z(0)), "local")


def grown(pool, **options):
    return qg.AdaptiveOptimizer(**options).step(EMPTY, pool)


@pytest.mark.parametrize(
    "call",
    [
        lambda: qg.list_devices(PAIR),
        lambda: qg.tape.QuantumScript([], [], trainable_params=np.array(0.5)),
        lambda: TAPE.bind_new_parameters(0.3, [0]),
        lambda: TAPE.bind_new_parameters([0.3], 0),
        lambda: TAPE.get_parameters(trainable_only=PAIR),
        lambda: qg.run("name", ":memory:", ordered=PAIR),
        lambda: qg.plan(3),
        lambda: qg.submit([1]),
        lambda: list(qg.as_completed(3)),
        lambda: list(qg.as_completed([3])),
        lambda: qg.Tracker(callback=3),
        lambda: qg.estimate(bound(shots=10), grouping=PAIR)(X),
        lambda: qg.gradient_estimate(bound(shots=10), bias=PAIR),
        lambda: qg.gradient_estimate(bound(shots=10), value=PAIR),
        lambda: qg.gradient_estimate(bound(shots=10), prior=3),
        lambda: qg.RotosolveOptimizer(PAIR),
        lambda: qg.RotosolveOptimizer("brute", [1]),
        lambda: qg.RotosolveOptimizer().step(bound(), X, nums_frequency=3),
        lambda: qg.RotosolveOptimizer().step(bound(), X, nums_frequency={"x": 3}),
        lambda: qg.RotosolveOptimizer().step(bound(), X, shifts=PAIR),
        lambda: qg.RotoselectOptimizer(3),
        lambda: qg.RotoselectOptimizer([3]),
        lambda: qg.RotoselectOptimizer().step(bound(), [0.1], 3),
        lambda: qg.RotoselectOptimizer().step(bound(), ["text"], [qg.RX]),
        lambda: grown(3),
        lambda: grown(["text"]),
        lambda: grown([qg.RX(0.1, 0)], param_steps=10**9),
        lambda: qg.minimize(bound(), X, callback=3),
        lambda: qg.minimize(bound(), X, estimate=3),
        lambda: qg.minimize(bound(), X, options=[1]),
        lambda: qg.gradients.param_shift(TAPE, gradient_recipes=3),
        lambda: shifted(argnum=RAGGED),
        lambda: shifted(diagonal_shifts=3),
        lambda: shifted(diagonal_shifts=["text"]),
        lambda: qg.gradients.quantum_fisher(bound(), argnum=[{}])(X),
        lambda: qg.gradients.classical_jacobian(bound(), expand_fn=3)(X),
        lambda: qg.gradients.explain(bound(), order="text"),
        lambda: qg.gradients.generate_multi_shift_rule(3),
        lambda: qg.gradients.generate_multi_shift_rule([(1,)], shifts=3),
        lambda: qg.gradients.generate_shift_rule((1, 2), shifts=[2, 1e308]),
        lambda: qg.fourier.coefficients(np.sum, 1, 1, lowpass_filter=PAIR),
        lambda: qg.fourier.reconstruct(bound(), nums_frequency={"x": {(): 1}}, shifts=PAIR),
        lambda: qg.fourier.circuit_spectrum(TAPE, encoding_gates=3),
        lambda: qg.fourier.circuit_spectrum(TAPE, encoding_gates=[[]]),
        lambda: qg.fourier.circuit_spectrum(TAPE, decimals="text"),
        lambda: qg.fourier.qnode_spectrum(bound(), argnum={0: 1}),
        lambda: qg.fourier.qnode_spectrum(bound(), encoding_args=3),
        lambda: qg.fourier.qnode_spectrum(bound(), decimals=[1]),
        lambda: qg.StronglyEntanglingLayers(np.ones((1, 2, 3)), [0, 1], ranges=3),
        lambda: qg.StronglyEntanglingLayers(np.ones((1, 2, 3)), [0, 1], ranges="%s"),
        lambda: qg.BasicEntanglerLayers(np.ones((1, 2)), [0, 1], rotation=PAIR),
        lambda: qg.RandomLayers(np.ones((1, 2)), [0, 1], rotations=0.5),
        lambda: qg.RandomLayers(np.ones((1, 2)), [0, 1], rotations=PAIR),
        lambda: qg.UCCSD([0.1], [0, 1], s_wires=3, init_state=[1, 0]),
        lambda: qg.UCCSD([0.1], [0, 1], d_wires=PAIR, init_state=[1, 0]),
        lambda: qg.AllSinglesDoubles([0.1], [0, 1], [1, 0], singles=3),
        lambda: qg.AllSinglesDoubles([0.1], [0, 1], [1, 0], doubles=PAIR),
        lambda: qg.broadcast(3, [0], "single"),
        lambda: qg.broadcast(qg.RX, [0], "single", parameters=3),
        lambda: qg.broadcast(qg.RX, [0], "single", [0.1], kwargs="text"),
        lambda: qg.broadcast(qg.RX, [0], 3),
        lambda: qg.layer(3, 1),
        lambda: qg.layer(qg.RX, 1, 3),
        lambda: qg.layer(qg.RX, PAIR, [0.1, 0.2], wires=0),
        lambda: qg.layer(qg.RX, PAIR, wires=0),
        lambda: qg.broadcast(qg.RX, [0], "single", [0.1], kwargs={0: 1}),
        lambda: qg.SProd({}, qg.RX(0.1, 0)),
        lambda: qg.SProd(["a"], qg.RX(0.1, 0)),
        lambda: qg.SProd(Decimal("0.1"), qg.RX(0.1, 0)),
        lambda: qg.s_prod(Decimal("0.1"), qg.X(0)),
        lambda: qg.DiagonalQubitUnitary([1, Decimal("0.1")], 0),
        lambda: qg.PauliSum([0.5], RAGGED, [[0, 1]], [0, 1]),
        lambda: qg.PauliSum([0.5], [[0, 1]], [["a", None]], [0, 1]),
        lambda: qg.PauliSum([0.5], [[0, 1]], range(10**12), [0, 1]),
        lambda: qg.pow(qg.X(0), RAGGED, lazy=False),
        lambda: qg.pow(qg.RX(0.1, 0), "text", lazy=False),
        lambda: (qg.X(0) + qg.Z(1)) ** RAGGED,
        lambda: qg.grad(bound(), 0, argnum=0),
        lambda: qg.grad(bound(), argnums=range(10**12))(X),
        lambda: qg.QNSPSAOptimizer(blocking=PAIR),
        lambda: qg.RiemannianGradientOptimizer(EMPTY_WORDS, restriction=NESTED),
        lambda: qg.RiemannianGradientOptimizer(EMPTY_WORDS, exact=PAIR),
        lambda: qg.SPSAOptimizer(maxiter=3, seed={0: NESTED}).step(bound(), X),
        lambda: qg.RotoselectOptimizer().step(bound(), [range(10**12)], [qg.RX]),
        lambda: qg.QNSPSAOptimizer(resamplings=2000),
        lambda: qg.QNSPSAOptimizer(finite_diff_step=1e200),
        lambda: qg.QNSPSAOptimizer(finite_diff_step=1e-200),
        lambda: qg.QNGOptimizer(lam=Fraction(1, 3)),
        lambda: qg.AdamOptimizer(beta2=Fraction(1, 3)),
        lambda: qg.AdamOptimizer(10**400),
        lambda: qg.pow(qg.X(0), [range(10**12), ""]),
        lambda: qg.QNGOptimizer().step(bound(), X, recompute_tensor=PAIR),
        lambda: qg.AdaptiveOptimizer().step(EMPTY, [qg.RX(0.1, 0)], params_zero=PAIR),
        lambda: qg.AdaptiveOptimizer().step_and_cost(EMPTY, [qg.RX(0.1, 0)], drain_pool=PAIR),
        lambda: qg.minimize(bound(), X, steps=1, progress=PAIR),
        lambda: qg.minimize(bound(), X, steps=1, estimate=lambda x: 0.5),
        lambda: qg.minimize(bound(), X, steps=1, options={0: 1}),
        lambda: qg.RotosolveOptimizer(substep_kwargs={0: 1}),
        lambda: qg.Prod(1, 2),
        lambda: qg.pauli_decompose(np.eye(2), cutoff=PAIR),
        lambda: qg.TrotterProduct(qg.X(0) + qg.Z(0), 0.3, check_hermitian=PAIR),
        lambda: qg.equal(qg.RX(0.1, 0), qg.RX(0.1, 0), rtol="text"),
        lambda: qg.equal(qg.RX(0.1, 0), qg.RX(0.1, 0), atol=10**400),
        lambda: qg.equal(qg.RX(0.1, 0), qg.RX(0.1, 0), check_interface=PAIR),
        lambda: qg.minimize(bound(shots=10), X, seed=RAGGED),
        lambda: qg.fourier.get_spectrum(3, 8),
        lambda: qg.fourier.get_spectrum(qg.RX(0.1, 0), "text"),
        lambda: qg.fourier.join_spectra(3, {0}),
        lambda: qg.fourier.join_spectra({0}, ["text"]),
        lambda: qg.generator(qg.RX(0.1, 0), format=PAIR),
        lambda: qg.Sum(qg.X(0), "text"),
        lambda: qg.Budget(shots=1e294),
        lambda: qg.Budget(submissions=2**53 + 1),
        lambda: qg.estimate(bound(), budget=10**30)(X),
        lambda: qg.Exp(qg.X(0), {}),
    ],
)
def test_options_of_a_kind_that_nobody_expects(call):
    with pytest.raises(errors.QGateError) as caught:
        call()

    assert str(caught.value)


def test_random_layers_of_no_rotations_draw_from_the_default_ones():
    def drawn(rotations):
        return qg.RandomLayers(np.ones((1, 3)), [0, 1], rotations=rotations).decomposition()

    assert drawn(np.zeros((0, 2))) == drawn([]) == drawn(None)


def test_a_class_of_gates_is_a_function_whose_wires_can_be_mapped():
    assert qg.map_wires(qg.RX, {0: 5})(0.1, 0) == qg.RX(0.1, 5)


def test_matrices_of_large_integers_beside_arrays_are_those_of_floats():
    given = qg.matrix(qg.RX([10**22, np.array(0.5)], 0))

    assert np.allclose(given, qg.matrix(qg.RX(np.array([1e22, 0.5]), 0)), rtol=0, atol=1e-12)


@pytest.mark.parametrize("one", [np.array(1.0, dtype=object), np.array(1), True])
def test_factors_of_any_kind_of_number_are_applied(one):
    assert qg.equal(qg.SProd(one, qg.RX(0.1, 0)).decomposition()[0], qg.RX(0.1, 0))
    assert np.allclose(qg.matrix(qg.SProd(one, qg.RX(0.1, 0))), qg.matrix(qg.RX(0.1, 0)))


def test_matrices_of_object_arrays_inside_lists_are_those_of_floats():
    given = qg.matrix(qg.RX([np.array(0.5, dtype=object)], 0))

    assert np.allclose(given, qg.matrix(qg.RX(np.array([0.5]), 0)), rtol=0, atol=1e-12)


def test_tolerances_may_be_large_integers():
    assert qg.equal(qg.RX(0.1, 0), qg.RX(0.9, 0), rtol=10**20)


def test_matrices_of_angles_beyond_64_bits_are_those_of_the_nearest_float():
    assert np.allclose(qg.matrix(qg.RX(10**20, 0)), qg.matrix(qg.RX(1e20, 0)), rtol=0, atol=1e-12)


@pytest.mark.parametrize("value", [np.nan, np.inf, np.array([0.1, np.nan])])
@pytest.mark.parametrize(
    "operator",
    [
        lambda value: qg.RX(value, 0),
        lambda value: qg.RX(value, 0) @ qg.RY(0.1, 1),
        lambda value: qg.adjoint(qg.RX(value, 0)),
        lambda value: qg.ctrl(qg.RX(value, 0), 1),
    ],
)
def test_a_matrix_of_what_is_not_finite(operator, value):
    made = operator(value)

    for ask in (qg.matrix, qg.eigvals, lambda op: op.matrix(), lambda op: qg.matrix(op, [0, 1, 2])):
        with pytest.raises(errors.NotFinite, match="have to be finite"):
            ask(made)
