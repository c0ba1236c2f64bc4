"""Adjoints, controls, powers and exponentials against dense matrices, in any nesting."""

from functools import reduce
from math import pi

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.linalg import expm, fractional_matrix_power

import qgate as qg
from qgate.exceptions import (
    DecompositionUndefinedError,
    DuplicateWires,
    GeneratorUndefinedError,
    InvalidParameters,
)
from qgate.operations import Adjoint, Controlled, ControlledQubitUnitary, Exp, PauliSum, Pow
from qgate.operations.gate import GATES, ROWS
from qgate.operations.matrices import embed
from qgate.operations.operator import ParameterKind
from qgate.operations.slots import Affine
from qgate.recording import recording
from qgate.structure import evaluate
from qgate.wires import Wires

NATIVE = {"RX", "RY", "RZ", "CNOT", "GlobalPhase", "QubitUnitary"}
OPTIONS = {"pauli_word": "ZY", "dim": 3, "control_values": [0]}
ANGLES = st.floats(-4, 4)


def product(operations, wires):
    matrices = [embed(op.matrix(), op.wires, wires) for op in operations]
    return reduce(lambda done, matrix: matrix @ done, matrices, np.eye(2 ** len(wires)))


def down(operation):
    if operation.name in NATIVE:
        return [operation]
    return [part for each in operation.decomposition() for part in down(each)]


def gate_of(name, angles=(0.7, -1.1, 0.4)):
    row = ROWS[name]
    options = {key: OPTIONS[key] for key in row.options if key in OPTIONS}
    return GATES[name](*angles[: len(row.angles)], wires=range(row.wires or 2), **options)


def controlled_matrix(matrix, values):
    index = int("".join(str(int(value)) for value in values), 2)
    select = np.diag(np.eye(2 ** len(values))[index])
    rest = np.kron(np.eye(len(select)) - select, np.eye(len(matrix)))
    return np.kron(select, matrix) + rest


@st.composite
def wrapped(draw, depth=3, bases=("RX", "S", "Hadamard", "CRY", "Rot", "IsingXY", "PhaseShift")):
    """Draw a gate in up to ``depth`` wrappers, with the matrix it should have."""
    angles = (draw(ANGLES), draw(ANGLES), draw(ANGLES))
    operator = gate_of(draw(st.sampled_from(bases)), angles)
    matrix = operator.matrix()
    controls = iter(["a", "b"])
    for wrapper in draw(st.lists(st.sampled_from("ACP"), max_size=depth)):
        if wrapper == "A":
            operator, matrix = Adjoint(operator), matrix.conj().T
        elif wrapper == "P":
            z = draw(st.integers(-2, 3))
            operator, matrix = Pow(operator, z), np.linalg.matrix_power(matrix, z)
        elif (control := next(controls, None)) is not None:
            value = draw(st.booleans())
            operator = Controlled(operator, control, value)
            matrix = controlled_matrix(matrix, [value])
    return operator, matrix


@settings(max_examples=60)
@given(wrapped())
def test_wrappers_nest_in_any_order(drawn):
    operator, matrix = drawn

    assert_allclose(operator.matrix(), matrix, atol=1e-10)
    assert_allclose(operator.adjoint().matrix(operator.wires), matrix.conj().T, atol=1e-10)
    assert_allclose(operator.simplify().matrix(operator.wires), matrix, atol=1e-10)


@settings(max_examples=60)
@given(wrapped())
def test_nested_wrappers_decompose_exactly_by_slots(drawn):
    operator, matrix = drawn
    slots = operator.with_parameters([Affine.slot(k) for k in range(operator.num_params)])
    row = np.array(operator.parameters)

    bound = [
        part.with_parameters([evaluate(symbol, row, ()) for symbol in part.parameters])
        for part in down(slots)
    ]

    assert_allclose(product(bound, operator.wires), matrix, atol=1e-9)


