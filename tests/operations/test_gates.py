"""The table of gates against independent definitions."""

from functools import reduce
from math import pi, sqrt

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.linalg import expm

import qgate as qg
from qgate.exceptions import DuplicateWires, InvalidParameters
from qgate.operations.controlled_decompositions import controlled_flip
from qgate.operations.gate import GATES, ROWS
from qgate.operations.matrices import embed
from qgate.operations.slots import Affine
from qgate.structure import evaluate
from qgate.wires import Wires

I2, X, Z = np.eye(2), np.array([[0, 1], [1, 0]]), np.diag([1, -1])
Y = np.array([[0, -1j], [1j, 0]])
LETTERS = {"I": I2, "X": X, "Y": Y, "Z": Z}
H = (X + Z) / sqrt(2)
NATIVE = {"RX", "RY", "RZ", "CNOT", "GlobalPhase"}
ONE_AND_TWO_WIRES = NATIVE | {"PhaseShift", "Hadamard", "S", "T", "SX", "PauliX", "PauliY"}
ONE_AND_TWO_WIRES |= {"PauliZ", "CZ"}


def word(letters):
    return reduce(np.kron, [LETTERS[letter] for letter in letters])


def rotation(letters, angle):
    return expm(-0.5j * angle * word(letters))


def phase(angle):
    return np.diag([1, np.exp(1j * angle)])


def rot(phi, theta, omega):
    return rotation("Z", omega) @ rotation("Y", theta) @ rotation("Z", phi)


def where_ones(matrix, controls=1):
    size = len(matrix) * 2**controls
    whole = np.eye(size, dtype=complex)
    whole[size - len(matrix) :, size - len(matrix) :] = matrix
    return whole


def phase_on(state, angle):
    entries = np.ones(4, dtype=complex)
    entries[state] = np.exp(1j * angle)
    return np.diag(entries)


def permutation(images):
    return np.eye(len(images))[:, images]


def turn(n, low, high, angle, rest=0.0):
    whole = np.exp(1j * rest * angle / 2) * np.eye(2**n)
    c, s = np.cos(angle / 2), np.sin(angle / 2)
    whole[np.ix_([low, high], [low, high])] = [[c, -s], [s, c]]
    return whole


def annihilator(mode, modes=4):
    """Jordan-Wigner: Z on the modes before, then lower this one."""
    lower = np.array([[0, 1], [0, 0]])
    return reduce(np.kron, [Z] * mode + [lower] + [I2] * (modes - mode - 1))


def orbital_rotation(angle):
    a = [annihilator(mode) for mode in range(4)]
    hop = sum(a[up].T @ a[down] - a[down].T @ a[up] for up, down in [(0, 2), (1, 3)])
    return expm(angle / 2 * hop)


def fermionic_swap(angle):
    c, s, e = np.cos(angle / 2), np.sin(angle / 2), np.exp(0.5j * angle)
    middle = e * np.array([[c, -1j * s], [-1j * s, c]])
    return np.block(
        [
            [np.eye(1), np.zeros((1, 3))],
            [np.zeros((2, 1)), middle, np.zeros((2, 1))],
            [np.zeros((1, 3)), np.full((1, 1), e**2)],
        ]
    )


def controlled_x(n, control_values):
    images = list(range(2**n))
    first = 2 * int("".join(str(int(bit)) for bit in control_values), 2)
    images[first], images[first + 1] = first + 1, first
    return permutation(images)


SWAP = permutation([0, 2, 1, 3])
XY = word("XX") + word("YY")

