"""Circuits with mid-circuit measurements, branch by branch.

Each measurement splits a branch in two, one for each outcome; all branches are rows of one array of
states. Where these would not fit in memory, some branches are followed to the end before the
others. Without shots all branches with a probability above 0 are followed, up to 2**m for m
measurements. With shots, those of a branch are split between its outcomes by a binomial draw, and
only branches that have shots are followed: never more than there are shots. Every shot is
distributed as a trajectory that is simulated alone.

The states are not normalised: their squared norm is the probability of the branch.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from qgate.devices.job import SweepResult
from qgate.devices.local.amplitudes import apply, prepare
from qgate.devices.local.engine import Engine
from qgate.devices.local.exact import marginal
from qgate.devices.local.sampling import sample, spread
from qgate.measurements import Measurement, MeasurementKind
from qgate.operations.operator import Operator
from qgate.operations.outcome_values import evaluated
from qgate.operations.recorded import Recorded, RecordedCondition
from qgate.operations.state_preparation import refuse_late_preparation
from qgate.outcomes import PACKED_WIRES, Outcomes
from qgate.sizes import check_size
from qgate.structure import evaluate
from qgate.sweep import Sweep
from qgate.typing import ComplexArray, FloatArray, IntArray, NumericArray, Wire
from qgate.wires import Wires

MOST_EXACT_WIRES = 24
"""Maximum number of wires whose exact joint probabilities are listed."""

MOST_BRANCHES = 2**22
"""Maximum number of branches that are followed without shots."""

AMPLITUDES_TOGETHER = 2**20
"""Number of amplitudes up to which branches are followed together."""

NEVER = 1e-30
"""Probability up to which a branch is not followed."""


@dataclass(frozen=True, eq=False)
class Branches:
    """States after some operations, with the outcomes that led to them.

    Parameters
    ----------
    states : array, shape (B, 2**n)
    rows : array of int, shape (B,)
        The row of the sweep to which each branch belongs.
    bits : array of int, shape (B, m)
        The outcomes, 0 where nothing was measured yet.
    shots : array of int, shape (B,), or None
    rejected : bool
        Whether an outcome differs from the selected one. The rest of the circuit is then left out.
    """

    states: ComplexArray
    rows: IntArray
    bits: IntArray
    shots: IntArray | None
    rejected: bool = False

    def __len__(self) -> int:
        return len(self.rows)

    def select(self, chosen: NumericArray) -> Branches:
        """Return some of the branches."""
        shots = None if self.shots is None else self.shots[chosen]
        states, rows, bits = self.states[chosen], self.rows[chosen], self.bits[chosen]
        return replace(self, states=states, rows=rows, bits=bits, shots=shots)

    @property
    def chances(self) -> FloatArray:
        """Probability of each branch, shape (B,)."""
        found: FloatArray = np.sum(self.states.real**2 + self.states.imag**2, axis=1)
        return found

    @staticmethod
    def joined(parts: Sequence[Branches], *, rejected: bool = False) -> Branches:
        """Return all branches of several parts."""
        shots = [part.shots for part in parts if part.shots is not None]
        return Branches(
            np.concatenate([part.states for part in parts]),
            np.concatenate([part.rows for part in parts]),
            np.concatenate([part.bits for part in parts]),
            np.concatenate(shots) if shots else None,
            rejected,
        )


def branch_results(
    sweep: Sweep, order: Wires, engine: Engine, random: np.random.Generator | None
) -> SweepResult:
    """Run a sweep whose circuit measures in its middle.

    Parameters
    ----------
    sweep : Sweep
        Its measurement is ``probs`` without shots, else ``counts`` or ``sample``, of wires and
        classical wires.
    order : Wires
        The n wires that are simulated, the first most significant.
    engine : Engine
        Looks up the drawn outcomes.
    random : Generator or None
        Draws the outcomes of shots.

    Returns
    -------
    tuple
        One array (K, 2**k) of probabilities, or one list of K ``Outcomes``.

    Notes
    -----
    Cost: each operation once for every branch, on n wires in numpy. With selected outcomes for
    every shot, all branches are followed, as without shots.
    """
    measured = [item for item in sweep.structure.operations if isinstance(item, Recorded)]
    reader = _Reader(sweep.structure.measurements[0], [item.record for item in measured], order)
    run, fill = _Run(sweep, order, random), any(item.fill for item in measured)
    if random is None or sweep.shots is None:
        return (reader.probabilities(run.ends(run.start(None), 0), len(sweep)),)
    shots = np.asarray(sweep.shots)
    if fill:
        ends: Iterable[Branches] = _filled(list(run.ends(run.start(None), 0)), shots, random)
    else:
        ends = run.ends(run.start(shots), 0)
    parts: list[list[Part]] = [[] for _ in range(len(sweep))]
    for branches in ends:
        drawn = reader.drawn(branches, engine, random)
        for row, part in zip(branches.rows.tolist(), drawn, strict=True):
            parts[row].append(part)
    return ([reader.outcomes(found, random) for found in parts],)


@dataclass(eq=False)
class _Run:
    """The operations of a sweep."""

    sweep: Sweep
    order: Wires
    random: np.random.Generator | None

    def __post_init__(self) -> None:
        self.operations = self.sweep.structure.operations
        recorded = [item.record for item in self.operations if isinstance(item, Recorded)]
        self.records: dict[Wire, int] = {wire: place for place, wire in enumerate(recorded)}

    def start(self, shots: IntArray | None) -> Branches:
        """Return the state 0 of every row; without shots, all outcomes are followed."""
        count = len(self.sweep)
        states = np.tile(np.eye(1, 2 ** len(self.order), dtype=complex), (count, 1))
        bits = np.zeros((count, len(self.records)), dtype=np.int64)
        return Branches(states, np.arange(count), bits, shots)

    def ends(self, branches: Branches, position: int) -> Iterator[Branches]:
        """Follow branches from an operation to the end."""
        for place in range(position, len(self.operations)):
            operation = self.operations[place]
            if not isinstance(operation, Recorded):
                branches = self._applied(operation, branches, first=place == 0)
                continue
            branches, rejected = self._split(operation, branches)
            if len(rejected):
                yield rejected
            most = max(1, AMPLITUDES_TOGETHER >> len(self.order))
            if len(branches) > most:
                for first in range(0, len(branches), most):
                    part = branches.select(np.arange(first, min(first + most, len(branches))))
                    yield from self.ends(part, place + 1)
                return
        yield branches

    def _applied(self, operation: Operator, branches: Branches, *, first: bool) -> Branches:
        """Apply an operation to all branches, or to those that satisfy its condition."""
        if not isinstance(operation, RecordedCondition):
            return replace(branches, states=self._acted(operation, branches, first=first))
        places = [self.records[wire] for wire in operation.condition_wires]
        outcomes: dict[Hashable, IntArray] = {
            number: branches.bits[:, place] for number, place in enumerate(places)
        }
        applied = np.broadcast_to(evaluated(operation.node, outcomes), len(branches))
        chosen = np.flatnonzero(applied)
        if not len(chosen):
            return branches
        states = branches.states.copy()
        states[chosen] = self._acted(operation.base, branches.select(chosen), first=False)
        return replace(branches, states=states)

    def _acted(self, operation: Operator, branches: Branches, *, first: bool) -> ComplexArray:
        rows = self.sweep.rows[0] if len(self.sweep) == 1 else self.sweep.rows[branches.rows]
        numbers = [evaluate(symbol, rows, self.sweep.arrays) for symbol in operation.parameters]
        bound = operation.with_parameters(numbers) if numbers else operation
        axes, count = self.order.indices(bound.wires), len(self.order)
        if hasattr(bound, "canonical_state"):
            refuse_late_preparation(bound, set() if first else set(self.order))
            vector = bound.canonical_state(bound.parameters, np)
            prepared: ComplexArray = prepare(branches.states, vector, axes, count)
            return prepared
        applied: ComplexArray = apply(branches.states, bound, axes, count)
        return applied

    def _split(self, measured: Recorded, branches: Branches) -> tuple[Branches, Branches]:
        """Return the branches for both outcomes, and apart from them those that are rejected."""
        before = 2 ** self.order.index(measured.measured[0])
        tensor = branches.states.reshape(len(branches), before, 2, -1)
        chances = np.sum(tensor.real**2 + tensor.imag**2, axis=(1, 3))
        shots = self._shots_of(chances, branches.shots)
        kept: list[Branches] = []
        rejected: list[Branches] = []
        column = self.records[measured.record]
        for bit in (0, 1):
            part = None if shots is None else shots[bit]
            chosen = np.flatnonzero(chances[:, bit] > NEVER if part is None else part)
            states = np.zeros((len(chosen), *tensor.shape[1:]), dtype=complex)
            states[:, :, 0 if measured.reset else bit] = tensor[chosen, :, bit]
            bits = branches.bits[chosen]
            bits[:, column] = bit
            flat = states.reshape(len(chosen), branches.states.shape[1])
            made = Branches(
                flat, branches.rows[chosen], bits, None if part is None else part[chosen]
            )
            (kept if measured.postselect in (None, bit) else rejected).append(made)
        none = branches.select(np.arange(0))
        return Branches.joined(kept), Branches.joined([none, *rejected], rejected=True)

    def _shots_of(
        self, chances: FloatArray, shots: IntArray | None
    ) -> tuple[IntArray, IntArray] | None:
        if shots is None or self.random is None:
            return None
        total = chances.sum(axis=1)
        share = np.divide(chances[:, 1], total, out=np.zeros_like(total), where=total > 0)
        ones = self.random.binomial(shots, np.clip(share, 0.0, 1.0))
        return shots - ones, ones


def _filled(
    ends: Sequence[Branches], shots: IntArray, random: np.random.Generator
) -> Iterator[Branches]:
    """Share the shots of each row among its selected branches, by their probabilities.

    Rejected branches get shots only where there is no other.
    """
    possible = np.zeros(len(shots), dtype=bool)
    for branches in ends:
        if not branches.rejected:
            possible[branches.rows] = True
    counted = [
        branches.chances * (possible[branches.rows] != branches.rejected) for branches in ends
    ]
    rows, chances = np.concatenate([part.rows for part in ends]), np.concatenate(counted)
    drawn = np.zeros(len(rows), dtype=np.int64)
    for row, count in enumerate(shots.tolist()):
        mine = np.flatnonzero(rows == row)
        drawn[mine] = random.multinomial(count, chances[mine] / chances[mine].sum())
    first = 0
    for branches in ends:
        part = drawn[first : first + len(branches)]
        first += len(branches)
        yield replace(branches, shots=part).select(np.flatnonzero(part))


Part = tuple[NumericArray, IntArray]
"""Distinct outcomes on the measured wires, and how often they occurred."""


class _Reader:
    """Final measurement of wires and classical wires.

    Parameters
    ----------
    measurement : Measurement
    records : sequence of wire
        The classical wires, in the order of the bits of branches.
    order : Wires
        The simulated wires.
    """

    def __init__(self, measurement: Measurement, records: Sequence[Wire], order: Wires) -> None:
        wires = measurement.wires
        place = {wire: len(wires) - 1 - index for index, wire in enumerate(wires)}
        self.ordered = measurement.kind is MeasurementKind.SAMPLE
        self.order, self.num_wires = order, len(wires)
        self.read = Wires([wire for wire in wires if wire in order])
        self.shifts = [place[wire] for wire in self.read]
        self.columns = [(index, place[wire]) for index, wire in enumerate(records) if wire in place]
        self.dtype: type = np.int64 if len(wires) <= PACKED_WIRES else object
        self.counted = Measurement(MeasurementKind.COUNTS, wires=self.read, all_outcomes=False)

    def _numbers(self, branches: Branches) -> NumericArray:
        """Return the recorded outcomes of each branch as a number on the measured wires."""
        numbers: NumericArray = np.zeros(len(branches), dtype=self.dtype)
        for index, shift in self.columns:
            numbers |= branches.bits[:, index].astype(self.dtype) << shift
        return numbers

    def _chances(self, branches: Branches) -> FloatArray:
        """Return the probabilities of the measured wires, shape (B, 2**k)."""
        states = branches.states
        found: FloatArray = marginal(states.real**2 + states.imag**2, self.read, self.order)
        return found

    def probabilities(self, ends: Iterable[Branches], rows: int) -> FloatArray:
        """Return the probability of every outcome of all measured wires, shape (K, 2**k)."""
        check_size(
            "Exact probabilities after mid-circuit measurements",
            self.num_wires,
            MOST_EXACT_WIRES,
            unit="wires",
            remedy="Measure fewer wires and outcomes together, or give a number of shots.",
        )
        total: FloatArray = np.zeros((rows, 2**self.num_wires))
        values = spread(np.arange(2 ** len(self.read)), self.shifts, np.int64)
        followed = 0
        for branches in ends:
            followed += len(branches)
            check_size(
                "A circuit with mid-circuit measurements",
                followed,
                MOST_BRANCHES,
                unit="branches or more",
                remedy="Give a number of shots, or use mcm_method='deferred'.",
            )
            places = self._numbers(branches)[:, None] + values
            np.add.at(total, (branches.rows[:, None], places), self._chances(branches))
        return total

    def drawn(
        self, branches: Branches, engine: Engine, random: np.random.Generator
    ) -> Iterator[Part]:
        """Draw the outcomes of each branch."""
        assert branches.shots is not None
        chances, numbers = self._chances(branches), self._numbers(branches)
        for row, shots in enumerate(branches.shots.tolist()):
            found = sample(self.counted, chances[row], shots, random, engine)
            values = spread(found.values, self.shifts, self.dtype) + numbers[row]
            yield values, np.asarray(found.weights)

    def outcomes(self, parts: Sequence[Part], random: np.random.Generator) -> Outcomes:
        """Return all outcomes of a row, in a random order if the order of shots is kept."""
        values = np.concatenate([values for values, _ in parts])
        weights = np.concatenate([weights for _, weights in parts])
        if self.ordered:
            shots = random.permutation(np.repeat(values, weights))
            return Outcomes.from_readings(shots, self.num_wires)
        distinct, index = np.unique(values, return_inverse=True)
        totals = np.bincount(index.ravel(), weights=weights).astype(np.int64)
        return Outcomes(self.num_wires, distinct, totals, int(totals.sum()))
