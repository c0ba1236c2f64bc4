"""Measurements lowered to outcomes of wires: circuits, bases and results.

The numbers are tested with the local device, against dense matrices; here they are computed from
made-up outcomes.
"""

from functools import reduce

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import qgate as qg
from qgate.exceptions import QuantumFunctionError, UnsupportedMeasurement
from qgate.measurements import Measurement, MeasurementKind
from qgate.outcomes import Outcomes
from qgate.recording import recording
from qgate.tape import Tape
from qgate.transforms.readouts import lower_measurements, plan_readings
from qgate.wires import Wires

A = np.array([[1, 2 - 1j], [2 + 1j, 0.5]])
SAMPLES = frozenset[str]()
PROBS = frozenset({"probs"})
GATES = [qg.Hadamard(0), qg.CNOT([0, 1]), qg.I(2)]


def lowered(*measurements, shots=10, exact=SAMPLES, gates=GATES):
    return lower_measurements(Tape(gates, measurements, shots).sweep(), exact, device="a chip")


def readings(*measurements, **options):
    """Return the measurement: kind and wires, and the gates that are added."""
    sweeps, _ = lowered(*measurements, **options)
    found = []
    for sweep in sweeps:
        (measurement,) = sweep.structure.measurements
        turns = sweep.structure.operations[len(GATES) :]
        found.append((measurement.kind.value, list(measurement.wires), list(turns)))
    return found


# Groups ---------------------------------------------------------------------------------

X_TURN, Y_TURN = qg.X(0).diagonalizing_gates(), qg.Y(0).diagonalizing_gates()


def test_a_word_is_read_in_its_basis():
    assert readings(qg.expval(qg.X(0) @ qg.Z(2))) == [("counts", [0, 2], X_TURN)]
    assert readings(qg.expval(qg.Y(0))) == [("counts", [0], Y_TURN)]


@given(st.lists(st.text("IXYZ", min_size=4, max_size=4), min_size=1, max_size=8, unique=True))
def test_words_in_one_reading_agree_and_each_is_read(words):
    observable = qg.PauliSum.from_words(np.ones(len(words)), words)

    plan = plan_readings(Tape([], [qg.expval(observable)]).structure, False)

    bases = [letters_of(structure) for structure in plan.structures]
    for word in words:
        support = {wire: letter for wire, letter in enumerate(word) if letter != "I"}
        served = [basis for basis in bases if support.items() <= basis.items()]
        assert served or not support
    assert len(bases) <= len([word for word in words if set(word) != {"I"}])


def letters_of(structure):
    """The letter whose basis each measured wire is rotated from."""
    wires = structure.measurements[0].wires
    turns = {wire: [g for g in structure.operations if g.wires == Wires(wire)] for wire in wires}
    letters = {1: "X", len(Y_TURN): "Y", 0: "Z"}
    return {wire: letters[len(gates)] for wire, gates in turns.items()}


def test_words_that_differ_on_a_wire_are_read_apart():
    assert len(readings(qg.expval(qg.X(0) + qg.Z(0)))) == 2
    assert len(readings(qg.expval(qg.X(0) @ qg.X(1) + qg.X(0) @ qg.Z(1) + qg.X(0)))) == 2


def test_words_that_agree_wherever_they_meet_are_read_together():
    observable = qg.X(0) @ qg.Z(1) + qg.Z(1) @ qg.Y(2) + qg.X(0) + qg.Y(2)

    assert len(readings(qg.expval(observable))) == 1


def test_measurements_that_share_a_basis_share_a_reading():
    found = readings(
        qg.expval(qg.X(0)),
        qg.var(qg.X(0) @ qg.Z(1)),
        qg.expval(qg.X(0) + qg.Z(1)),
        qg.probs(wires=[2, 1]),
        qg.counts(qg.Z(2)),
    )

    assert found == [("counts", [0, 1, 2], X_TURN)]


def test_measurements_in_two_bases_are_two_readings():
    found = readings(qg.expval(qg.X(0)), qg.expval(qg.Z(0)), qg.probs(wires=0))

    assert found == [("counts", [0], X_TURN), ("counts", [0], [])]


def test_terms_of_mixed_kinds_share_readings_too():
    matrix = qg.Hermitian(A, 0)

    found = readings(qg.expval(matrix @ qg.X(1) + 2 * qg.X(1)), qg.expval(qg.Hermitian(A, 0)))

    assert len(found) == 1
    assert found[0][:2] == ("counts", [1, 0])