# Each takes the number of wires, the angles and the options.
DEFINITIONS = {
    "Identity": lambda n: np.eye(2**n),
    "Barrier": lambda n, only_visual: np.eye(2**n),
    "PauliX": lambda n: X,
    "PauliY": lambda n: Y,
    "PauliZ": lambda n: Z,
    "Hadamard": lambda n: H,
    "S": lambda n: phase(pi / 2),
    "T": lambda n: phase(pi / 4),
    "SX": lambda n: np.exp(0.25j * pi) * rotation("X", pi / 2),
    "CNOT": lambda n: permutation([0, 1, 3, 2]),
    "CZ": lambda n: np.diag([1, 1, 1, -1]),
    "CY": lambda n: where_ones(Y),
    "CH": lambda n: where_ones(H),
    "SWAP": lambda n: SWAP,
    "ISWAP": lambda n: expm(0.25j * pi * XY),
    "SISWAP": lambda n: expm(0.125j * pi * XY),
    "ECR": lambda n: (word("XI") - word("YX")) / sqrt(2),
    "CSWAP": lambda n: where_ones(SWAP),
    "CCZ": lambda n: where_ones(Z, 2),
    "Toffoli": lambda n: where_ones(X, 2),
    "MultiControlledX": lambda n, control_values: controlled_x(n, control_values),
    "RX": lambda n, x: rotation("X", x),
    "RY": lambda n, x: rotation("Y", x),
    "RZ": lambda n, x: rotation("Z", x),
    "PhaseShift": lambda n, x: phase(x),
    "U1": lambda n, x: phase(x),
    "U2": lambda n, phi, delta: phase(phi) @ rotation("Y", pi / 2) @ phase(delta),
    "U3": lambda n, theta, phi, delta: phase(phi) @ rotation("Y", theta) @ phase(delta),
    "Rot": lambda n, phi, theta, omega: rot(phi, theta, omega),
    "GlobalPhase": lambda n, x: np.exp(-1j * x) * np.eye(2**n),
    "ControlledPhaseShift": lambda n, x: phase_on(3, x),
    "CPhaseShift00": lambda n, x: phase_on(0, x),
    "CPhaseShift01": lambda n, x: phase_on(1, x),
    "CPhaseShift10": lambda n, x: phase_on(2, x),
    "CRX": lambda n, x: where_ones(rotation("X", x)),
    "CRY": lambda n, x: where_ones(rotation("Y", x)),
    "CRZ": lambda n, x: where_ones(rotation("Z", x)),
    "CRot": lambda n, phi, theta, omega: where_ones(rot(phi, theta, omega)),
    "IsingXX": lambda n, x: rotation("XX", x),
    "IsingYY": lambda n, x: rotation("YY", x),
    "IsingZZ": lambda n, x: rotation("ZZ", x),
    "IsingXY": lambda n, x: expm(0.25j * x * XY),
    "PSWAP": lambda n, x: SWAP @ np.diag([1, np.exp(1j * x), np.exp(1j * x), 1]),
    "MultiRZ": lambda n, x: rotation("Z" * n, x),
    "PauliRot": lambda n, x, pauli_word: rotation(pauli_word, x),
    "PCPhase": lambda n, x, dim: np.diag(np.exp(1j * x * np.where(np.arange(2**n) < dim, 1, -1))),
    "SingleExcitation": lambda n, x: turn(2, 1, 2, x),
    "SingleExcitationPlus": lambda n, x: turn(2, 1, 2, x, rest=1),
    "SingleExcitationMinus": lambda n, x: turn(2, 1, 2, x, rest=-1),
    "DoubleExcitation": lambda n, x: turn(4, 3, 12, x),
    "DoubleExcitationPlus": lambda n, x: turn(4, 3, 12, x, rest=1),
    "DoubleExcitationMinus": lambda n, x: turn(4, 3, 12, x, rest=-1),
    "OrbitalRotation": lambda n, x: orbital_rotation(x),
    "FermionicSWAP": lambda n, x: fermionic_swap(x),
}
PARAMETRISED = sorted(name for name, row in ROWS.items() if row.angles)
DIAGONAL = ["Identity", "Barrier", "PauliZ", "S", "T", "CZ", "CCZ", "RZ", "PhaseShift", "U1"]
DIAGONAL += ["GlobalPhase", "ControlledPhaseShift", "CPhaseShift00", "CPhaseShift01"]
DIAGONAL += ["CPhaseShift10", "CRZ", "IsingZZ", "MultiRZ", "PCPhase"]
LABELS = ["a", 7, "c", -1]


@st.composite
def gates(draw, name):
    """Draw a gate of a row on up to four wires with any labels."""
    row = ROWS[name]
    most = len(LABELS)
    least = 2 if name == "MultiControlledX" else 1
    wires = draw(st.permutations(LABELS))[: row.wires or draw(st.integers(least, most))]
    n = len(wires)
    drawn = {
        "pauli_word": lambda: draw(st.text("IXYZ", min_size=n, max_size=n)),
        "dim": lambda: draw(st.integers(0, 2**n)),
        "control_values": lambda: draw(st.lists(st.booleans(), min_size=n - 1, max_size=n - 1)),
    }
    options = {option: drawn[option]() for option in row.options if option in drawn}
    angles = [draw(st.floats(-7, 7)) for _ in row.angles]
    return GATES[name](*angles, wires=wires, **options)