@settings(max_examples=20)
@given(wrapped(depth=4))
def test_wrappers_move_to_other_wires_and_take_other_angles(drawn):
    operator, matrix = drawn
    names = {label: f"w{label}" for label in operator.wires}

    moved = operator.map_wires(names)

    assert list(moved.wires) == [names[label] for label in operator.wires]
    assert_allclose(moved.matrix(), matrix, atol=1e-10)
    assert moved.map_wires({new: old for old, new in names.items()}) == operator
    doubled = operator.with_parameters([2 * angle for angle in operator.parameters])
    assert doubled.signature == operator.signature
    assert hash(doubled) == hash(operator)
    assert moved.signature != operator.signature


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("values", [(1,), (0, 1), (1, 1, 1)])
def test_every_gate_can_be_controlled(name, values):
    gate = gate_of(name)

    operator = Controlled(gate, list("abc")[: len(values)], values)

    expected = controlled_matrix(gate.matrix(), values)
    assert_allclose(operator.matrix(), expected, atol=1e-12)
    assert_allclose(product(down(operator), operator.wires), expected, atol=1e-9)
    joined = qg.ctrl(gate, list("abc")[: len(values)], values)
    assert_allclose(joined.matrix(operator.wires), expected, atol=1e-12)


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.angles])
def test_the_frequencies_of_controlled_gates_are_those_of_expectation_values(name):
    operator = Controlled(gate_of(name), "a")

    found = operator.parameter_frequencies

    assert found == [spectrum_of(operator, index) for index in range(operator.num_params)]


def spectrum_of(operator, index):
    """Return the frequencies that occur in an expectation value, from its Fourier transform."""
    rng = np.random.default_rng(5)
    size, samples = 2 ** len(operator.wires), 32
    state = rng.normal(size=(size, 2)) @ [1, 1j]
    hermitian = rng.normal(size=(size, size)) + np.eye(size)
    values = []
    for angle in np.arange(samples) * 4 * pi / samples:
        angles = list(operator.parameters)
        angles[index] = angle
        ket = operator.with_parameters(angles).matrix() @ state
        values.append(np.vdot(ket, (hermitian + hermitian.T) @ ket).real)
    amplitudes = np.abs(np.fft.rfft(values)) / samples
    return tuple(k / 2 for k in range(1, len(amplitudes)) if amplitudes[k] > 1e-9)


def test_frequencies_follow_the_wrappers():
    gate = qg.RX(0.3, 0)

    assert Adjoint(gate).parameter_frequencies == [(1.0,)]
    assert Pow(gate, -3).parameter_frequencies == [(3.0,)]
    assert Controlled(Pow(gate, 2), 1).parameter_frequencies == [(1.0, 2.0)]
    assert Controlled(Controlled(gate, 1), 2).parameter_frequencies == [(0.5, 1.0)]
    with pytest.raises(GeneratorUndefinedError):
        _ = Pow(qg.Rot(0.1, 0.2, 0.3, 0), 2).parameter_frequencies


@pytest.mark.parametrize("wrap", [Adjoint, lambda op: Controlled(op, "a"), lambda op: Pow(op, 2)])
def test_generators_follow_the_wrappers(wrap):
    operator = wrap(qg.IsingXY(0.3, [0, 1]))

    generator = operator.generator_matrix()

    assert_allclose(expm(0.3j * generator), operator.matrix(), atol=1e-12)
    eigenvalues = np.linalg.eigvalsh(generator)
    known = operator.generator_eigenvalues()
    assert_allclose(np.unique(eigenvalues.round(9)), np.unique(known.round(9)), atol=1e-12)


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if not row.angles])
def test_roots_of_constant_gates_are_the_principal_ones(name):
    gate = gate_of(name)

    root = Pow(gate, 0.5)

    expected = fractional_matrix_power(gate.matrix(), 0.5)
    assert_allclose(root.matrix(), expected, atol=1e-7)
    assert_allclose(product(root.decomposition(), root.wires), expected, atol=1e-7)
    assert_allclose(product(down(root.adjoint()), root.wires), expected.conj().T, atol=1e-7)


def test_powers_of_exponentials_scale_the_angle():
    assert Pow(qg.RX(0.4, 0), 2.5).decomposition() == [qg.RX(1.0, 0)]
    assert_allclose(Pow(qg.RX(7.0, 0), 0.5).matrix(), qg.RX(3.5, 0).matrix())
    with pytest.raises(DecompositionUndefinedError, match="whole power"):
        Pow(qg.Rot(0.1, 0.2, 0.3, 0), 0.5).decomposition()


def test_a_power_is_a_real_number():
    with pytest.raises(InvalidParameters, match="real number"):
        Pow(qg.X(0), 1j)


