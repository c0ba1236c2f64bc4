"""The conformance suite passes a correct device, and finds every planted fault."""

import numpy as np
import pytest

import qgate as qg
from qgate.devices.capabilities import Capabilities
from qgate.devices.conformance import DeviceConformance, assert_close, readings, values
from qgate.devices.draws import Draws
from qgate.devices.job import FinishedJob
from qgate.devices.local.device import LOCAL, LocalDevice
from qgate.outcomes import Outcomes
from qgate.tape import Tape
from qgate.wires import Wires

NAMED = frozenset({"RX", "RY", "RZ", "Hadamard", "PauliX", "PauliZ", "CNOT", "SWAP", "Identity"})


class TestLocal(DeviceConformance):
    def make(self, *, wires=None, shots=2000, seed=1):
        return LocalDevice(wires=wires, shots=shots, seed=seed)


class Chip(LocalDevice):
    """Device with few gates and no exact results; faults are planted in its results."""

    name = "chip"
    capabilities = Capabilities(
        gates=NAMED, default_shots=2000, max_wires=LOCAL.max_wires, matrix_wires=0
    )

    def submit(self, sweeps):
        results = [self._run(sweep) for sweep in self.asked(sweeps)]
        return FinishedJob(
            [([self.told(o) for o in self.rows(found)],) for (found,) in self.sweeps(results)]
        )

    def asked(self, sweeps):
        return sweeps

    def sweeps(self, results):
        return results

    def rows(self, outcomes):
        return outcomes

    def told(self, outcomes):
        return outcomes


class TestChip(DeviceConformance):
    def make(self, *, wires=None, shots=2000, seed=1):
        return Chip(wires=wires, shots=shots, seed=seed)


class ReversedBits(Chip):
    def told(self, outcomes):
        return outcomes.marginal(range(outcomes.num_wires)[::-1])


class SwappedRows(Chip):
    def rows(self, outcomes):
        return outcomes[::-1]


class SwappedSweeps(Chip):
    def sweeps(self, results):
        return [*results[1:], *results[:1]]


class OneShotShort(Chip):
    def asked(self, sweeps):
        return [sweep.with_rows(sweep.rows, sweep.shots - 1) for sweep in sweeps]


class SameShotsForAll(Chip):
    def asked(self, sweeps):
        return [
            sweep.with_rows(sweep.rows, np.full(len(sweep), sweep.shots[0])) for sweep in sweeps
        ]


class FirstRowForAll(Chip):
    def asked(self, sweeps):
        return [
            sweep.with_rows(np.repeat(sweep.rows[:1], len(sweep), axis=0), sweep.shots)
            for sweep in sweeps
        ]


class NoOrder(Chip):
    def told(self, outcomes):
        return outcomes.without_order()


class SortedWires(Chip):
    def asked(self, sweeps):
        def by_label(sweep):
            (measurement,) = sweep.structure.measurements
            ordered = measurement.with_wires(Wires(sorted(measurement.wires, key=str)))
            return sweep.with_structure(sweep.structure.with_measurements([ordered]))

        return [by_label(sweep) for sweep in sweeps]


class TurnsTheOtherWay(Chip):
    def asked(self, sweeps):
        return [sweep.with_rows(-sweep.rows, sweep.shots) for sweep in sweeps]


class SwapsControlAndTarget(Chip):
    def asked(self, sweeps):
        def swapped(gate):
            return qg.CNOT(gate.wires[::-1]) if gate.name == "CNOT" else gate

        return [
            sweep.with_structure(
                sweep.structure.with_operations([swapped(g) for g in sweep.structure.operations])
            )
            for sweep in sweeps
        ]


class FlippedReadings(Chip):
    def told(self, outcomes):
        flip = str.maketrans("01", "10")
        flipped = {bits.translate(flip): count for bits, count in outcomes.counts().items()}
        return Outcomes.from_counts(flipped, outcomes.num_wires)


class Frozen(Chip):
    """Draws the same shots at every call."""

    def submit(self, sweeps):
        self._draws = Draws(0)
        return super().submit(sweeps)


class Unseeded(Chip):
    def submit(self, sweeps):
        self._draws = Draws(None)
        return super().submit(sweeps)


class AnyShots(Chip):
    def __init__(self, *, shots, **options):
        super().__init__(shots=abs(shots) or 1, **options)


FAULTS = {
    ReversedBits: "test_wire_0_is_the_most_significant_bit",
    SwappedRows: "test_rows_come_back_in_order",
    FirstRowForAll: "test_sweeps_over_angles_agree",
    SwappedSweeps: "test_sweeps_come_back_in_order",
    OneShotShort: "test_counts_add_up_to_the_shots",
    SameShotsForAll: "test_each_row_gets_its_own_shots",
    NoOrder: "test_samples_keep_the_order_of_the_shots",
    SortedWires: "test_measured_wires_come_in_the_order_asked_for",
    TurnsTheOtherWay: "test_every_gate_agrees_with_its_matrix",
    SwapsControlAndTarget: "test_wire_labels_may_be_anything",
    FlippedReadings: "test_idle_wires_read_zero",
    Frozen: "test_a_second_call_draws_anew",
    Unseeded: "test_the_same_seed_gives_the_same_readings",
    AnyShots: "test_shots_that_are_not_positive_are_refused",
}


def failing(cls):
    """Return the checks that a device does not pass."""

    class Check(DeviceConformance):
        def make(self, *, wires=None, shots=2000, seed=1):
            return cls(wires=wires, shots=shots, seed=seed)

    failed = []
    for name in filter(lambda name: name.startswith("test_"), dir(Check)):
        try:
            getattr(Check(), name)()
        except (AssertionError, ValueError, KeyError, IndexError):
            failed.append(name)
    return failed


@pytest.mark.parametrize(("cls", "check"), FAULTS.items(), ids=[cls.__name__ for cls in FAULTS])
def test_a_planted_fault_is_found_by_the_check_that_is_named_for_it(cls, check):
    assert check in failing(cls)


def test_a_device_without_faults_fails_nothing():
    assert failing(Chip) == []


def test_a_noisy_device_is_checked_for_form_only():
    class Noisy(DeviceConformance):
        noisy = True

        def make(self, *, wires=None, shots=2000, seed=1):
            return TurnsTheOtherWay(wires=wires, shots=shots, seed=seed)

    suite = Noisy()

    suite.test_every_gate_agrees_with_its_matrix()
    suite.test_expectation_values_variances_and_probabilities_agree()
    suite.test_sweeps_over_angles_agree()


# The parts of the suite -----------------------------------------------------------------


def test_values_take_the_whole_road_of_a_sweep():
    tape = Tape([qg.CRX(0.4, [0, 1]), qg.X(0)], [qg.expval(qg.Z(0)), qg.counts(wires=0)], 50)

    ((mean, counts),) = values(Chip(), [tape.sweep()])

    assert mean.tolist() == [-1.0]
    assert counts == [{"1": 50}]


def test_readings_are_one_for_each_row():
    found = readings(Chip(), [qg.RX(np.array([0.0, np.pi]), 0)], [0])

    assert [outcomes.counts() for outcomes in found] == [{"0": 2000}, {"1": 2000}]


def test_values_within_five_standard_errors_are_close():
    assert_close([0.54], [0.5], 0.01, "mean")

    with pytest.raises(AssertionError, match=r"mean.*6\.0 standard errors"):
        assert_close([0.56], [0.5], 0.01, "mean")