def product(operations, wires):
    matrices = [embed(op.matrix(), op.wires, wires) for op in operations]
    return reduce(lambda done, matrix: matrix @ done, matrices, np.eye(2 ** len(wires)))


def down_to(names, operation):
    if operation.name in names:
        return [operation]
    return [part for each in operation.decomposition() for part in down_to(names, each)]


def defined(gate):
    return DEFINITIONS[gate.name](len(gate.wires), *gate.parameters, **gate.hyperparameters)


def test_every_row_has_a_definition_here():
    assert set(DEFINITIONS) == set(ROWS)


@pytest.mark.parametrize("name", ROWS)
@settings(max_examples=10)
@given(data=st.data())
def test_the_matrix_is_the_defined_one(name, data):
    gate = data.draw(gates(name))

    assert_allclose(gate.matrix(), defined(gate), atol=1e-12)


@pytest.mark.parametrize("name", ROWS)
@settings(max_examples=8)
@given(data=st.data())
def test_gates_decompose_exactly_into_rotations_and_cnot(name, data):
    gate = data.draw(gates(name))

    parts = down_to(NATIVE, gate)

    assert_allclose(product(parts, gate.wires), defined(gate), atol=1e-10)


@pytest.mark.parametrize("name", ROWS)
@settings(max_examples=4)
@given(data=st.data())
def test_gates_decompose_into_what_hardware_compilers_know(name, data):
    gate = data.draw(gates(name))

    parts = down_to(ONE_AND_TWO_WIRES, gate)

    assert all(len(part.wires) <= 2 for part in parts if part.name != "GlobalPhase")
    assert_allclose(product(parts, gate.wires), defined(gate), atol=1e-10)


@pytest.mark.parametrize("name", ROWS)
@settings(max_examples=5)
@given(data=st.data())
def test_the_adjoint_has_the_adjoint_matrix(name, data):
    gate = data.draw(gates(name))

    adjoint = gate.adjoint()

    assert_allclose(adjoint.matrix(gate.wires), defined(gate).conj().T, atol=1e-12)


@pytest.mark.parametrize("name", PARAMETRISED)
@settings(max_examples=5)
@given(data=st.data())
def test_decomposing_slots_is_decomposing_their_numbers(name, data):
    gate = data.draw(gates(name))
    slots = gate.with_parameters([Affine.slot(k) for k in range(gate.num_params)])
    row = np.array(gate.parameters)

    bound = [
        part.with_parameters([evaluate(symbol, row, ()) for symbol in part.parameters])
        for part in down_to(NATIVE, slots)
    ]

    assert_allclose(product(bound, gate.wires), defined(gate), atol=1e-10)


def spectrum_of(gate, index):
    """Return the frequencies that occur in an expectation value, from its Fourier transform."""
    samples, period = 32, 4 * pi  # frequencies are multiples of 1/2
    rng = np.random.default_rng(5)
    size = 2 ** len(gate.wires)
    state = rng.normal(size=(size, 2)) @ [1, 1j]
    observable = np.diag(rng.normal(size=size)) + 0.3 * np.ones((size, size))
    after = np.linalg.qr(rng.normal(size=(size, size)))[0]
    values = []
    for angle in np.arange(samples) * period / samples:
        angles = list(gate.parameters)
        angles[index] = angle
        ket = after @ gate.with_parameters(angles).matrix() @ state
        values.append(np.vdot(ket, observable @ ket).real)
    amplitudes = np.abs(np.fft.rfft(values)) / samples
    return tuple(k / 2 for k in range(1, len(amplitudes)) if amplitudes[k] > 1e-9)


@pytest.mark.parametrize("name", PARAMETRISED)
@settings(max_examples=3)
@given(data=st.data())
def test_the_frequencies_are_those_of_expectation_values(name, data):
    gate = data.draw(gates(name))

    found = gate.parameter_frequencies

    assert found == [spectrum_of(gate, index) for index in range(gate.num_params)]


