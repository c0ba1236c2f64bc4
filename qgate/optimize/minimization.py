"""Training loop: steps of an optimizer until a stopping rule applies."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

from qgate.arguments import keywords_of, require_accepts
from qgate.budget import Budget, budget_of
from qgate.context import active_run
from qgate.exceptions import InvalidOptimizerOption
from qgate.optimize.estimates import Estimate
from qgate.optimize.history import History, Record
from qgate.optimize.options import count, flags, positive
from qgate.optimize.stopping import Stopping
from qgate.optimize.training import Progress, Training, resumed, saved
from qgate.short_repr import error_bars
from qgate.typing import Function, Nested

ENDED = ("tol", "noise", "floor", "callback")
"""Reasons for which a resumed minimization takes no more steps."""

FLOOR = "floor: the gradient is within the errors of the device, and more shots do not help"
"""Text of the reason ``floor``."""


@dataclass(frozen=True)
class Minimum:
    """Result of a minimization.

    Parameters
    ----------
    x : array, or tuple of arguments
        After the last step.
    value, error : float or None
        Before the last step, with its standard error; None if it is unknown.
    reason : str
        Why no more steps were taken: ``steps``, ``tol`` (values change by less), ``noise`` (the
        gradient is not significantly different from zero), ``floor`` (it is, but not by its total
        errors, and more shots do not help), ``budget`` (the rest does not allow a step) or
        ``callback``.
    history : History
        Every step, with its usage.
    optimizer : Optimizer
        With its state.
    """

    x: Nested
    value: float | None
    error: float | None
    reason: str
    history: History
    optimizer: Any

    @classmethod
    def of(cls, training: Training, progress: Progress, reason: str) -> Minimum:
        """Return the result of a training so far."""
        args = training.arguments.at(progress.point)
        last = progress.history.records[-1] if progress.history.records else None
        return cls(
            args[0] if training.bare else tuple(args),
            None if last is None else last.value,
            None if last is None else last.error,
            reason,
            progress.history,
            training.optimizer,
        )

    def plot(self, axes: Any = None) -> Nested:
        """Plot the values against shots, or steps; see ``History.plot``."""
        return self.history.plot(axes)

    def __repr__(self) -> str:
        return f"<Minimum: {self}>"

    def __str__(self) -> str:
        history = self.history
        reason = FLOOR if self.reason == "floor" else self.reason
        usd = "unknown" if history.usd is None else f"{history.usd:.2f}"
        return (
            f"{_with_errors(history.records)} after {len(history)} steps ({reason}), "
            f"{history.shots:,} shots, {history.submissions:,} submissions, {usd} USD, "
            f"{history.seconds:.1f} s"
        )


def minimize(
    cost: Function,
    x0: Nested,
    *,
    optimizer: Any = None,
    steps: int = 100,
    budget: Budget | int | None = None,
    tol: float | None = None,
    callback: Callable[[Minimum], Any] | None = None,
    run: AbstractContextManager[Any] | None = None,
    estimate: Callable[..., Estimate] | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    progress: bool = False,
    seed: int | None = None,
    options: Mapping[str, Nested] | None = None,
) -> Minimum:
    """Minimize a function, and keep a history of values, errors and costs.

    Parameters
    ----------
    cost : callable
        A QNode, or a function of QNodes; returns one real number.
    x0 : array, or tuple of arguments
        Starting point. Trainable arrays are updated; if nothing is marked as trainable, every
        number is.
    optimizer : Optimizer, optional
        Default ``AdamOptimizer(0.1)``. It continues from its current state.
    steps : int
        Maximum number of steps, including those of an earlier run of the same checkpoint.
    budget : Budget or int, optional
        Limit for all steps together; a number limits shots. A step is not begun if the rest is less
        than the usage of the last step. The usage of the first step is not known beforehand.
    tol : float, optional
        Stop if the mean of 5 values differs from that of the 5 before by less than this, or by
        less than twice the standard error of the difference.
    callback : callable, optional
        Called with a ``Minimum`` after each step; stops if it returns True.
    run : Run, optional
        ``qg.run(...)``, entered around all steps. Their submissions are recorded and paid for once,
        and the same program resumes where it ended. Dollars are counted only then.
    estimate : callable, optional
        Called with the arguments in place of ``qg.grad(cost)``; returns an ``Estimate``, as
        ``qg.gradient_estimate(cost)`` does. The minimization then stops if the gradient is not
        significantly different from zero twice in a row, at a level of 95 %: by its standard
        errors (``noise``), or with mitigation by its total errors (``floor``). For optimizers with
        a ``grad_fn``.
    checkpoint : path, optional
        File that is written after each step. If it exists, the minimization continues from it, bit
        for bit.
    progress : bool
        Whether to report progress in a line on the standard error stream.
    seed : int, optional
        Seed of each step's samples, if the device takes seeds of calls. Without it, samples are
        drawn from the device's own generator, whose state is not part of a checkpoint.
    options : mapping, optional
        Keyword arguments of each step: those of ``cost``, and of the optimizer.

    Returns
    -------
    Minimum

    Raises
    ------
    UnsuitableObjective, NothingTrainable InvalidOptimizerOption
        The optimizer does not update arguments, does not support an option, or the budget is in
        dollars, which are counted only within a run.
    InvalidOptimizerState
        The checkpoint is damaged, or of another minimization.
    CheckpointNotWritten
        No checkpoint can be written there; before the first step, unless the disk is full later.

    Notes
    -----
    Cost: that of ``step_and_cost`` of the optimizer. Shots and submissions are those of the run,
    else counted by a tracker of the QNode's device, or of all devices for another function.

    Examples
    --------
    >>> from qgate import numpy as np
    >>> @qg.qnode("local")
    ... def circuit(x):
    ...     qg.RX(x, wires=0)
    ...     return qg.expval(qg.Z(0))
    >>> found = minimize(circuit, np.array(0.5), steps=200, tol=1e-6)
    >>> print(found.reason, found.history.submissions < 200, round(found.value, 3))
    tol True -1.0
    """
    given = keywords_of("minimize", "options", options)
    start = x0 if isinstance(x0, tuple) else (x0,)
    if callback is not None:
        require_accepts("minimize", "callback", callback, None)
    if estimate is not None and not given:  # which may hold further arguments of the function
        require_accepts("minimize", "estimate", estimate, *start)
    flags("minimize", progress=progress)
    training = Training.of(cost, x0, optimizer, seed=seed, options=given, estimate=estimate)
    stopping = Stopping(
        steps,
        training.arguments.size,
        *_checked_limits(steps=steps, tol=tol, budget=budget, run=run),
    )
    reached = resumed(training, checkpoint)
    ended = reached.reason if reached.reason in ENDED else None
    reason = ended or stopping.before(reached.history)
    with nullcontext() if run is None else run:
        while reason is None:
            reached = training.step(reached)
            reason = stopping.after(reached.history)
            if (
                callback is not None
                and callback(Minimum.of(training, reached, reason or "")) is True
            ):
                reason = "callback"
            if checkpoint is not None:
                saved(training, replace(reached, reason=reason or ""), checkpoint)
            if progress:
                _show(reached.history.records[-1], steps)
            reason = reason or stopping.before(reached.history)
    return Minimum.of(training, reached, reason)


def _checked_limits(
    *,
    steps: int,
    tol: float | None,
    budget: Budget | int | None,
    run: AbstractContextManager[Any] | None,
) -> tuple[float | None, Budget | None]:
    count("minimize", least=0, steps=steps)
    if tol is not None:
        positive("minimize", tol=tol)
    limit = budget_of(budget)
    if limit is not None and limit.usd is not None and run is None and active_run() is None:
        raise InvalidOptimizerOption(
            optimizer="minimize",
            option="budget",
            value=budget,
            needed="in shots or submissions, or go with run=qg.run(...), which knows what is paid",
        )
    return tol, limit


def _show(record: Record, steps: int) -> None:
    end = "\r" if sys.stderr.isatty() and record.step < steps else "\n"
    value = _with_errors([record])
    line = f"step {record.step}/{steps}: {value}, {record.shots:,} shots, {record.seconds:.2f} s"
    print(line, end=end, file=sys.stderr, flush=True)


def _with_errors(records: Sequence[Record]) -> str:
    """Return the text of the last value with its errors."""
    if not records:
        return "no value"
    last = records[-1]
    bars = error_bars(last.error, last.systematic) if last.error else ""
    return f"{last.value:.6f}{bars}"
