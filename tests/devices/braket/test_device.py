import numpy as np
import pytest
from braket.devices import LocalSimulator
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import unitary_group

import qgate as qg
from qgate.devices.batching import submit_packed
from qgate.devices.braket import provider
from qgate.devices.braket.device import BraketDevice
from qgate.devices.braket.gates import GATES, UNREAD
from qgate.devices.job import JobStatus
from qgate.devices.local.device import LocalDevice
from qgate.devices.options import Options
from qgate.measurements import counts, probs, sample
from qgate.operations import CNOT, RX, RY, GlobalPhase, Hadamard, PauliX, QubitUnitary
from qgate.operations.gate import GATES as OURS
from qgate.operations.pauli import PauliSum
from qgate.tape import Tape

TARGETS = ("local/braket_sv", "local/braket_dm")
SHOTS = 4000


def device(target="local", wires=None, seed=11):
    return provider.make(target, Options(seed=seed), wires=wires, shots="default")


def exact(sweep, wires=None):
    """The probabilities of the first measurement's wires from the local device."""
    measured = [probs(wires=sweep.structure.measurements[0].wires)]
    bare = sweep.with_structure(sweep.structure.with_measurements(measured))
    ((result,),) = LocalDevice(wires=wires).submit([bare.with_rows(sweep.rows, None)]).result()
    return result


def within_five_errors(outcomes, probabilities):
    error = np.sqrt(probabilities * (1 - probabilities) / outcomes.shots)
    return np.all(np.abs(outcomes.probabilities() - probabilities) <= 5 * error + 1e-9)


def with_rows(tape, rows, shots):
    sweep = tape.sweep()
    counted = None if shots is None else np.broadcast_to(shots, len(rows))
    return sweep.with_rows(np.array(rows, dtype=float), counted)


def flips(num_rows, shots, *, wires=(0, 1, 2), measured=None):
    """Rows whose outcomes identify them: row k rotates the wires that are 1 in k by pi."""
    tape = Tape([RY(0.0, wire) for wire in wires], [counts(wires=measured or wires)], shots=1)
    bits = (np.arange(num_rows)[:, None] >> np.arange(len(wires))[::-1]) & 1
    return with_rows(tape, np.pi * bits, shots)


def random_tape(seed, wires, measurement):
    """Every gate of the table once, in random order, on random wires."""
    random = np.random.default_rng(seed)
    operations = [GlobalPhase(0.4)]
    for name in random.permutation(sorted(set(GATES) - {"QubitUnitary"})):
        row = OURS[name.removeprefix("Adjoint(").removesuffix(")")]
        on = random.permutation(np.array(wires, dtype=object))[: row.spec.wires]
        operation = row(*random.normal(size=len(row.spec.angles)), wires=list(on))
        operations.append(operation.adjoint() if name.startswith("Adjoint") else operation)
    matrix = unitary_group.rvs(4, random_state=seed)
    operations.insert(5, QubitUnitary(matrix, wires=[wires[2], wires[0]]))
    shots = SHOTS if measurement is counts else None
    return Tape(operations, [measurement(wires=[wires[1], wires[3], wires[0]])], shots=shots)


# Values ---------------------------------------------------------------------------------


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("seed", range(3))
def test_probabilities_are_those_of_the_local_device_for_every_gate(target, seed):
    sweep = random_tape(seed, ["d", 7, "a", 0], probs).sweep()

    ((result,),) = submit_packed(device(target), [sweep]).result()

    np.testing.assert_allclose(result, exact(sweep), atol=1e-12)


@pytest.mark.parametrize("target", TARGETS)
def test_frequencies_are_those_of_the_local_device_for_every_gate(target):
    sweep = random_tape(4, ["d", 7, "a", 0], counts).sweep()

    (([outcomes],),) = submit_packed(device(target), [sweep]).result()

    assert within_five_errors(outcomes, exact(sweep)[0])