@pytest.mark.parametrize(
    "name", [name for name in PARAMETRISED if ROWS[name].generator is not None]
)
@settings(max_examples=3)
@given(data=st.data())
def test_the_generator_generates(name, data):
    gate = data.draw(gates(name))

    generator = gate.generator_matrix()

    assert_allclose(expm(1j * gate.parameters[0] * generator), defined(gate), atol=1e-10)
    eigenvalues = np.linalg.eigvalsh(generator)
    known = np.unique(gate.generator_eigenvalues())
    assert_allclose(np.unique(eigenvalues.round(9)), known, atol=1e-12)


@pytest.mark.parametrize("name", PARAMETRISED)
@settings(max_examples=3)
@given(data=st.data())
def test_a_batch_of_angles_gives_a_batch_of_matrices(name, data):
    gate = data.draw(gates(name))
    batch = [np.array([angle, 0.3, -angle]) for angle in gate.parameters]

    many = gate.with_parameters(batch)

    each = [gate.with_parameters(row) for row in zip(*batch, strict=True)]
    assert many.batch_size == 3
    assert_allclose(many.matrix(), [one.matrix() for one in each], atol=1e-12)


@pytest.mark.parametrize("name", DIAGONAL)
@settings(max_examples=4)
@given(data=st.data())
def test_the_diagonal_is_that_of_the_matrix(name, data):
    gate = data.draw(gates(name))

    matrix = defined(gate)

    assert gate.is_diagonal
    assert_allclose(np.diag(gate.canonical_diagonal(gate.parameters, np)), matrix, atol=1e-12)


@pytest.mark.parametrize("name", PARAMETRISED)
def test_matrices_are_differentiable(name):
    row = ROWS[name]
    options = {"pauli_word": "XY", "dim": 3}
    options = {key: options[key] for key in row.options}
    gate = GATES[name](*[0.3] * len(row.angles), wires=range(row.wires or 2), **options)
    size = 2 ** len(gate.wires)
    weights = np.random.default_rng(0).normal(size=(2, size, size))

    def cost(angles):
        matrix = gate.canonical_matrix(list(angles), anp)
        return anp.sum(weights[0] * anp.real(matrix) + weights[1] * anp.imag(matrix))

    angles, step = np.linspace(0.2, 0.9, gate.num_params), 1e-6
    differences = [
        (cost(angles + step * unit) - cost(angles - step * unit)) / (2 * step)
        for unit in np.eye(len(angles))
    ]
    assert_allclose(autograd.grad(cost)(angles), differences, atol=1e-7)


@pytest.mark.parametrize(
    ("short", "long"),
    [("X", "PauliX"), ("H", "Hadamard"), ("I", "Identity"), ("CPhase", "ControlledPhaseShift")],
)
def test_both_spellings_are_the_same_class(short, long):
    assert getattr(qg, short) is getattr(qg, long)


@pytest.mark.parametrize("letter", "XYZH")
def test_diagonalizing_gates_turn_the_observable_to_its_eigenvalues(letter):
    observable = getattr(qg, letter)("w")

    turned = product(observable.diagonalizing_gates(), observable.wires)

    diagonal = turned @ observable.matrix() @ turned.conj().T
    assert_allclose(diagonal, np.diag(observable.eigvals()), atol=1e-12)


def test_the_identity_acts_on_any_number_of_wires():
    assert qg.I().decomposition() == []
    assert qg.I([0, 1]).eigvals().tolist() == [1, 1, 1, 1]
    assert qg.I([0, 1]).pauli_rep is not None


@pytest.mark.parametrize("letter", "XYZ")
def test_paulis_are_pauli_words(letter):
    gate = getattr(qg, letter)("w")
    words = gate.pauli_rep

    assert words.words == [letter]
    assert words.wires == Wires("w")
    assert gate == words == gate
    assert hash(gate) == hash(words)
    assert gate != 2 * words


def test_whole_powers_of_gates_that_are_their_own_inverse_are_cancelled():
    assert qg.X(0).pow(2) == []
    assert qg.CNOT([0, 1]).pow(-3) == [qg.CNOT([0, 1])]
    assert qg.RX(0.2, 0).pow(2.5) == [qg.RX(0.5, 0)]