def test_names_are_those_of_the_base_in_brackets():
    assert Adjoint(qg.S(0)).name == "Adjoint(S)"
    assert Controlled(qg.RX(0.1, 0), 1).name == "C(RX)"
    assert (qg.S(0) ** 2).name == "S**2"
    assert qg.adjoint(Controlled(qg.S(0), 1)).name == "Adjoint(C(S))"


def test_wrappers_print_as_they_are_written():
    assert repr(Adjoint(qg.RX(0.1, 0))) == "Adjoint(RX(0.1, wires=[0]))"
    assert "control_values=[False]" in repr(Controlled(qg.RX(0.1, 0), 1, 0))


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (lambda: qg.ctrl(qg.X(0), 1), lambda: qg.CNOT([1, 0])),
        (lambda: qg.ctrl(qg.X(0), [1, 2]), lambda: qg.Toffoli([1, 2, 0])),
        (lambda: qg.ctrl(qg.X(0), 1, False), lambda: qg.MultiControlledX([1, 0], [0])),
        (lambda: qg.ctrl(qg.CNOT([0, 1]), "c"), lambda: qg.Toffoli(["c", 0, 1])),
        (lambda: qg.ctrl(qg.Toffoli([0, 1, 2]), 3), lambda: qg.MultiControlledX([3, 0, 1, 2])),
        (lambda: qg.ctrl(qg.Z(0), [1, 2]), lambda: qg.CCZ([1, 2, 0])),
        (lambda: qg.ctrl(qg.CZ([0, 1]), 2), lambda: qg.CCZ([2, 0, 1])),
        (lambda: qg.ctrl(qg.Y(0), 1), lambda: qg.CY([1, 0])),
        (lambda: qg.ctrl(qg.H(0), 1), lambda: qg.CH([1, 0])),
        (lambda: qg.ctrl(qg.RX(0.1, 0), 1), lambda: qg.CRX(0.1, [1, 0])),
        (lambda: qg.ctrl(qg.Rot(1, 2, 3, 0), 1), lambda: qg.CRot(1, 2, 3, [1, 0])),
        (lambda: qg.ctrl(qg.PhaseShift(0.1, 0), 1), lambda: qg.CPhase(0.1, [1, 0])),
        (lambda: qg.ctrl(qg.SWAP([0, 1]), 2), lambda: qg.CSWAP([2, 0, 1])),
        (
            lambda: qg.ctrl(qg.CRX(0.1, [0, 1]), 2, 0),
            lambda: Controlled(qg.RX(0.1, 1), [2, 0], [0, 1]),
        ),
        (
            lambda: qg.ctrl(qg.ctrl(qg.S(0), 1), 2),
            lambda: Controlled(qg.S(0), [2, 1]),
        ),
    ],
)
def test_ctrl_gives_the_gate_with_a_name_of_its_own(made, expected):
    assert made() == expected()


def test_a_control_among_the_wires_is_refused():
    with pytest.raises(DuplicateWires):
        qg.ctrl(qg.RX(0.1, 0), 0)


@pytest.mark.parametrize(
    "call",
    [
        lambda: Controlled(qg.X(0), []),
        lambda: Controlled(qg.X(0), 1, [1, 0]),
        lambda: Controlled(qg.X(0), 1, [2]),
        lambda: Adjoint(3),
        lambda: qg.adjoint(3),
        lambda: qg.pow(lambda: None, 0.5),
    ],
)
def test_wrong_arguments_are_refused(call):
    with pytest.raises(InvalidParameters):
        call()


def test_controlled_sandwiches_control_the_filling_only():
    parts = Controlled(qg.MultiRZ(0.1, [0, 1, 2]), "c").decomposition()

    assert [part.name for part in parts] == ["CNOT", "CNOT", "CRZ", "CNOT", "CNOT"]


def test_many_controls_need_no_other_wires():
    operator = qg.ctrl(qg.RY(0.3, "t"), range(9))

    parts = down(operator)

    assert set(Wires.all_wires([part.wires for part in parts])) <= set(operator.wires)
    state = np.zeros((2,) * 10)
    state[(1,) * 9 + (0,)] = 1
    for part in parts:
        axes = operator.wires.indices(part.wires)
        tensor = part.matrix().reshape((2,) * (2 * len(axes)))
        state = np.tensordot(tensor, state, (range(len(axes), 2 * len(axes)), axes))
        state = np.moveaxis(state, range(len(axes)), axes)
    assert_allclose(state[(1,) * 9], [np.cos(0.15), np.sin(0.15)], atol=1e-9)