@settings(deadline=None, max_examples=15)
@given(st.permutations(range(4)), st.permutations("abcd"), st.integers(1, 4))
def test_wires_keep_their_places(order, labels, num_measured):
    operations = [PauliX(labels[0]), RY(0.9, labels[1]), CNOT([labels[1], labels[2]])]
    measured = [labels[k] for k in order[:num_measured]]
    sweep = Tape(operations, [counts(wires=measured)], shots=SHOTS).sweep()
    asked = sweep.with_structure(sweep.structure.with_measurements([probs(wires=measured)]))
    unshot = asked.with_rows(sweep.rows, None)

    (([outcomes],), (result,)) = submit_packed(device(wires=list("abcd")), [sweep, unshot]).result()

    expected = exact(sweep, wires=list("abcd"))
    assert within_five_errors(outcomes, expected[0])
    np.testing.assert_allclose(result, expected, atol=1e-12)


def test_wires_that_nothing_acts_on_are_read_as_zero_in_their_place():
    sweep = Tape([PauliX(2)], [counts(wires=[1, 2, 0])], shots=10).sweep()

    (([outcomes],),) = submit_packed(device(wires=range(30)), [sweep]).result()

    assert outcomes.counts() == {"010": 10}


def test_shots_are_listed_in_order_where_they_are_asked_for():
    sweep = Tape([Hadamard(0), PauliX(1)], [sample(wires=[1, 0])], shots=50).sweep()

    (([outcomes],),) = submit_packed(device(), [sweep]).result()

    assert outcomes.bits().shape == (50, 2)
    assert set(outcomes.bits()[:, 0]) == {1}
    assert set(outcomes.bits()[:, 1]) == {0, 1}


def test_several_exact_measurements_come_from_one_run():
    tape = Tape([RX(0.4, 0), CNOT([0, 2])], [probs(wires=[2, 1]), probs(wires=[0])], shots=None)
    sweep = with_rows(tape, [[0.4], [1.3]], None)
    made = device()

    ((pair, single),) = submit_packed(made, [sweep]).result()

    ones = np.sin(np.array([0.2, 0.65])) ** 2
    np.testing.assert_allclose(single[:, 1], ones, atol=1e-12)
    np.testing.assert_allclose(pair[:, 2], ones, atol=1e-12)
    assert made.submissions == 2


def test_the_sdk_simulator_itself_agrees():
    sweep = flips(8, shots=20)

    ((outcomes,),) = submit_packed(
        BraketDevice(LocalSimulator("braket_sv"), name="sdk"), [sweep]
    ).result()

    assert [int(each.values[0]) for each in outcomes] == list(range(8))


@pytest.mark.parametrize("target", TARGETS)
def test_a_seed_repeats_the_shots(target):
    sweep = Tape([Hadamard(w) for w in range(3)], [sample(wires=range(3))], shots=100).sweep()

    def bits(seed):
        (([outcomes],),) = submit_packed(device(target, seed=seed), [sweep]).result()
        return outcomes.bits().tolist()

    assert bits(1) == bits(1)
    assert bits(1) != bits(2)


# Program sets ---------------------------------------------------------------------------


@pytest.mark.parametrize(("num_rows", "sets"), [(1, 1), (100, 1), (101, 2), (250, 3)])
def test_one_program_set_holds_a_hundred_rows(num_rows, sets):
    made = device()

    ((outcomes,),) = submit_packed(made, [flips(num_rows, 10, wires=range(8))]).result()

    assert made.submissions == sets
    assert [int(each.values[0]) for each in outcomes] == list(range(num_rows))


def test_several_structures_share_a_program_set():
    made = device()
    sweeps = [
        flips(8, 10),
        flips(4, 10, measured=[2, 1]),
        Tape([PauliX(5)], [counts(wires=5)], shots=10).sweep(),
    ]

    ((first,), (second,), (third,)) = submit_packed(made, sweeps).result()

    assert made.submissions == 1
    assert [int(each.values[0]) for each in first] == list(range(8))
    assert [each.bitstrings() for each in second] == [["00"], ["10"], ["01"], ["11"]]
    assert [each.counts() for each in third] == [{"1": 10}]


def test_each_number_of_shots_has_a_program_set():
    made = device()
    shots = np.array([10, 30, 10, 20, 30, 10, 10, 20])

    ((outcomes,),) = submit_packed(made, [flips(8, shots)]).result()

    assert made.submissions == 3
    assert [int(each.values[0]) for each in outcomes] == list(range(8))
    assert [each.shots for each in outcomes] == shots.tolist()


