"""Angles that are entries of a function's arguments, and the row made of them."""

import autograd
import autograd.numpy as anp
import numpy as onp
import pytest
from autograd.tracer import getval, isbox, toposort
from numpy.testing import assert_allclose

import qgate as qg
from qgate import numpy as np
from qgate.arrays import load
from qgate.differentiate.pullbacks import pull_back
from qgate.exceptions import DifferentiationError, InvalidParameters
from qgate.execution.execute import _already_native
from qgate.interfaces.autograd_rows import Argument, as_arguments
from qgate.structure import STRUCTURES
from qgate.transforms.decomposition import decompose_structure

WEIGHTS = onp.array([1.0, -0.7, 0.4])


def energy(angles, *, diff_method="best", **options):
    """Return a QNode with gates for ten arguments, whose angles ``angles`` computes."""

    @qg.qnode(qg.device("local", wires=3), diff_method=diff_method, **options)
    def circuit(*args):
        for index, angle in enumerate(angles(*args)):
            (qg.RX, qg.RY, qg.RZ)[index % 3](angle, wires=index % 3)
            qg.CNOT(wires=[index % 3, (index + 1) % 3])
        for wire in range(3):
            qg.RX(0.3, wires=wire)
        return qg.expval(qg.Hamiltonian(WEIGHTS, [qg.Z(0), qg.Z(1) @ qg.X(2), qg.Y(2)]))

    return circuit


def numerical(function, x, step=1e-5):
    """Return the gradient by central differences."""
    gradient = onp.zeros(x.shape)
    for index in onp.ndindex(x.shape):
        shift = onp.zeros(x.shape)
        shift[index] = step
        gradient[index] = (function(x + shift) - function(x - shift)) / (2 * step)
    return gradient


def apart(angles):
    """Return the same angles as functions of the entries, which are traced one by one."""
    return lambda *args: [anp.multiply(1.0, angle) for angle in angles(*args)]


TAKEN = {
    "all in order": lambda x: [x[i, j] for i in range(2) for j in range(3)],
    "row by row": lambda x: [angle for row in x for angle in row],
    "rows, then entries": lambda x: [x[1][2], x[0][0], x[1][0]],
    "negative": lambda x: [x[-1, -1], x[-2][-3], x[1, -1]],
    "an ellipsis": lambda x: [x[..., 0, 1], x[1, ...][2], x[..., 2][0]],
    "slices": lambda x: [x[:, 1][0], x[1, 1:][1], x[0, ::-1][0], x[1:][0, 0]],
    "a new axis": lambda x: [x[None][0, 1, 1], x[0, None, 2][0]],
    "numpy's integers": lambda x: [x[onp.int64(1), 0], x[onp.int32(0)][1]],
    "an array of positions": lambda x: [x[onp.array([1, 0]), 2][0], x[[0, 1], [1, 0]][1]],
    "a mask": lambda x: list(x[onp.array([[True, False, True], [False, True, False]])]),
    "repeated": lambda x: [x[0, 0], x[0, 0], x[1, 2], x[0, 0]],
    "with numbers between": lambda x: [x[0, 1], 0.4, x[1, 1], onp.float64(-0.2)],
    "functions of entries": lambda x: [2 * x[0, 0], anp.sin(x[0, 1]) * x[0, 0], x[1, 2] + 0.1],
    "sums of entries": lambda x: [
        x[0, 0] - x[1, 1] / 3 + 0.2,
        1 - x[0, 1],
        -2 * x[1, 0] * 3,
        (x[0, 2] + x[0, 2]) * onp.float64(0.5),
        0.1 + x[0, 0],
    ],
    "a sum, and a function of it": lambda x: [x[0, 0] + x[1, 2], anp.sin(x[0, 0] + x[1, 2])],
    "functions of sums of entries of rows": lambda x: [anp.sin(2 * x[1][2] + x[0][1]), x[0][1] - 1],
    "multiples of an array": lambda x: [(x / 2)[0, 1], (1 - x)[1, 0], (x * x)[1, 2]],
    "entries and functions": lambda x: [x[0, 0], x[0, 0] ** 2, -x[1, 0], x[1, 0]],
    "entries of a function": lambda x: [(2 * x)[0, 1], anp.reshape(x, (-1,))[4], x.T[2, 0]],
    "one": lambda x: [x[1, 1]],
}