# Exponentials -------------------------------------------------------------------------


def exponents():
    return [
        qg.X(0),
        0.5 * qg.X(0) @ qg.Y(1),
        qg.Z(0) @ qg.Z(1) + 0.3 * qg.X(0) @ qg.X(1) + 0.2 * qg.I(),
        qg.X(0) + 0.7 * qg.Z(0) @ qg.Y(1),
        qg.Hermitian(np.array([[1, 2j], [-2j, 0.5]]), 0),
        qg.Hadamard(0),
        qg.Projector([1], 0),
    ]


@pytest.mark.parametrize("place", range(7))
@settings(max_examples=10)
@given(angle=ANGLES)
def test_exponentials_of_hermitian_operators_are_exact(place, angle):
    base = exponents()[place]
    dense = base.matrix()

    operator = qg.exp(base, 1j * angle)

    expected = expm(1j * angle * dense)
    assert operator.parameter_kinds == (ParameterKind.ANGLES,)
    assert_allclose(operator.matrix(), expected, atol=1e-10)
    assert_allclose(operator.adjoint().matrix(), expected.conj().T, atol=1e-10)
    slots = operator.with_parameters([Affine.slot(0)])
    bound = [
        part.with_parameters([evaluate(s, np.array([angle]), ()) for s in part.parameters])
        for part in down(slots)
    ]
    assert_allclose(product(bound, operator.wires), expected, atol=1e-9)
    assert_allclose(qg.evolve(base, -angle).matrix(), expected, atol=1e-10)


@pytest.mark.parametrize("place", range(7))
def test_the_frequencies_of_exponentials_are_gaps_of_the_exponent(place):
    base = exponents()[place]
    eigenvalues = np.linalg.eigvalsh(base.matrix())
    gaps = np.unique(np.abs(eigenvalues[:, None] - eigenvalues).round(8))

    ((*found,),) = qg.evolve(base, 0.3).parameter_frequencies

    assert_allclose(found, gaps[gaps > 0], atol=1e-7)


def test_commuting_words_are_one_rotation_each():
    parts = qg.evolve(qg.X(0) @ qg.X(1) + 2.0 * qg.Z(0) @ qg.Z(1), 0.3).decomposition()

    words = {part.hyperparameters["pauli_word"]: part.parameters[0] for part in parts}
    assert words == pytest.approx({"XX": 0.6, "ZZ": 1.2})


def test_a_wide_word_is_exponentiated_without_matrices():
    operator = qg.evolve(PauliSum.word(dict.fromkeys(range(30), "Y")), 0.3)

    assert operator.parameter_frequencies == [(2.0,)]
    assert len(operator.decomposition()) == 1


def test_real_exponents_have_a_matrix_only():
    operator = qg.exp(qg.X(0), 0.5)

    assert_allclose(operator.matrix(), expm(0.5 * qg.X(0).matrix()), atol=1e-12)
    assert not operator.has_decomposition
    assert operator.is_hermitian
    with pytest.raises(DecompositionUndefinedError, match="not unitary"):
        operator.decomposition()
    with pytest.raises(GeneratorUndefinedError):
        operator.generator_matrix()


def test_exponentials_are_batched_and_powers_of_them_scale():
    operator = qg.evolve(qg.X(0) @ qg.Z(1), np.array([0.1, 0.2]))

    assert operator.batch_size == 2
    assert_allclose(operator.matrix()[1], qg.evolve(qg.X(0) @ qg.Z(1), 0.2).matrix(), atol=1e-12)
    assert_allclose(operator.pow(2)[0].parameters[0], [-0.2, -0.4])


def test_exponentials_are_differentiable_in_time_and_weights():
    def cost(weights, xp=anp):
        base = PauliSum.from_words(weights[1:], ["XZ", "YI"])
        matrix = Exp(base, angle=weights[0]).matrix()
        return xp.sum(xp.real(matrix) + 0.3 * xp.imag(matrix))

    weights, step = np.array([0.4, 0.8, -0.5]), 1e-6
    differences = [
        (cost(weights + step * unit, np) - cost(weights - step * unit, np)) / (2 * step)
        for unit in np.eye(3)
    ]

    assert_allclose(autograd.grad(cost)(weights), differences, atol=1e-8)


