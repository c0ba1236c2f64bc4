"""Backends of all kinds: the arguments of ``run`` are checked before anything is sent."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.providers import BackendV2, Options
from qiskit.providers.basic_provider import BasicSimulator
from qiskit.providers.fake_provider import GenericBackendV2

import qgate as qg
from qgate.devices.qiskit.interface import Interface, interface_of
from qgate.devices.qiskit.vendors.backends import Source
from qgate.devices.qiskit.vendors.card import VendorCard
from qgate.devices.qiskit.vendors.device import VendorDevice
from qgate.exceptions import InvalidOption, InvalidShots, UnusableBackend

pytestmark = pytest.mark.filterwarnings("ignore:.*has no QubitProperties:UserWarning")

CHIP = GenericBackendV2(3, seed=1, noise_info=False, control_flow=False)


class Odd(BackendV2):
    """A backend with options of its own, whose jobs are recorded."""

    choices = Options(shots=100)
    most = None

    def __init__(self):
        super().__init__(name="odd")
        self.sent = []

    @classmethod
    def _default_options(cls):
        return cls.choices

    @property
    def target(self):
        return CHIP.target

    @property
    def max_circuits(self):
        return self.most

    def carry_out(self, circuits, shots):
        """Run circuits, and return counts only."""
        self.sent.append((len(circuits), shots))
        job = BasicSimulator().run(circuits, shots=shots, seed_simulator=len(self.sent))
        for entry in job.result().results:
            entry.data._data_attributes = ["counts"]
            vars(entry.data).pop("memory", None)
        return job

    def run(self, run_input, **options):
        assert set(options) <= set(self.options), options
        return self.carry_out(run_input, options.get("shots", self.options.shots))


class WithoutShotsInOptions(Odd):
    choices = Options()

    def run(self, run_input, shots=5):
        return self.carry_out(run_input, shots)


class OneCircuit(Odd):
    def run(self, circuit: QuantumCircuit, shots=100):
        assert isinstance(circuit, QuantumCircuit)
        return self.carry_out([circuit], shots)


class OneCircuitByLimit(Odd):
    most = 1

    def run(self, circuit, **options):
        return self.carry_out([circuit], options["shots"])


class MemoryThatRunDoesNotTake(Odd):
    choices = Options(shots=100, memory=False, seed_simulator=None)

    def run(self, run_input, *, shots):
        return self.carry_out(run_input, shots)


class InfinitelyManyCircuits(Odd):
    most = float("inf")


RUNS = [
    Odd,
    WithoutShotsInOptions,
    OneCircuit,
    OneCircuitByLimit,
    MemoryThatRunDoesNotTake,
    InfinitelyManyCircuits,
]


class NoShots(Odd):
    def run(self, run_input):
        raise AssertionError("nothing may be sent")


class NeedsMore(Odd):
    def run(self, run_input, queue, **options):
        raise AssertionError("nothing may be sent")


class NoCircuitsAtAll(Odd):
    most = 0


class NoWholeNumber(Odd):
    most = "many"


class FailingLimit(Odd):
    @property
    def max_circuits(self):
        raise RuntimeError("ask the sales department")


def with_rule(rule):
    """Return an odd backend whose shots have a validator."""
    backend = Odd()
    backend._options = Options(shots=100)
    backend.options.set_validator("shots", rule)
    return backend


def bought(backend, **card):
    return VendorDevice(
        Source(backend, None), VendorCard(package="odd", **card), name="odd", wires=2, shots=100
    )


def samples_of(device):
    @qg.qnode(device)
    def circuit():
        qg.Hadamard(0)
        qg.CNOT([0, 1])
        return qg.sample(wires=[0, 1])

    return circuit()


@pytest.mark.parametrize("kind", RUNS)
def test_samples_come_from_counts_where_no_order_is_kept(kind):
    backend = kind()

    found = samples_of(qg.device(backend, wires=2, shots=400))

    assert found.shape == (400, 2)
    assert np.array_equal(found[:, 0], found[:, 1])
    assert abs(found[:, 0].mean() - 0.5) < 5 * 0.5 / np.sqrt(400)
    assert 100 < np.count_nonzero(np.diff(found[:, 0])) < 300  # no long sequences of one outcome
    assert backend.sent == [(1, 400)]


@pytest.mark.parametrize("kind", RUNS)
def test_all_rows_of_a_gradient_are_run(kind):
    backend = kind()

    @qg.qnode(qg.device(backend, wires=2, shots=4000), diff_method="parameter-shift")
    def circuit(angle):
        qg.RX(angle, 0)
        return qg.expval(qg.Z(0))

    slope = qg.grad(circuit)(qg.numpy.array(0.7, requires_grad=True))

    assert abs(slope + np.sin(0.7)) < 5 / np.sqrt(2 * 4000)
    one_each = interface_of(backend, name="odd").max_circuits == 1
    assert [circuits for circuits, _ in backend.sent] == ([1] * 3 if one_each else [3])


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (NoShots, "takes no argument shots"),
        (NeedsMore, "needs queue"),
        (NoCircuitsAtAll, "max_circuits is 0"),
        (NoWholeNumber, "max_circuits is 'many'"),
        (FailingLimit, "sales department"),
    ],
)
@pytest.mark.parametrize("make", [qg.device, bought])
def test_what_cannot_be_run_on_is_refused_when_the_device_is_made(make, kind, reason):
    with pytest.raises(UnusableBackend, match=reason):
        make(kind())


@pytest.mark.parametrize(
    ("rule", "fewest", "most", "only"),
    [
        (int, 1, None, ()),
        ((1, 4096), 1, 4096, ()),
        ((0, 4096.0), 1, 4096, ()),
        ((10, float("inf")), 10, None, ()),
        ([1000, 100], 100, 1000, (100, 1000)),
    ],
)
def test_every_kind_of_validator_is_understood(rule, fewest, most, only):
    found = interface_of(with_rule(rule), name="odd")

    assert (found.min_shots, found.max_shots) == (fewest, most)
    assert found.shot_counts == set(only)


def test_shots_are_a_sum_of_those_that_are_allowed():
    backend = with_rule([1000, 100])

    found = samples_of(qg.device(backend, wires=2, shots=2300))

    assert found.shape == (2300, 2)
    assert sorted(shots for _, shots in backend.sent) == [100, 1000]
    assert sum(circuits * shots for circuits, shots in backend.sent) == 2300


@pytest.mark.parametrize("make", [lambda backend: qg.device(backend, wires=2), bought])
def test_shots_that_are_no_such_sum_are_refused_before_anything_is_sent(make):
    backend = with_rule([1000, 100])

    @qg.qnode(make(backend), shots=150)
    def circuit():
        return qg.expval(qg.Z(0))

    with pytest.raises(InvalidShots, match="100, 1000 only"):
        circuit()
    assert backend.sent == []


def test_a_backend_of_few_shot_counts_has_one_of_them_as_default():
    assert qg.device(with_rule([1000, 100])).shots.total_shots == 1000


def test_a_card_takes_away_counts_that_are_too_many():
    assert bought(with_rule([1000, 100]), max_shots=500).capabilities.shot_counts == {100}


def test_a_seed_that_run_does_not_take_is_refused():
    backend = MemoryThatRunDoesNotTake()
    backend.run = lambda run_input, shots: None

    with pytest.raises(InvalidOption, match="takes no seed"):
        qg.device(backend, seed=3)


def test_options_need_not_be_qiskits():
    class Chosen:
        def __init__(self):
            self.shots = 7

    class Backend:
        options, max_circuits = Chosen(), 4

        def run(self, circuits, **options):
            """Run nothing."""

    assert interface_of(Backend(), name="odd") == Interface(frozenset({"shots"}), 4)
