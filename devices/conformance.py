"""Conformance tests that every device must pass.

The author of a device subclasses ``DeviceConformance`` in a test module and implements ``make``;
pytest collects the rest.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

import numpy as np

from qgate.devices.base import Device, ShotsLike
from qgate.devices.batching import submit_packed
from qgate.devices.job import SweepResult
from qgate.devices.local.device import LocalDevice
from qgate.devices.statevector import StatevectorDevice
from qgate.exceptions import InvalidShots
from qgate.measurements import counts, expval, probs, sample, state, var
from qgate.operations.gate import GATES
from qgate.operations.operator import Operator
from qgate.operations.pauli import PauliSum
from qgate.outcomes import Outcomes
from qgate.sweep import Sweep
from qgate.tape import Tape
from qgate.transforms.decomposition import decompose
from qgate.transforms.readouts import lower_measurements
from qgate.typing import FloatArray, Tensor, Wire, WiresLike
from qgate.wires import Wires

SIGMAS = 5.0
"""Allowed deviation of a sampled value in standard errors; one in two million exceeds it by chance.
"""

SHOTS = 2000


class DeviceConformance(ABC):
    """Test suite for a device; each method is a test.

    Required: ``make``. Optional: ``noisy`` (values are not those of an ideal device, so only form
    and order are checked), ``skip_gates`` (gates that the device accepts but cannot run alone).

    >>> class TestMine(DeviceConformance):
    ...     def make(self, *, wires=None, shots=2000, seed=1):
    ...         return LocalDevice(wires=wires, shots=shots, seed=seed)
    >>> TestMine().test_wire_0_is_the_most_significant_bit()
    """

    noisy = False
    skip_gates: frozenset[str] = frozenset()

    @abstractmethod
    def make(
        self, *, wires: WiresLike | int | None = None, shots: ShotsLike = SHOTS, seed: int = 1
    ) -> Device:
        """Return the device under test."""

    # Form ------------------------------------------------------------------------------

    def test_a_device_with_a_statevector_has_the_methods_for_it(self) -> None:
        device = self.make()

        assert isinstance(device, StatevectorDevice) or not device.capabilities.statevector

    def test_counts_add_up_to_the_shots(self) -> None:
        device = self.make()

        (outcomes,) = readings(device, [_gate("Hadamard", 0), _gate("CNOT", 0, 1)], [0, 1])

        assert outcomes.num_wires == 2
        assert outcomes.weights.sum() == outcomes.shots == SHOTS

    def test_samples_keep_the_order_of_the_shots(self) -> None:
        device = self.make()
        shots = max(37, device.capabilities.min_shots, device.capabilities.min_total_shots)
        tape = Tape([_gate("Hadamard", 0)], [sample(wires=[0, 1])], shots=shots)

        ((rows,),) = values(device, [tape.sweep()])

        assert rows[0].shape == (shots, 2)
        assert set(np.unique(rows[0])) <= {0, 1}

    def test_each_row_gets_its_own_shots(self) -> None:
        tape = Tape([_gate("RX", 0, angle=0.3)], [counts(wires=[0])], shots=(100, 300, 200))

        ((found,),) = values(self.make(), [tape.sweep()])

        assert [sum(row.values()) for row in found] == [100, 300, 200]

    def test_rows_come_back_in_order(self) -> None:
        angles = np.array([0.0, np.pi, np.pi, 0.0, np.pi])
        tape = Tape([GATES["RX"](angles, 0)], [expval(_gate("PauliZ", 0))], shots=200)

        ((found,),) = values(self.make(), [tape.sweep()])

        assert np.array_equal(found > 0, [True, False, False, True, False])

    def test_sweeps_come_back_in_order(self) -> None:
        flip, stay = [_gate("PauliX", 0)], [_gate("Identity", 0)]
        tapes = [
            Tape(gates, [expval(_gate("PauliZ", 0))], shots=200) for gates in (flip, stay, flip)
        ]

        found = values(self.make(), [tape.sweep() for tape in tapes])

        assert [entry[0][0] > 0 for entry in found] == [False, True, False]

    def test_the_same_seed_gives_the_same_readings(self) -> None:
        gates = [_gate("Hadamard", 0), _gate("Hadamard", 1)]

        first, second = (readings(self.make(seed=5), gates, [0, 1])[0] for _ in range(2))

        assert np.array_equal(first.weights, second.weights)

    def test_a_second_call_draws_anew(self) -> None:
        device, gates = self.make(seed=5), [_gate("Hadamard", wire) for wire in range(4)]

        first, second = (readings(device, gates, range(4))[0] for _ in range(2))

        assert first.counts() != second.counts()

    # Wires -----------------------------------------------------------------------------

    def test_wire_0_is_the_most_significant_bit(self) -> None:
        gates = [_gate("PauliX", 0), _gate("Identity", 1), _gate("Identity", 2)]

        assert self.most_frequent(gates, [0, 1, 2]) == "100"

    def test_measured_wires_come_in_the_order_asked_for(self) -> None:
        gates = [_gate("PauliX", 0), _gate("Identity", 1), _gate("PauliX", 2), _gate("Identity", 3)]

        assert self.most_frequent(gates, [3, 0, 1, 2]) == "0101"

    def test_a_subset_of_the_wires_is_measured(self) -> None:
        gates = [_gate("PauliX", 1), _gate("CNOT", 1, 2), _gate("Identity", 0)]

        assert self.most_frequent(gates, [2]) == "1"

    def test_idle_wires_read_zero(self) -> None:
        device = self.make(wires=4)

        (outcomes,) = readings(device, [_gate("PauliX", 2)], [0, 1, 2, 3])

        assert _most_frequent(outcomes) == "0010"

    def test_wire_labels_may_be_anything(self) -> None:
        gates = [_gate("PauliX", "b"), _gate("CNOT", "b", ("c", 3)), _gate("Identity", "a")]

        assert self.most_frequent(gates, ["a", ("c", 3), "b"]) == "011"

    def most_frequent(self, gates: Sequence[Operator], wires: Sequence[Wire]) -> str:
        """Return the most frequent outcome."""
        return _most_frequent(readings(self.make(), gates, wires)[0])

    # Values ----------------------------------------------------------------------------

    def test_every_gate_agrees_with_its_matrix(self) -> None:
        if self.noisy:
            return
        device = self.make()
        names = sorted(device.capabilities.gates - self.skip_gates)
        sweeps = [_gate_sweep(name) for name in names if _has_fixed_wires(name)]

        found = values(device, sweeps)
        exact = values(LocalDevice(), [_exactly(sweep) for sweep in sweeps])

        for sweep, (mine,), (true,) in zip(sweeps, found, exact, strict=True):
            assert_close(mine[0], true[0], _binomial_errors(true[0], SHOTS), str(sweep.structure))

    def test_expectation_values_variances_and_probabilities_agree(self) -> None:
        if self.noisy:
            return
        words = PauliSum.from_words([0.5, -0.3, 0.8], ["XIZ", "YYI", "ZZX"], range(3))
        tape = Tape(
            _random_gates(np.random.default_rng(4)),
            [expval(words), var(_gate("PauliY", 1)), probs(wires=[2, 0])],
            shots=SHOTS,
        )

        ((mean, variance, chances),) = values(self.make(), [tape.sweep()])
        ((true_mean, true_variance, true_chances),) = values(
            LocalDevice(), [_exactly(tape.sweep())]
        )

        assert_close(mean, true_mean, np.abs(words.coefficients).sum() / np.sqrt(SHOTS), "expval")
        assert_close(variance, true_variance, 2 / np.sqrt(SHOTS), "var")
        assert_close(chances, true_chances, _binomial_errors(true_chances, SHOTS), "probs")

    def test_sweeps_over_angles_agree(self) -> None:
        if self.noisy:
            return
        angles = np.linspace(-3, 3, 12)
        gates = [GATES["RY"](angles, 1), GATES["CNOT"]([1, 0]), GATES["RX"](0.4, 0)]
        tape = Tape(gates, [probs(wires=[0, 1])], shots=SHOTS)

        ((found,),) = values(self.make(), [tape.sweep()])
        ((true,),) = values(LocalDevice(), [_exactly(tape.sweep())])

        assert_close(found, true, _binomial_errors(true, SHOTS), "probs")

    def test_a_state_is_read_from_shots(self) -> None:
        if self.noisy:
            return
        tape = Tape([_gate("Hadamard", 0)], [state().with_wires(Wires([0]))], shots=SHOTS)

        ((found,),) = values(self.make(), [tape.sweep()])

        true = np.array([[0.5, 0.5]])
        assert_close(np.abs(found) ** 2, true, _binomial_errors(true, SHOTS), "state")

    # Refusals --------------------------------------------------------------------------

    def test_shots_that_are_not_positive_are_refused(self) -> None:
        _assert_raises(InvalidShots, lambda: self.make(shots=0))
        _assert_raises(InvalidShots, lambda: self.make(shots=-5))


# The steps of the execution pipeline that turn a sweep into native submissions ------------


def values(device: Device, sweeps: Sequence[Sweep]) -> list[SweepResult]:
    """Lower, decompose and submit sweeps; return one entry per measurement for each."""
    can = device.capabilities
    prepared = [
        lower_measurements(
            sweep,
            can.exact,
            device=device.name,
            words=can.exact_words,
            most_wires=can.max_exact_wires,
        )
        for sweep in sweeps
    ]
    native = [
        decompose(part, device.capabilities.gate_set, device=device.name)
        for parts, _ in prepared
        for part in parts
    ]
    results = list(submit_packed(device, native).result())
    found, start = [], 0
    for parts, postprocess in prepared:
        found.append(postprocess(results[start : start + len(parts)]))
        start += len(parts)
    return found


def readings(device: Device, gates: Sequence[Operator], wires: Sequence[Wire]) -> list[Outcomes]:
    """Return the outcomes measured on some wires, one entry per row."""
    tape = Tape(gates, [counts(wires=wires)], shots=SHOTS)
    (native,), _ = lower_measurements(tape.sweep(), frozenset(), device=device.name)
    native = decompose(native, device.capabilities.gate_set, device=device.name)
    ((outcomes,),) = submit_packed(device, [native]).result()
    return list(outcomes)


def assert_close(found: Tensor, true: Tensor, errors: Tensor, what: str) -> None:
    """Raise unless every value is within five standard errors of the true one."""
    off = np.abs(np.asarray(found) - np.asarray(true)) / errors
    if np.any(off > SIGMAS):
        raise AssertionError(f"{what}: {found} is {off.max():.1f} standard errors from {true}.")


def _exactly(sweep: Sweep) -> Sweep:
    return sweep.with_rows(sweep.rows, None)


def _binomial_errors(probabilities: FloatArray, shots: int) -> FloatArray:
    """Return standard errors of frequencies; for a probability of 0 or 1, that of one count."""
    variance = probabilities * (1 - probabilities) / shots
    return np.asarray(np.sqrt(np.maximum(variance, 1 / shots**2)))


def _most_frequent(outcomes: Outcomes) -> str:
    totals = outcomes.counts()
    return max(totals, key=totals.__getitem__)


def _gate(name: str, *wires: Wire, angle: float | None = None) -> Operator:
    angles = () if angle is None else (angle,)
    operation: Operator = GATES[name](*angles, wires=wires)
    return operation


def _has_fixed_wires(name: str) -> bool:
    return name in GATES and GATES[name].num_wires is not None


def _gate_sweep(name: str) -> Sweep:
    """Return a sweep of a gate between random rotations, so that its phases are measured."""
    random = np.random.default_rng(sum(map(ord, name)))
    cls = GATES[name]
    wires = list(range(cls.num_wires or 1))
    options = dict.fromkeys(cls.spec.options)
    angles = dict(zip(cls.spec.angles, random.uniform(-3, 3, len(cls.spec.angles)), strict=True))
    gates = [*_layer(wires, random), cls(**angles, **options, wires=wires), *_layer(wires, random)]
    return Tape(gates, [probs(wires=wires)], shots=SHOTS).sweep()


def _layer(wires: Sequence[Wire], random: np.random.Generator) -> list[Operator]:
    names = [name for wire in wires for name in ("RY", "RZ", "RY")]
    return [
        GATES[name](angle, wires[index // 3])
        for index, (name, angle) in enumerate(
            zip(names, random.uniform(-3, 3, len(names)), strict=True)
        )
    ]


def _random_gates(random: np.random.Generator) -> list[Operator]:
    gates: list[Operator] = []
    for left, right in ((0, 1), (1, 2), (2, 0)):
        gates += [*_layer([0, 1, 2], random), GATES["CNOT"]([left, right])]
    return gates


def _assert_raises(error: type[Exception], call: Callable[[], object]) -> None:
    try:
        call()
    except error:
        return
    raise AssertionError(f"{error.__name__} was not raised.")


__all__ = ["DeviceConformance", "assert_close", "readings", "values"]
