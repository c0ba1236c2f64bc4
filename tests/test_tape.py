"""Tapes: operations, measurements and numbers, and the sweep they make."""

import pickle
import re
from pathlib import Path

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import qgate as qg
from qgate import devices, gradients
from qgate.exceptions import InvalidParameters, InvalidShots, InvalidTape, NotFinite, QGateError
from qgate.operations.operator import ParameterKind
from qgate.structure import STRUCTURES, evaluate
from qgate.tape import QuantumScript, QuantumTape, Tape
from qgate.wires import Wires

U = np.array([[0, 1], [1, 0]])
WEIGHTS = np.arange(6.0).reshape(1, 2, 3)
ANGLES = st.floats(-5, 5)


def layered(x=0.1, weights=WEIGHTS, matrix=U, coefficients=(0.5, 2.0)):
    """A tape with all three kinds of parameter."""
    observable = qg.Hamiltonian(coefficients, [qg.X(0), qg.Z(1)])
    operations = [
        qg.RX(x, "a"),
        qg.QubitUnitary(matrix, wires=0),
        qg.StronglyEntanglingLayers(weights, wires=[0, 1]),
    ]
    return Tape(operations, [qg.expval(observable), qg.probs(wires=1)])


# Contents -------------------------------------------------------------------------------


def test_a_tape_keeps_what_it_was_given_in_order():
    tape = layered()

    assert [op.name for op in tape.operations] == ["RX", "QubitUnitary", "StronglyEntanglingLayers"]
    assert [item.return_type for item in tape.measurements] == ["expval", "probs"]
    assert list(tape) == tape.operations + tape.measurements
    assert len(tape) == 5
    assert tape.wires == Wires(["a", 0, 1])
    assert tape.num_wires == 3
    assert tape.observables == [tape.measurements[0].obs, tape.measurements[1]]


def test_parameters_come_operations_first():
    tape = layered()
    kinds = [ParameterKind.ANGLES, ParameterKind.ARRAY, ParameterKind.ANGLES]

    assert list(tape.parameter_kinds) == [*kinds, ParameterKind.COEFFICIENTS]
    assert tape.parameters[0] == 0.1
    np.testing.assert_array_equal(tape.parameters[1], U)
    assert tape.parameters[3].tolist() == [0.5, 2.0]


def test_tapes_are_values():
    one, other = layered(), layered()

    assert one == other
    assert hash(one) == hash(other)
    assert one != layered(x=0.2)
    assert one != one.with_shots(10)
    assert pickle.loads(pickle.dumps(one)) == one
    assert repr(one) == "<QuantumScript: wires=['a', 0, 1], params=4>"
    assert QuantumScript is Tape


def test_shots_that_cannot_be_run_are_refused():
    with pytest.raises(InvalidShots):
        Tape([], [qg.state()], shots=0)


def test_other_shots_and_measurements_give_another_tape():
    tape = layered()

    assert tape.with_shots((10, 20)).shots.total_shots == 30
    assert tape.with_shots(10).operations == tape.operations
    assert tape.with_measurements([qg.state()]).measurements == [qg.state()]
    assert tape.shots.total_shots is None


# Trainable parameters -------------------------------------------------------------------


def test_all_parameters_are_trainable_unless_some_are_named():
    tape = layered()
    named = Tape(tape.operations, tape.measurements, trainable_params=[2, 0])

    assert tape.trainable_params == [0, 1, 2, 3]
    assert named.trainable_params == [0, 2]
    assert named.num_params == 2
    assert [np.shape(value) for value in named.get_parameters()] == [(), (1, 2, 3)]
    assert len(named.get_parameters(trainable_only=False)) == 4
    assert len(named.get_parameters(trainable_only=False, operations_only=True)) == 3


def test_trainable_parameters_survive_other_numbers_and_shots():
    tape = layered()
    tape.trainable_params = [2, 0]

    assert tape.bind_new_parameters([0.7], [0]).trainable_params == [0, 2]
    assert tape.with_shots(5).trainable_params == [0, 2]


def test_other_trainable_parameters_give_another_tape():
    tape = layered()

    other = tape.with_trainable([2, 0])

    assert other.trainable_params == [0, 2]
    assert tape.trainable_params == [0, 1, 2, 3]
    assert other == tape
    with pytest.raises(InvalidTape):
        tape.with_trainable([4])


def test_no_module_assigns_the_trainable_parameters_of_a_tape():
    folders = [Path(each.__path__[0]) for each in (qg, devices, gradients)]
    texts = [path.read_text() for folder in folders for path in folder.rglob("*.py")]

    assert len(texts) > 100
    assert [text for text in texts if re.search(r"\.trainable_params = [^{]", text)] == []