@pytest.mark.parametrize("taken", TAKEN.values(), ids=TAKEN)
@pytest.mark.parametrize("diff_method", ["adjoint", "backprop", "parameter-shift"])
def test_gradients_by_entries_are_right(taken, diff_method):
    x = onp.array([[0.3, -0.8, 1.1], [0.5, 0.2, -1.4]])
    circuit = energy(taken, diff_method=diff_method)

    gradient = qg.grad(circuit, argnums=0)(x)

    assert_allclose(gradient, numerical(circuit, x), atol=1e-8)
    assert_allclose(gradient, qg.grad(energy(apart(taken)), argnums=0)(x), atol=1e-12)


@pytest.mark.parametrize("taken", TAKEN.values(), ids=TAKEN)
def test_hessians_by_entries_are_right(taken):
    x = onp.array([[0.3, -0.8, 1.1], [0.5, 0.2, -1.4]])
    circuit = energy(taken, diff_method="parameter-shift")

    hessian = qg.jacobian(qg.grad(circuit, argnums=0), argnums=0)(x)

    assert hessian.shape == (2, 3, 2, 3)
    row = onp.array([[0.7, -0.1, 0.3], [-0.4, 1.0, 0.2]])
    along = numerical(lambda z: float(onp.sum(row * qg.grad(circuit, argnums=0)(z))), x)
    assert_allclose(onp.tensordot(row, hessian, 2), along, atol=1e-7)


@pytest.mark.parametrize("diff_method", ["parameter-shift", "backprop"])
def test_third_derivatives_by_an_entry(diff_method):
    @qg.qnode(qg.device("local"), diff_method=diff_method)
    def circuit(x):
        qg.RX(x[1], wires=0)
        return qg.expval(qg.Z(0))

    third = qg.jacobian(qg.jacobian(qg.grad(circuit, argnums=0), argnums=0), argnums=0)

    derivative = third(onp.array([0.1, 0.7]))
    assert_allclose(derivative[1, 1, 1], onp.sin(0.7), atol=1e-10)
    assert_allclose(onp.sum(onp.abs(derivative)), onp.sin(0.7), atol=1e-10)


def test_forward_mode_along_entries():
    x, step = onp.array([0.3, -0.8, 1.1]), onp.array([0.2, 1.0, -0.5])
    circuit = energy(lambda x: [x[0], x[2], x[1], x[0]], diff_method="parameter-shift")

    _, change = autograd.make_jvp(circuit)(x)(step)

    assert_allclose(change, step @ numerical(circuit, x), atol=1e-8)


@pytest.mark.parametrize("modes", [(True, False), (False, True)])
def test_modes_nest(modes):
    x, step = onp.array([0.3, -0.8]), onp.array([0.2, 1.0])
    circuit = energy(lambda x: [x[1], x[0], x[1]], diff_method="parameter-shift")

    def along(function):
        return lambda z: autograd.make_jvp(function)(z)(step)[1]

    def backward(function):
        return lambda z: anp.dot(autograd.grad(function)(z), step)

    outer, inner = (along if forward else backward for forward in modes)

    expected = step @ onp.asarray(qg.jacobian(qg.grad(circuit, argnums=0), argnums=0)(x)) @ step
    assert_allclose(outer(inner(circuit))(x), expected, atol=1e-10)