def test_another_matrix_on_the_same_wire_is_another_reading():
    assert len(readings(qg.expval(qg.Hermitian(A, 0)), qg.expval(qg.Hermitian(2 * A, 0)))) == 2


def test_the_order_of_the_shots_is_asked_for_only_where_it_is_needed():
    assert readings(qg.expval(qg.Z(0)), qg.sample(wires=1))[0][0] == "sample"
    assert readings(qg.expval(qg.Z(0)), qg.counts(wires=1))[0][0] == "counts"
    assert readings(qg.expval(qg.Z(0)), shots=None, exact=PROBS)[0][0] == "probs"


def test_the_identity_is_not_read():
    sweeps, together = lowered(qg.expval(3 * qg.I(0)), qg.expval(qg.I(0) @ qg.I(1)))

    assert sweeps == ()
    assert [entry.tolist() for entry in together([])] == [[3.0], [1.0]]


@pytest.mark.parametrize("rows", [1, 4])
def test_the_identity_has_a_value_for_each_row(rows):
    batched = [qg.RX(np.zeros(rows), 0)]

    _, together = lowered(qg.expval(3 * qg.I(0)), gates=batched)

    assert together([])[0].tolist() == [3.0] * rows


def test_terms_that_are_the_identity_need_no_reading_of_their_own():
    found = readings(qg.expval(2 * qg.I(0) + qg.X(1) + 0.5 * qg.Hermitian(A, 0)))

    assert len(found) == 1


# Once for each structure ----------------------------------------------------------------


def test_a_structure_is_planned_once_whatever_its_weights_and_angles():
    def lower(x, weights):
        observable = qg.Hamiltonian(weights, [qg.X("once"), qg.Z("once")])
        tape = Tape([qg.RX(x, "once")], [qg.expval(observable)], 10)
        return lower_measurements(tape.sweep(), SAMPLES, device="a chip")

    lower(0.1, [1.0, 2.0])
    before = plan_readings.cache_info()

    for x, weights in [(0.2, [1.0, 2.0]), (0.1, [-3.0, 0.5]), (np.zeros(3), [1.0, 1.0])]:
        lower(x, weights)

    after = plan_readings.cache_info()
    assert (after.misses, after.hits) == (before.misses, before.hits + 3)


def test_planning_records_nothing():
    with recording() as recorder:
        measured = [qg.expval(qg.X("r") @ qg.Hermitian(A, "s")), qg.var(qg.Y("r"))]
        lowered(*measured)

    assert list(recorder.items) == measured


# Values from made-up outcomes -----------------------------------------------------------


def answer(sweeps, bits):
    """Return given shots of all wires for every circuit."""
    results = []
    for sweep in sweeps:
        columns = list(sweep.structure.measurements[0].wires)
        results.append(([Outcomes.from_bits(bits[:, columns]) for _ in range(len(sweep))],))
    return results


@given(seed=st.integers(0, 1000))
def test_values_are_averages_over_the_shots_that_were_read(seed):
    random = np.random.default_rng(seed)
    bits, weights = random.integers(0, 2, size=(12, 3)), random.normal(size=3)
    signs = 1 - 2 * bits
    observable = qg.Hamiltonian(weights, [qg.Z(0) @ qg.X(1), qg.X(1), qg.I(0)])
    numbers = weights[0] * signs[:, 0] * signs[:, 1] + weights[1] * signs[:, 1] + weights[2]
    sweeps, together = lowered(
        qg.expval(observable),
        qg.var(observable),
        qg.sample(observable),
        Measurement(MeasurementKind.TERMS, observable),
        qg.probs(wires=[2, 0]),
        qg.expval(qg.Y(2) @ qg.X(1)),
        qg.var(2 * qg.I(1)),
    )

    mean, variance, samples, terms, chances, word, none = together(answer(sweeps, bits))

    assert_allclose(mean, [numbers.mean()], atol=1e-12)
    assert_allclose(variance, [numbers.var()], atol=1e-12)
    assert_allclose(samples[0], numbers)
    products = [(signs[:, 0] * signs[:, 1]).mean(), signs[:, 1].mean(), 1.0]
    assert_allclose(terms, [products], atol=1e-12)
    expected = np.bincount(bits[:, 2] * 2 + bits[:, 0], minlength=4) / 12
    assert_allclose(chances, [expected])
    assert_allclose(word, [(signs[:, 2] * signs[:, 1]).mean()], atol=1e-12)
    assert_allclose(none, [0.0], atol=1e-12)