def test_trainable_slots_are_those_of_trainable_angles():
    tape = layered()

    tape.trainable_params = [1, 2, 3]

    assert tape.trainable_slots.tolist() == [1, 2, 3, 4, 5, 6]


def test_new_numbers_take_the_place_of_old_ones():
    tape = layered()

    changed = tape.bind_new_parameters([0.7, np.array([3.0, 4.0])], [0, 3])

    assert changed == layered(x=0.7, coefficients=(3.0, 4.0))
    assert tape == layered()


# Structure ------------------------------------------------------------------------------


def test_tapes_that_differ_in_numbers_share_one_structure():
    tape = layered()
    other = layered(0.9, WEIGHTS + 1, np.eye(2), (1.5, -2.0))

    assert tape.structure is other.structure
    assert tape.structure is tape.with_shots(100).structure


@pytest.mark.parametrize(
    "other",
    [
        layered(weights=np.ones((2, 2, 3))),
        layered().with_measurements([qg.state()]),
        Tape(layered().operations[:2], layered().measurements),
        Tape(layered().operations[::-1], layered().measurements),
    ],
)
def test_tapes_that_differ_in_more_have_structures_of_their_own(other):
    assert layered().structure != other.structure


def test_a_batch_shares_the_structure_of_one():
    assert layered(x=np.array([0.1, 0.2])).structure is layered().structure
    assert layered(weights=np.stack([WEIGHTS] * 3)).structure is layered().structure


def test_a_structure_is_told_apart_from_one_with_the_last_operation_measured():
    first = Tape([qg.X(0)], [qg.expval(qg.Z(0))])
    second = Tape([qg.X(0), qg.Z(0)], [qg.state()])

    assert first.structure != second.structure


def test_structures_are_kept_up_to_a_number_of_them():
    for index in range(1200):
        _ = Tape([qg.X(index)], [qg.state()]).structure

    assert len(STRUCTURES) <= 1024


@given(x=ANGLES, seed=st.integers(0, 1000))
def test_structure_row_and_arrays_are_the_tape(x, seed):
    random = np.random.default_rng(seed)
    unitary = np.linalg.qr(random.normal(size=(2, 2)))[0]
    tape = layered(x, random.normal(size=(2, 2, 3)), unitary, random.normal(size=2))
    sweep = tape.sweep()

    bound = sweep.structure.bind(sweep.rows[0], sweep.arrays)
    measured = sweep.structure.bind_measurements(sweep.arrays)

    assert bound == tape.operations
    assert measured == tape.measurements


# Rows -----------------------------------------------------------------------------------


def test_a_row_has_the_angles_in_the_order_of_their_slots():
    assert layered().row().tolist() == [0.1, *WEIGHTS.ravel()]
    assert layered().sweep().rows.tolist() == [[0.1, *WEIGHTS.ravel()]]


def test_a_tape_without_angles_is_one_empty_row():
    sweep = Tape([qg.X(0)], [qg.state()]).sweep()

    assert sweep.rows.shape == (1, 0)
    assert sweep.shots is None


def test_batched_angles_are_rows_and_others_are_repeated():
    batch = np.array([0.1, 0.2, 0.3])
    tape = Tape([qg.RX(batch, 0), qg.RY(0.5, 0), qg.Rot(1, 2 * batch, 3, wires=0)], [qg.state()])

    assert tape.batch_size == 3
    expected = [[x, 0.5, 1, 2 * x, 3] for x in batch]
    assert_allclose(tape.sweep().rows, expected)


def test_batches_of_tables_of_angles_are_rows():
    weights = np.arange(12.0).reshape(2, 1, 2, 3)
    tape = Tape([qg.StronglyEntanglingLayers(weights, wires=[0, 1]), qg.RX(9, 0)], [qg.state()])

    assert_allclose(tape.sweep().rows, [[*range(6), 9], [*range(6, 12), 9]])


def test_a_batch_of_one_is_a_batch():
    tape = Tape([qg.RX(np.array([0.1]), 0)], [qg.state()])

    assert tape.batch_size == 1
    assert tape.sweep().rows.shape == (1, 1)


def test_batches_of_different_lengths_are_refused():
    tape = Tape([qg.RX(np.zeros(2), 0), qg.RY(np.zeros(3), 0)], [qg.state()])

    with pytest.raises(InvalidParameters, match=r"different lengths: \[2, 3\]"):
        tape.sweep()