def test_entries_of_two_arguments():
    circuit = energy(lambda x, y: [y[1], x[0, 1], y[0], x[0, 0], y[1]])
    x, y = onp.array([[0.3, -0.8]]), onp.array([0.5, 1.2])

    by_x, by_y = qg.grad(circuit, argnums=[0, 1])(x, y)

    assert_allclose(by_x, numerical(lambda z: circuit(z, y), x), atol=1e-8)
    assert_allclose(by_y, numerical(lambda z: circuit(x, z), y), atol=1e-8)
    assert_allclose(qg.grad(circuit, argnums=1)(x, y), by_y, atol=1e-12)


def test_mixed_second_derivatives_by_entries_of_two_arguments():
    circuit = energy(lambda x, y: [y[1], x[0], y[0]], diff_method="parameter-shift")
    x, y = onp.array([0.3]), onp.array([0.5, 1.2])

    mixed = qg.jacobian(qg.grad(circuit, argnums=0), argnums=1)(x, y)

    expected = numerical(lambda z: float(qg.grad(circuit, argnums=0)(x, z)[0]), y)
    assert_allclose(mixed[0], expected, atol=1e-8)


def test_the_same_array_as_two_arguments():
    circuit = energy(lambda x, y: [x[0], y[0], x[1], y[1]])
    z = onp.array([0.3, 0.9])

    gradient = qg.grad(lambda z: circuit(z, z), argnums=0)(z)

    assert_allclose(gradient, numerical(lambda z: circuit(z, z), z), atol=1e-8)


def test_an_argument_that_is_computed():
    circuit = energy(lambda x: [x[0], x[1], x[0]])
    z = onp.array([0.3, 0.9])

    gradient = qg.grad(lambda z: circuit(anp.sin(z) * z[0]), argnums=0)(z)

    assert_allclose(gradient, numerical(lambda z: circuit(onp.sin(z) * z[0]), z), atol=1e-8)


def test_entries_by_keyword_and_from_outside():
    @qg.qnode(qg.device("local"))
    def circuit(*, angles):
        qg.RX(angles[0], wires=0)
        qg.RY(outside[0][1], wires=0)
        return qg.expval(qg.Z(0))

    def cost(z):
        outside[:] = [z]
        return circuit(angles=z)

    outside: list = []
    z = onp.array([0.3, 0.9])

    gradient = qg.grad(cost, argnums=0)(z)

    expected = [-onp.sin(0.3) * onp.cos(0.9), -onp.cos(0.3) * onp.sin(0.9)]
    assert_allclose(gradient, expected, atol=1e-12)


def test_an_inner_derivative_by_entries_of_what_an_outer_one_moves():
    circuit = energy(lambda x: [x[0], x[1], x[0]], diff_method="parameter-shift")
    z = onp.array([0.3, 0.9])

    def slope(z):
        return anp.sum(qg.grad(circuit, argnums=0)(z * z) * z)

    expected = numerical(lambda z: float(onp.sum(qg.grad(circuit, argnums=0)(z * z) * z)), z)
    assert_allclose(qg.grad(slope, argnums=0)(z), expected, atol=1e-7)


def test_whole_arguments_and_rows_of_them_as_angles():
    @qg.qnode(qg.device("local", wires=3))
    def circuit(x, w):
        qg.AngleEmbedding(x[1], wires=range(3))
        qg.BasicEntanglerLayers(w, wires=range(3))
        qg.RX(x[0, 2], wires=1)
        return qg.expval(qg.Z(0) @ qg.Z(1))

    x, w = onp.array([[0.3, 0.1, -0.8], [0.5, 1.2, 0.7]]), onp.array([[0.4, -0.3, 0.9]] * 2)

    by_x, by_w = qg.grad(circuit, argnums=[0, 1])(x, w)

    assert_allclose(by_x, numerical(lambda z: circuit(z, w), x), atol=1e-8)
    assert_allclose(by_w, numerical(lambda z: circuit(x, z), w), atol=1e-8)