def test_eigenvalues_of_matrices_are_weighed_by_how_often_they_were_read():
    low, high = np.linalg.eigvalsh(A)
    bits = np.array([[1, 0, 0]] * 3 + [[0, 0, 1]])
    product = qg.Hermitian(A, 0) @ qg.Projector([1], 2)

    sweeps, together = lowered(
        qg.expval(qg.Hermitian(A, 0)), qg.counts(qg.Hermitian(A, 0)), qg.expval(5 * product)
    )
    mean, counts, third = together(answer(sweeps, bits))

    assert_allclose(mean, [(3 * high + low) / 4])
    assert_allclose(sorted(counts[0]), [low, high])
    assert list(counts[0].values()) == [1, 3]
    assert_allclose(third, [5 * low / 4])


def test_equal_eigenvalues_are_counted_as_one():
    bits = np.array([[0, 0, 0], [0, 1, 0], [1, 0, 0], [1, 1, 0]])
    observable = qg.Z(0) + qg.Z(1)

    sweeps, together = lowered(qg.counts(observable), qg.counts(observable, all_outcomes=True))
    read, every = together(answer(sweeps, bits))

    assert read == every == [{-2.0: 1, 0.0: 2, 2.0: 1}]


def test_all_outcomes_are_listed_on_request():
    bits = np.zeros((2, 3), dtype=int)

    sweeps, together = lowered(
        qg.counts(wires=[1, 0], all_outcomes=True),
        qg.counts(qg.Z(0) @ qg.Z(1), all_outcomes=True),
        qg.counts(wires=[1, 0]),
    )

    assert together(answer(sweeps, bits)) == (
        [{"00": 2, "01": 0, "10": 0, "11": 0}],
        [{-1.0: 0, 1.0: 2}],
        [{"00": 2}],
    )


def test_each_row_has_its_own_values():
    gates = [qg.RX(np.array([0.1, 0.2]), 0), qg.I(1), qg.I(2)]
    _, together = lowered(qg.expval(qg.Z(0)), qg.sample(wires=[0]), gates=gates)
    rows = [Outcomes.from_bits(np.array([[0], [1]])), Outcomes.from_bits(np.array([[1], [1]]))]

    mean, samples = together([(rows,)])

    assert mean.tolist() == [0.0, -1.0]
    assert [entry.ravel().tolist() for entry in samples] == [[0, 1], [1, 1]]


def test_more_wires_than_an_integer_has_bits_are_read():
    wires, bits = range(70), np.random.default_rng(0).integers(0, 2, size=(50, 70))
    signs = 1 - 2 * bits
    word = reduce(lambda left, right: left @ right, [qg.Z(wire) for wire in wires])
    sweeps, together = lowered(
        qg.expval(word),
        qg.var(word),
        qg.sample(word),
        qg.counts(wires=wires),
        qg.sample(wires=wires),
        qg.probs(wires=[69, 0]),
        gates=[],
    )

    results = together(answer(sweeps, bits))
    mean, variance, samples, counts, rows, chances = results

    products = np.prod(signs, axis=1)
    assert_allclose([mean[0], variance[0]], [products.mean(), products.var()])
    assert_array_equal(samples[0], products)
    assert sum(counts[0].values()) == 50
    assert_array_equal(rows[0], bits)
    assert_allclose(chances[0], np.bincount(bits[:, 69] * 2 + bits[:, 0], minlength=4) / 50)


def test_exact_probabilities_are_read_like_shots():
    probabilities = np.array([[0.5, 0.3, 0.2, 0.0], [0.1, 0.2, 0.3, 0.4]])
    gates = [qg.RX(np.zeros(2), 0), qg.I(1)]
    _, together = lowered(
        qg.expval(qg.Z(0) @ qg.Z(1)),
        qg.var(qg.Z(1)),
        qg.probs(wires=0),
        qg.probs(wires=[1, 0]),
        shots=None,
        exact=PROBS,
        gates=gates,
    )

    parity, variance, first, swapped = together([(probabilities,)])

    assert_allclose(parity, probabilities @ [1, -1, -1, 1], atol=1e-12)
    means = probabilities @ [1, -1, 1, -1]
    assert_allclose(variance, 1 - means**2)
    assert_allclose(first, probabilities @ [[1, 0], [1, 0], [0, 1], [0, 1]])
    assert_allclose(swapped, probabilities[:, [0, 2, 1, 3]])