def test_each_row_is_run_with_each_part_of_the_shots():
    tape = Tape([qg.RX(np.array([0.1, 0.2]), 0)], [qg.counts()], shots=(10, (20, 2)))

    sweep = tape.sweep()

    assert sweep.rows.ravel().tolist() == [0.1] * 3 + [0.2] * 3
    assert sweep.shots.tolist() == [10, 20, 20] * 2


def test_integers_and_nested_lists_are_numbers_too():
    tape = Tape([qg.RX(1, 0), qg.BasicEntanglerLayers([[1, 2]], wires=[0, 1])], [qg.state()])

    assert tape.sweep().rows.tolist() == [[1.0, 1.0, 2.0]]
    assert tape.sweep().rows.dtype == float


def test_rows_stay_differentiable():
    def function(x):
        tape = Tape(
            [qg.RX(2 * x, 0), qg.BasicEntanglerLayers(anp.array([[x, x**2]]), wires=[0, 1])],
            [qg.state()],
        )
        return anp.sum(tape.row() * np.array([1.0, 10.0, 100.0]))

    assert autograd.grad(function)(3.0) == pytest.approx(2 + 10 + 100 * 6)


def test_batched_rows_stay_differentiable():
    def function(x):
        tape = Tape([qg.RX(x, 0), qg.RY(0.5, 0), qg.RZ(x[0], 0)], [qg.state()])
        return anp.sum(tape.row() * np.array([[1.0, 2, 3], [4, 5, 6]]))

    assert autograd.grad(function)(np.array([0.1, 0.2])).tolist() == [1.0 + 3 + 6, 4.0]


def test_slots_name_the_columns_of_the_row():
    tape = layered()

    symbols = [gate.parameters for gate in tape.structure.operations]
    weights = evaluate(symbols[2][0], tape.row(), tape.arrays)

    assert_allclose(weights, WEIGHTS)


# Refusals -------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, np.array([0.1, np.nan])])
def test_angles_that_are_not_finite_are_refused_and_named(bad):
    tape = Tape([qg.RY(0.1, 0), qg.RX(bad, 0)], [qg.state()])

    with pytest.raises(NotFinite, match=r"RX was given the parameter (nan|-?inf)"):
        tape.sweep()


def test_matrices_and_weights_that_are_not_finite_are_refused():
    matrix = Tape([qg.QubitUnitary(np.full((2, 2), np.nan), 0)], [qg.state()])
    weights = Tape([], [qg.expval(qg.Hamiltonian([np.inf, 1.0], [qg.X(0), qg.Z(0)]))])

    with pytest.raises(NotFinite, match="QubitUnitary"):
        matrix.sweep()
    with pytest.raises(NotFinite, match="expval"):
        weights.sweep()


@pytest.mark.parametrize("bad", ["0.1", 1j, None])
def test_angles_that_are_no_real_numbers_are_refused_and_named(bad):
    tape = Tape([qg.RX(0.1, 0).with_parameters([bad])], [qg.state()])

    with pytest.raises(InvalidParameters, match="RX was given the angle"):
        tape.sweep()


def test_sparse_observables_are_part_of_a_sweep():
    sparse = qg.SparseHamiltonian(scipy.sparse.csr_matrix(U), wires=0)

    sweep = Tape([], [qg.expval(sparse)]).sweep()

    assert sweep.structure.bind_measurements(sweep.arrays)[0].obs.matrix().tolist() == U.tolist()


# Recording ------------------------------------------------------------------------------


def test_a_recording_tape_keeps_what_is_made_in_its_block():
    with QuantumTape(shots=7) as tape:
        qg.RX(0.1, wires=0)
        qg.expval(qg.Z(0) @ qg.X(1))

    assert tape.operations == [qg.RX(0.1, wires=0)]
    assert tape.measurements == [qg.expval(qg.Z(0) @ qg.X(1))]
    assert tape.shots.total_shots == 7


def test_a_recording_tape_ends_with_its_block_even_after_an_error():
    tape = QuantumTape()

    with pytest.raises(ZeroDivisionError), tape:
        1 / (qg.X(0) == qg.Y(0))
    qg.Z(0)

    assert tape.operations == [qg.X(0), qg.Y(0)]


def test_a_recording_tape_can_be_looked_at_before_its_block():
    tape = QuantumTape()
    assert tape.wires == Wires()

    with tape:
        qg.X("w")

    assert tape.wires == Wires("w")
    assert len(tape) == 1


# Tapes made by hand ---------------------------------------------------------------------