def test_exponentials_with_other_weights_are_other_structures():
    one, other = (qg.evolve(weight * qg.X(0), 0.1) for weight in (1.0, 2.0))

    assert one.signature != other.signature
    assert one.signature == qg.evolve(1.0 * qg.X(0), 0.9).signature


# Quantum functions --------------------------------------------------------------------


def circuit(x, wire=0):
    qg.RX(x, wires=wire)
    qg.S(wire)
    qg.CNOT([wire, "t"])


def recorded(function, *args, **kwargs):
    with recording() as recorder:
        function(*args, **kwargs)
    return list(recorder.items)


def test_the_adjoint_of_a_function_undoes_it_last_first():
    operations = recorded(qg.adjoint(circuit), 0.3)

    names = [operation.name for operation in operations]
    assert names == ["Adjoint(CNOT)", "Adjoint(S)", "Adjoint(RX)"]
    eager = recorded(qg.adjoint(circuit, lazy=False), 0.3)
    assert [op.name for op in eager] == ["CNOT", "Adjoint(S)", "RX"]
    undone = product(recorded(circuit, 0.3) + operations, Wires([0, "t"]))
    assert_allclose(undone, np.eye(4), atol=1e-12)


def test_a_controlled_function_controls_each_operation():
    operations = recorded(qg.ctrl(circuit, "c", control_values=0), 0.3, wire=1)

    order = Wires(["c", 1, "t"])
    expected = controlled_matrix(product(recorded(circuit, 0.3, 1), order[1:]), [0])
    assert_allclose(product(operations, order), expected, atol=1e-12)


def test_functions_are_repeated():
    once = product(recorded(circuit, 0.3), Wires([0, "t"]))

    for z in (3, -2):
        many = product(recorded(qg.pow(circuit, z), 0.3), Wires([0, "t"]))
        assert_allclose(many, np.linalg.matrix_power(once, z), atol=1e-12)


def test_classes_of_gates_and_nested_functions_are_transformed():
    assert qg.adjoint(qg.RX)(0.1, wires=0) == Adjoint(qg.RX(0.1, 0))
    assert qg.ctrl(qg.RX, 1)(0.1, wires=0) == qg.CRX(0.1, [1, 0])
    nested = recorded(qg.adjoint(qg.ctrl(circuit, "c")), 0.3)
    assert [op.name for op in nested] == ["Adjoint(Toffoli)", "Adjoint(C(S))", "Adjoint(CRX)"]


def test_only_the_wrapper_is_recorded():
    def function():
        qg.adjoint(qg.S(0))
        qg.ctrl(qg.RX(0.1, 0), 1)
        qg.pow(qg.T(0), 3)
        qg.RY(0.2, 0) ** 2
        qg.evolve(qg.X(0) @ qg.Z(1), 0.3)
        qg.adjoint(qg.ctrl(qg.adjoint(qg.RX(0.3, 0)), 1), lazy=False)

    names = [operation.name for operation in recorded(function)]

    assert names == ["Adjoint(S)", "CRX", "T**3", "RY**2", "Exp", "CRX"]


def test_eager_powers_are_gates():
    assert qg.pow(qg.RX(0.2, 0), 2, lazy=False) == qg.RX(0.4, 0)
    assert qg.pow(qg.X(0), 2, lazy=False) == qg.I(0)


# Controlled matrices ------------------------------------------------------------------


@pytest.mark.parametrize("targets", [1, 2])
@pytest.mark.parametrize("values", [[1], [0], [1, 0]])
def test_controlled_matrices_decompose_exactly(targets, values):
    rng = np.random.default_rng(3)
    size = 2**targets
    unitary = np.linalg.qr(rng.normal(size=(size, size, 2)) @ [1, 1j])[0]
    wires = ["c", "d"][: len(values)] + list(range(targets))

    operator = ControlledQubitUnitary(unitary, wires, values)

    expected = controlled_matrix(unitary, values)
    assert operator.name == "ControlledQubitUnitary"
    assert_allclose(operator.matrix(), expected, atol=1e-12)
    parts = [p for part in operator.decomposition() for p in down(part)]
    assert_allclose(product(parts, operator.wires), expected, atol=1e-9)
    assert (
        qg.ctrl(qg.QubitUnitary(unitary, range(targets)), wires[: len(values)], values) == operator
    )