def test_total_shots_of_a_program_set_stay_below_the_limit():
    made = device()

    submit_packed(made, [flips(5, 60_000)])

    assert made.submissions == 2


def test_a_circuit_without_angles_is_repeated_for_each_row():
    tape = Tape([PauliX(0)], [counts(wires=[0])], shots=1)
    made = device()

    ((outcomes,),) = submit_packed(made, [with_rows(tape, np.zeros((3, 0)), 25)]).result()

    assert made.submissions == 1
    assert [each.counts() for each in outcomes] == [{"1": 25}] * 3


def test_a_finished_job_says_so_and_cannot_be_cancelled():
    job = submit_packed(device(), [flips(2, 10)])

    job.cancel()

    assert job.status is JobStatus.DONE
    assert job.id


# Capabilities ---------------------------------------------------------------------------


@pytest.mark.parametrize(("target", "wires"), [("local/braket_sv", 26), ("local/braket_dm", 13)])
def test_capabilities_are_those_that_the_simulator_declares(target, wires):
    capabilities = device(target).capabilities

    assert capabilities.gates == UNREAD | set(GATES)
    assert capabilities.exact == {"probs"}
    assert capabilities.max_wires == wires
    assert (capabilities.max_rows, capabilities.max_total_shots) == (100, 200_000)
    assert capabilities.equal_shots
    assert capabilities.default_shots is None


def test_barriers_and_identities_change_nothing_on_an_ideal_simulator():
    @qg.qnode(qg.device("braket:local", wires=2, shots=10))
    def circuit():
        qg.X(0)
        qg.Barrier()
        qg.Barrier([0, 1])
        qg.Identity([0, 1])
        return qg.counts()

    assert circuit() == {"10": 10}


def hamiltonian(terms, wires, seed=3):
    """A random sum of Pauli words, and its matrix."""
    random = np.random.default_rng(seed)
    words = {"".join(random.choice(list("IXYZ"), wires)) for _ in range(10 * terms)} - {"I" * wires}
    chosen, weights = sorted(words)[:terms], random.normal(size=terms)
    return PauliSum.from_words(weights, chosen), weights, chosen


@pytest.mark.parametrize("target", ["local", "local/braket_dm"])
def test_an_exact_hamiltonian_is_one_submission_however_many_terms_it_has(target):
    observable, weights, words = hamiltonian(600, 6)
    angles = np.linspace(0.1, 1.2, 6)
    on = device(target, wires=6)

    @qg.qnode(on)
    def energy():
        for wire, angle in enumerate(angles):
            qg.RY(angle, wire)
        return qg.expval(observable)

    found = energy()

    # a product state: each Pauli word is a product of sin (X), cos (Z) and 0 (Y)
    means = {"I": np.ones(6), "X": np.sin(angles), "Y": np.zeros(6), "Z": np.cos(angles)}
    products = [np.prod([means[c][i] for i, c in enumerate(word)]) for word in words]
    assert found == pytest.approx(weights @ products, abs=1e-10)
    assert on.submissions == 1


def test_an_exact_density_matrix_is_one_submission():
    on = device("local", wires=3)

    @qg.qnode(on)
    def bell():
        qg.Hadamard(0)
        qg.CNOT([0, 1])
        return qg.density_matrix([0, 1]), qg.probs(wires=2), qg.expval(qg.Y(0))

    matrix, chances, mean = bell()

    vector = np.array([1, 0, 0, 1]) / np.sqrt(2)
    np.testing.assert_allclose(matrix, np.outer(vector, vector), atol=1e-12)
    np.testing.assert_allclose(chances, [1, 0], atol=1e-12)
    assert mean == pytest.approx(0, abs=1e-12)
    assert on.submissions == 2  # the Pauli words, and the probabilities


def test_exact_values_that_one_circuit_gives_are_read_from_probabilities():
    on = device("local", wires=2)

    @qg.qnode(on)
    def circuit():
        qg.RX(0.4, 0)
        return qg.expval(qg.Z(0)), qg.var(qg.Z(1)), qg.probs(wires=[0, 1])

    mean, variance, chances = circuit()

    assert (mean, variance) == pytest.approx((np.cos(0.4), 0))
    assert chances[2] == pytest.approx(np.sin(0.2) ** 2)
    assert on.submissions == 1