MEASURED = [qg.expval(qg.Z(0))]
ROTATION = qg.RX(0.1, wires=0)
WRONG_PARTS = {
    "a number": ([3], MEASURED),
    "nothing": (None, None),
    "a text": ("abc", MEASURED),
    "a class": ([qg.RX], MEASURED),
    "a tape": ([Tape([ROTATION], MEASURED)], MEASURED),
    "a measurement among operations": ([ROTATION, qg.probs(wires=0), ROTATION], MEASURED),
    "an operator for a measurement": ([ROTATION], [qg.Z(0)]),
    "a number for a measurement": ([ROTATION], [1]),
    "one operation": (ROTATION, MEASURED),
    "one measurement": ([ROTATION], MEASURED[0]),
    "a mapping": ({1: 2}, MEASURED),
}


@pytest.mark.parametrize("parts", WRONG_PARTS.values(), ids=WRONG_PARTS.keys())
def test_what_is_no_operation_or_measurement_is_refused_when_a_tape_is_made(parts):
    with pytest.raises(InvalidTape, match="Give a sequence of"):
        Tape(*parts)


@pytest.mark.parametrize(
    "positions",
    [[5], [-1], "a", 3, [0.5], [None], [10**5000]],
    ids=["above", "below", "text", "number", "fraction", "nothing", "long"],
)
def test_positions_that_are_no_parameters_are_refused(positions):
    with pytest.raises(InvalidTape, match="count the parameters from 0"):
        Tape([ROTATION], MEASURED, trainable_params=positions)
    tape = Tape([ROTATION], MEASURED)
    with pytest.raises(InvalidTape, match="count the parameters from 0"):
        tape.trainable_params = positions
    with pytest.raises(InvalidTape, match="count the parameters from 0"):
        tape.bind_new_parameters([0.1], positions)


def test_new_parameters_are_as_many_as_positions():
    with pytest.raises(InvalidTape, match="2 parameters were given for 1 positions"):
        Tape([ROTATION], MEASURED).bind_new_parameters([0.1, 0.2], [0])


UNITARY, PREPARED = qg.QubitUnitary(np.eye(2), 0), qg.StatePrep(np.array([1.0, 0.0]), 0)
WRONG_NUMBERS = {
    "too many": ROTATION.with_parameters([0.1, 0.2]),
    "too few": ROTATION.with_parameters([]),
    "a matrix for an angle": ROTATION.with_parameters([np.ones((2, 2))]),
    "batches of two lengths": qg.Rot(0.1, 0.2, 0.3, wires=0).with_parameters(
        [np.ones(2), np.ones(3), 0.1]
    ),
    "a text": ROTATION.with_parameters(["a"]),
    "nothing": ROTATION.with_parameters([None]),
    "an object": ROTATION.with_parameters([object()]),
    "a complex number": ROTATION.with_parameters([1j]),
    "NaN": qg.RX(float("nan"), wires=0),
    "infinity": qg.RX(float("inf"), wires=0),
    "a matrix of another size": UNITARY.with_parameters([np.ones((3, 3))]),
    "a state of another size": PREPARED.with_parameters([np.ones(3)]),
    "a state with NaN": PREPARED.with_parameters([np.array([np.nan, 0.0])]),
}


@pytest.mark.parametrize("operation", WRONG_NUMBERS.values(), ids=WRONG_NUMBERS.keys())
@pytest.mark.parametrize("shots", [None, 10])
def test_parameters_that_no_circuit_has_are_refused_when_it_is_run(operation, shots):
    qg.execute([Tape([ROTATION], MEASURED)], qg.device("local"))  # its layout is cached

    with pytest.raises(QGateError):
        qg.execute([Tape([operation], MEASURED, shots=shots)], qg.device("local", wires=1))


@pytest.mark.parametrize("operation", WRONG_NUMBERS.values(), ids=WRONG_NUMBERS.keys())
def test_parameters_that_no_circuit_has_end_in_no_foreign_error_of_a_gradient(operation):
    tape = Tape([operation], MEASURED)

    for method in (qg.gradients.param_shift, qg.gradients.finite_diff, qg.gradients.spsa_grad):
        try:
            method(tape)
        except QGateError:
            continue


def test_a_copy_has_other_parts():
    tape = qg.tape.QuantumScript(
        [qg.RX(0.1, 0)], [qg.expval(qg.Z(0))], shots=5, trainable_params=[]
    )

    other = tape.copy(operations=[qg.RX(0.1, 0), qg.RY(0.2, 0)], shots=7)

    assert [each.name for each in other.operations] == ["RX", "RY"]
    assert (other.shots.total_shots, other.trainable_params) == (7, [0, 1])
    assert tape.copy() == tape
    assert tape.copy(shots=3).trainable_params == []
    with pytest.raises(InvalidTape, match="'name' is not a part"):
        tape.copy(name=1)