def test_batches_of_entries():
    circuit = energy(lambda x: [x[:, 0], x[:, 1], x[0, 2]])
    x = onp.array([[0.3, 0.1, -0.8], [0.5, 1.2, 0.7]])

    jacobian = qg.jacobian(circuit, argnums=0)(x)

    for row in range(2):
        assert_allclose(jacobian[row], numerical(lambda z, r=row: circuit(z)[r], x), atol=1e-8)


def test_several_results_of_a_row():
    @qg.qnode(qg.device("local", wires=2))
    def circuit(x):
        qg.RX(x[0], wires=0)
        qg.RY(x[1], wires=1)
        qg.CNOT(wires=[0, 1])
        return qg.expval(qg.Z(0)), qg.probs(wires=[0, 1]), qg.var(qg.Z(1))

    def flat(x):
        return anp.hstack([anp.reshape(part, (-1,)) for part in circuit(x)])

    x = onp.array([0.3, 0.9])

    jacobian = qg.jacobian(flat, argnums=0)(x)

    for place in range(6):
        assert_allclose(jacobian[place], numerical(lambda z, p=place: flat(z)[p], x), atol=1e-8)


def test_results_are_numbers_and_arrays_as_before():
    seen = []

    @qg.qnode(qg.device("local", wires=1))
    def circuit(x):
        qg.RX(x[0], wires=0)
        return qg.expval(qg.Z(0)), qg.probs(wires=0)

    def cost(x):
        value, probabilities = circuit(x)
        seen[:] = [value, probabilities]
        return value + probabilities[0]

    qg.grad(cost, argnums=0)(onp.array([0.3]))

    assert isbox(seen[0])
    assert isinstance(seen[0]._value, float)
    assert seen[1].shape == (2,)


def test_single_precision_in_gives_single_precision_out():
    circuit = energy(lambda x: [x[0], x[1]])

    gradient = qg.grad(circuit, argnums=0)(onp.array([0.3, 0.9], dtype=onp.float32))

    assert gradient.dtype == onp.float32


def test_marks_say_what_is_trained():
    circuit = energy(lambda x, y: [x[0], y[0], x[1]])
    x, y = np.array([0.3, 0.9]), np.array([0.5], requires_grad=False)

    gradient = qg.grad(circuit)(x, y)

    assert circuit.tape.trainable_params == [0, 2]
    circuit(x, y)
    assert circuit.tape.trainable_params == [0, 2]
    assert_allclose(gradient, numerical(lambda z: circuit(z, y), onp.asarray(x)), atol=1e-8)


def test_entries_count_as_trained_and_traced():
    seen = []

    @qg.qnode(qg.device("local"))
    def circuit(x):
        seen.append((x[0], x))
        qg.RX(x[0], wires=0)
        return qg.expval(qg.Z(0))

    qg.grad(circuit, argnums=0)(onp.array([0.3]))

    ((entry, whole),) = seen
    assert isbox(entry)
    assert isbox(whole)
    assert isinstance(entry, type(anp.add(whole, 0.0)))
    assert float(entry._value) == 0.3
    assert len(whole) == 1
    with pytest.raises(IndexError):
        whole[1]


def test_an_order_that_was_excluded_is_refused():
    circuit = energy(lambda x: [x[0]], diff_method="parameter-shift", max_diff=1)

    qg.grad(circuit, argnums=0)(onp.array([0.3]))
    with pytest.raises(DifferentiationError, match="order 2"):
        qg.jacobian(qg.grad(circuit, argnums=0), argnums=0)(onp.array([0.3]))


def test_complex_entries_are_refused():
    circuit = energy(lambda x: [x[0]])

    with pytest.raises(InvalidParameters):
        qg.grad(lambda z: circuit(z * (1 + 1j)), argnums=0)(onp.array([0.3]))


def test_what_is_not_traced_backwards_is_left_as_it_is():
    values = [0.1, "text", onp.ones(2), [1.0]]

    assert as_arguments(values) is values