@pytest.mark.parametrize("most_wires", [None, 2])
def test_words_that_do_not_commute_are_asked_for_together_where_the_device_returns_them(most_wires):
    observable = 2 * qg.X(0) + 3 * qg.Z(0) @ qg.Y(1) + 4 * qg.I(0)
    tape = Tape(GATES, [qg.expval(observable), qg.probs(wires=1), qg.expval(qg.X(0))])

    sweeps, together = lower_measurements(
        tape.sweep(), PROBS, device="a chip", words=True, most_wires=most_wires
    )

    kinds = [[item.kind.value for item in sweep.structure.measurements] for sweep in sweeps]
    assert kinds == [["probs"], ["terms"]]
    words = sweeps[1].structure.measurements[0].observable
    letters = [words.x.tolist(), words.z.tolist()]
    assert letters == [[[True, False], [False, True]], [[False, False], [True, True]]]
    energy, chances, mean = together([(np.array([[0.25, 0.75]]),), (np.array([[0.5, -0.1]]),)])
    assert_allclose(energy, [2 * 0.5 - 3 * 0.1 + 4])
    assert_allclose(chances, [[0.25, 0.75]])
    assert_allclose(mean, [0.5])


def test_readings_have_no_more_wires_than_may_be_read_exactly():
    tape = Tape(GATES, [qg.probs(wires=[0, 1]), qg.probs(wires=[1, 2]), qg.expval(qg.Z(2))])

    sweeps, _ = lower_measurements(tape.sweep(), PROBS, device="a chip", most_wires=2)

    read = [list(sweep.structure.measurements[0].wires) for sweep in sweeps]
    assert read == [[0, 1], [1, 2]]
    with pytest.raises(UnsupportedMeasurement, match="2 wires together"):
        lower_measurements(tape.sweep(), PROBS, device="a chip", most_wires=1)


# Native results of a device -------------------------------------------------------------


def test_a_device_is_asked_for_what_it_returns_as_it_is():
    exact = frozenset({"expval", "probs", "state"})
    measured = [qg.expval(qg.X(0) + qg.Z(0)), qg.state(), qg.probs(op=qg.X(0))]
    tape = Tape(GATES, measured)

    sweeps, together = lower_measurements(tape.sweep(), exact, device="a chip")

    assert len(sweeps) == 1
    assert sweeps[0].structure is tape.structure
    assert together([("as", "it", "is")]) == ("as", "it", "is")


def test_what_exists_only_exactly_is_asked_for_beside_the_readings():
    exact = frozenset({"probs", "state", "purity"})

    sweeps, together = lowered(
        qg.purity(0), qg.expval(qg.X(0)), qg.state(), shots=None, exact=exact
    )

    kinds = [[item.kind.value for item in sweep.structure.measurements] for sweep in sweeps]
    assert kinds == [["purity", "state"], ["probs"]]
    purity, mean, state = together([("P", "S"), (np.array([[0.25, 0.75]]),)])
    assert (purity, mean.tolist(), state) == ("P", [-0.5], "S")


# Refusals -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "options", "text"),
    [
        (lambda: qg.sample(wires=0), {"shots": None, "exact": PROBS}, "sample without shots"),
        (lambda: qg.counts(wires=0), {"shots": None, "exact": PROBS}, "counts without shots"),
        (qg.state, {"shots": None, "exact": PROBS}, "state without shots"),
        (lambda: qg.expval(qg.Z(0)), {"shots": None}, "expval without shots"),
    ],
)
def test_what_a_device_cannot_return_is_refused(measure, options, text):
    with pytest.raises(UnsupportedMeasurement, match=text):
        lowered(qg.probs(wires=1), measure(), **options)


@pytest.mark.parametrize("measure", [qg.sample, qg.counts, lambda op: qg.probs(op=op)])
def test_terms_without_a_common_basis_have_no_single_shots(measure):
    with pytest.raises(QuantumFunctionError, match="no common product eigenbasis"):
        lowered(measure(qg.X(0) + qg.Z(0)))
