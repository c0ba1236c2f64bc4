"""Steps of an optimizer, each with a record of its value and usage."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from qgate.arguments import whole_number
from qgate.autodiff.returns import leaves
from qgate.context import active_run
from qgate.exceptions import (
    InvalidOptimizerOption,
    InvalidOptimizerState,
    UnsuitableObjective,
    described,
    name_of,
)
from qgate.execution.tracker import Tracker
from qgate.numpy.tensors import tensor
from qgate.optimize.adaptive_rates import AdamOptimizer
from qgate.optimize.arguments import Arguments, is_variable
from qgate.optimize.estimates import Estimate, Slopes
from qgate.optimize.gradient_descent import GradientOptimizer
from qgate.optimize.history import History, Record
from qgate.optimize.qng import QNGOptimizer
from qgate.optimize.saving import check_writable, encoded, read, taken_up, write
from qgate.qnode import QNode
from qgate.typing import FloatArray, Function, Nested
from qgate.usage import Usage

if TYPE_CHECKING:
    from qgate.devices.base import Device


@dataclass(frozen=True, eq=False)
class Progress:
    """Progress of a training."""

    point: FloatArray  # (n,), the trainable numbers
    history: History
    reason: str = ""  # why it has ended; empty if it has not


@dataclass(frozen=True, eq=False)
class Training:
    """Fixed settings of a training, as for ``minimize``."""

    cost: Function
    arguments: Arguments  # starting point
    bare: bool  # whether there is one argument, which was given by itself
    optimizer: Any
    seed: int | None
    options: Mapping[str, Nested]
    estimate: Callable[..., Estimate] | None

    @classmethod
    def of(
        cls,
        cost: Function,
        x0: Nested,
        optimizer: Any,
        *,
        seed: int | None,
        options: Mapping[str, Nested],
        estimate: Any,
    ) -> Training:
        """Validate the arguments of ``minimize``."""
        chosen = AdamOptimizer(0.1) if optimizer is None else optimizer
        if not getattr(chosen, "changes_arguments", hasattr(chosen, "step_and_cost")):
            raise InvalidOptimizerOption(
                optimizer="minimize",
                option="optimizer",
                value=chosen,
                needed="one that changes the arguments of a function, such as AdamOptimizer; "
                "those that change circuits take their steps themselves",
            )
        if not callable(cost):
            raise UnsuitableObjective(
                optimizer="minimize",
                objective=described(cost),
                reason="it cannot be called",
                remedy="Give a QNode, or a function that returns one real number.",
            )
        if estimate is not None and not isinstance(chosen, GradientOptimizer | QNGOptimizer):
            raise InvalidOptimizerOption(
                optimizer=name_of(type(chosen)),
                option="estimate",
                value=estimate,
                needed="left out, for this optimizer takes no grad_fn",
            )
        _check_seed(cost, seed)
        args = x0 if isinstance(x0, tuple) else (x0,)
        arguments = Arguments.of(_marked(args), optimizer="minimize")
        return cls(cost, arguments, not isinstance(x0, tuple), chosen, seed, options, estimate)

    def step(self, before: Progress) -> Progress:
        """Take one step."""
        slopes = None if self.estimate is None else Slopes(self.estimate, self.arguments)
        options = dict(self.options)
        if slopes is not None:
            options["grad_fn"] = slopes
        if self.seed is not None:
            options["seed"] = np.array([self.seed, len(before.history)])
        args = self.arguments.at(before.point)
        with _BlockUsage.measured(getattr(self.cost, "device", None)) as block:
            found, value, *_ = self.optimizer.step_and_cost(self.cost, *args, **options)
        record = Record(
            step=len(before.history) + 1,
            value=float(value),
            error=self._error(slopes),
            signal=None if slopes is None else slopes.signal,
            shots=block.usage.shots,
            submissions=block.usage.submissions,
            usd=block.usage.usd,
            seconds=block.usage.seconds,
            systematic=None if slopes is None else slopes.systematic,
            total_signal=None if slopes is None else slopes.total_signal,
        )
        after = Arguments.of([found] if len(args) == 1 else found, optimizer="minimize")
        return Progress(after.vector, before.history.with_record(record))

    def _error(self, slopes: Slopes | None) -> float | None:
        if slopes is not None:
            return slopes.error
        return 0.0 if isinstance(self.cost, QNode) and not self.cost.shots else None


@dataclass
class _BlockUsage:
    """Usage of a block; complete when the block ends.

    Within a run, results that were replayed from its journal count as well, so that a repeated
    training makes the same decisions. The dollars of a paid device are unknown outside of a run.
    """

    usage: Usage = field(default_factory=Usage)

    @classmethod
    @contextmanager
    def measured(cls, device: Device | None) -> Iterator[_BlockUsage]:
        """Measure the usage of a block on one device, or on all devices if ``device`` is None."""
        found, run = cls(), active_run()
        before = None if run is None else run.asked
        started = time.perf_counter()
        with Tracker(device) as tracker:
            yield found
        seconds, counts = time.perf_counter() - started, tracker.totals
        free = device is not None and not device.capabilities.paid
        usd = 0.0 if free else None
        found.usage = Usage(counts["submissions"], counts["shots"], usd, seconds=seconds)
        if run is not None and before is not None and run.asked != before:
            found.usage = replace(run.asked - before, seconds=seconds)


def _marked(args: tuple[Nested, ...]) -> tuple[Nested, ...]:
    """Return arguments with trainable marks; if nothing is marked, all numbers are."""
    if any(is_variable(leaf) for leaf in leaves(list(args))):
        return args
    numbers = (int, float, np.ndarray, np.number)
    return tuple(
        tensor(arg, requires_grad=True)
        if isinstance(arg, numbers) and not isinstance(arg, bool | tensor)
        else arg
        for arg in args
    )


def _check_seed(cost: Function, seed: int | None) -> None:
    takes = isinstance(cost, QNode) and cost.device.capabilities.call_seeds
    if seed is not None and (not takes or whole_number(seed) is None or seed < 0):
        raise InvalidOptimizerOption(
            optimizer="minimize",
            option="seed",
            value=seed,
            needed="a whole number from 0 on, for a QNode on a device that takes seeds of calls, "
            "and left out for others; seed the device",
        )


def saved(training: Training, progress: Progress, path: str | os.PathLike[str]) -> None:
    """Write a checkpoint."""
    records = [encoded(record) for record in progress.history.records]
    content = {"point": encoded(progress.point), "records": records, "reason": progress.reason}
    write(path, {**training.optimizer.to_json(), **content})


def resumed(training: Training, path: str | os.PathLike[str] | None) -> Progress:
    """Return the starting point: that of a checkpoint if there is one.

    Raises
    ------
    CheckpointNotWritten
        None can be written there.
    InvalidOptimizerState
        It is damaged, or of another minimization.
    """
    if path is not None:
        check_writable(path)
    if path is None or not Path(path).exists():
        return Progress(training.arguments.vector, History())
    content, what = read(path), f"The checkpoint {os.fspath(path)!r}"
    point = taken_up({"point": content.get("point")}, _point, what)
    if np.shape(point) != (training.arguments.size,):
        raise InvalidOptimizerState(
            what=what,
            reason=f"x0 has {training.arguments.size} trainable numbers, and it has "
            f"{'none' if point is None else np.size(point)}",
            remedy="Give the x0 of its first step, or another path.",
        )
    records = taken_up(content, _records, what)
    training.optimizer.from_json(content)
    return Progress(point, History(records), str(content.get("reason", "")))


def _point(point: Any) -> Nested:
    """Return the point of a checkpoint; anything but floats is refused."""
    if point is not None and getattr(point, "dtype", None) != np.float64:
        raise TypeError("its point is no array of float64")
    return point


def _records(*, records: Any, **_: Any) -> tuple[Record, ...]:
    return tuple(Record(**record) for record in records)