@pytest.mark.parametrize("controls", range(1, 6))
@pytest.mark.parametrize("idle", [0, 1, 3])
def test_flips_with_any_number_of_controls_give_idle_wires_back(controls, idle):
    order = Wires(range(controls + 1 + idle))
    target, lent = controls, order[controls + 1 :]

    parts = controlled_flip(order[:controls], target, lent)

    expected = np.kron(controlled_x(controls + 1, [1] * controls), np.eye(2**idle))
    assert_allclose(product(parts, order), expected, atol=1e-10)


def test_flips_cost_quadratically_many_gates():
    counts = [len(down_to(ONE_AND_TWO_WIRES, qg.MultiControlledX(range(n)))) for n in (10, 20, 40)]

    assert counts[2] / counts[1] < 6


def test_wide_rotations_neither_build_nor_need_matrices():
    wide = qg.PauliRot(0.1, "XYZI" * 10, wires=range(40))

    assert wide.parameter_frequencies == [(1.0,)]
    assert not wide.is_diagonal
    assert len(down_to(ONE_AND_TWO_WIRES, wide)) < 200
    assert qg.MultiRZ(0.1, wires=range(40)).parameter_frequencies == [(1.0,)]


def test_twelve_wires_of_multirz_are_a_vector():
    gate = qg.MultiRZ(np.array([0.1, 0.2]), wires=range(12))

    diagonal = gate.canonical_diagonal(gate.parameters, np)

    parity = np.array([bin(index).count("1") % 2 for index in range(2**12)])
    expected = np.exp(-0.5j * np.outer([0.1, 0.2], 1 - 2 * parity))
    assert_allclose(diagonal, expected, atol=1e-12)


def test_a_global_phase_needs_no_wires():
    assert qg.GlobalPhase(0.3).wires == Wires()
    assert_allclose(qg.GlobalPhase(0.3).matrix([5]), np.exp(-0.3j) * I2)


def test_arguments_go_by_position_and_by_name():
    assert qg.Rot(1, 2, 3, 0) == qg.Rot(omega=3, wires=0, theta=2, phi=1)
    assert qg.PauliRot(1, "XY", [0, 1]) == qg.PauliRot(1, wires=[0, 1], pauli_word="XY")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: qg.RX(0.1), r"RX\(phi, wires\)"),
        (lambda: qg.RX(0.1, 0, wires=0), r"RX\(phi, wires\)"),
        (lambda: qg.RX(0.1, 0, angle=3), "angle"),
        (lambda: qg.CNOT(0), r"acts on 2 wire\(s\)"),
        (lambda: qg.RX(np.zeros((2, 2)), 0), "one axis"),
        (lambda: qg.MultiRZ(0.1, []), "no wires"),
        (lambda: qg.PauliRot(0.1, "XA", [0, 1]), "letters"),
        (lambda: qg.PauliRot(0.1, "X", [0, 1]), "one letter for each wire"),
        (lambda: qg.PCPhase(0.1, 5, [0, 1]), "0 to 4"),
        (lambda: qg.MultiControlledX(0), "at least one control"),
        (lambda: qg.MultiControlledX([0, 1], [1, 0]), "0 or 1 for each control"),
    ],
)
def test_a_wrong_call_says_what_is_right(call, message):
    with pytest.raises(InvalidParameters, match=message):
        call()


def test_a_wire_named_twice_is_refused():
    with pytest.raises(DuplicateWires):
        qg.CNOT([0, 0])


def test_gates_say_what_they_are():
    assert repr(qg.PauliRot(0.1, "XY", ["a", 0])) == "PauliRot(0.1, XY, wires=['a', 0])"
    assert qg.RX(0.123, 0).label(decimals=2) == "RX\n(0.12)"
    assert qg.Toffoli([0, 1, 2]).control_wires == Wires([0, 1])
    assert qg.MultiControlledX([0, 1, 2], [0, 1]).control_values == (False, True)


def test_signatures_tell_gates_and_wires_apart_and_ignore_angles():
    signatures = [
        GATES[name](0.1, wires=wire).signature for name in ("RX", "RY") for wire in (0, 1)
    ]

    assert len(set(signatures)) == 4
    assert qg.RX(0.7, wires=0).signature == signatures[0]