def test_entries_of_lists_are_traced_as_ever():
    circuit = energy(lambda xs: [xs[0][1], xs[1][0]])
    xs = [onp.array([0.3, 0.9]), onp.array([0.5])]

    first, second = qg.grad(circuit, argnums=0)(xs)

    assert_allclose(first, numerical(lambda z: circuit([z, xs[1]]), xs[0]), atol=1e-8)
    assert_allclose(second, numerical(lambda z: circuit([xs[0], z]), xs[1]), atol=1e-8)


def test_a_gradient_records_a_row_its_values_and_their_only_result():
    circuit = energy(lambda x: [x[i, j] for i in range(4) for j in range(3)])

    pullback = pull_back(circuit, (onp.full((4, 3), 0.3),), positions=(0,))

    assert len(list(toposort(pullback.node))) == 4  # with the argument itself
    assert isinstance(pullback.value, float)


def test_scalars_are_joined_in_one_step():
    circuit = energy(lambda *angles: angles)
    args = (0.3, 0.9, -0.4, 1.2)

    pullback = pull_back(lambda x: circuit(x, *args[1:]), args[:1], positions=(0,))

    assert len(list(toposort(pullback.node))) == 4


def test_what_a_structure_settles_is_not_found_out_again():
    circuit = energy(lambda x: [x[0], x[1], x[2]])
    gradient, x = qg.grad(circuit, argnums=0), onp.array([0.3, 0.9, -0.4])
    circuit(x), gradient(x)
    before = [cached.cache_info().misses for cached in (decompose_structure, _already_native)]
    known = len(STRUCTURES)

    for shift in range(5):
        circuit(x + shift), gradient(x - shift)

    after = [cached.cache_info().misses for cached in (decompose_structure, _already_native)]
    assert after == before
    assert len(STRUCTURES) == known


def test_an_entry_is_an_argument_of_which_entries_can_be_taken():
    taken = []

    def function(x):
        (argument,) = as_arguments([x])
        taken.extend([argument[0], argument[0][1], argument[onp.array([0, 1])]])
        return anp.sum(argument[0])

    gradient = autograd.grad(function)(onp.ones((2, 2)))

    assert gradient.tolist() == [[1.0, 1.0], [0.0, 0.0]]
    assert [type(value) is Argument for value in taken] == [True, True, False]


def test_functions_of_sums_of_numbers_are_differentiated():
    def cost(x, y):
        x, y = as_arguments([x, y])
        return anp.sin(2 * x - y[1] / 3)

    found = pull_back(cost, (0.3, WEIGHTS), positions=(0, 1))(1.0)

    inner = onp.cos(0.6 - WEIGHTS[1] / 3)
    assert_allclose(found[0], 2 * inner)
    assert_allclose(found[1], [0.0, -inner / 3, 0.0])


def test_sums_of_entries_are_one_operation_and_keep_their_bits():
    x = onp.array([0.1, 0.7])
    rows = []

    def cost(x):
        angles = [3 * (x[0] + 0.1) / 7, x[0] - 2 * x[1], x[1]]
        row = load("autograd").row(angles)
        rows.append((row, [getval(angle) for angle in angles]))
        return anp.sum(row**2)

    argument = pull_back(lambda x: cost(*as_arguments([x])), (x,), positions=(0,))
    (row, angles), steps = rows[0], len(list(toposort(argument.node)))

    assert_allclose(getval(row)[0], angles, rtol=0, atol=0)
    assert steps == 4  # the argument, the row, its squares and their sum
    expected = autograd.grad(lambda x: anp.sum(anp.array([3 * (x[0] + 0.1) / 7]) ** 2))(x)
    expected = expected + autograd.grad(lambda x: (x[0] - 2 * x[1]) ** 2 + x[1] ** 2)(x)
    assert_allclose(argument(1.0)[0], expected)
