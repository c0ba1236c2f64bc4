"""Values and gradients that are estimated within a budget of shots, dollars or submissions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from qgate.budget import Budget
from qgate.estimation.problem import Problem, joined, repeated, value_problem
from qgate.estimation.rounds import Measured, measure_once, plan_all
from qgate.exceptions import UnsupportedDiffMethod
from qgate.execution.affordable import limits_of
from qgate.execution.budgeted import VALUE_SHARE, Spent, fitting, read, spend
from qgate.execution.run import Entry, checked
from qgate.execution.survey import Survey, survey
from qgate.execution.tower import Tower
from qgate.execution.trained import Trained
from qgate.gradients.method import Shifted, ShiftMethod
from qgate.gradients.parameter_shift import ParameterShift
from qgate.gradients.stencil import Stencil
from qgate.structure import Structure
from qgate.sweep import Sweep
from qgate.transforms.decompose import Decomposed
from qgate.transforms.readouts import freeze_observables
from qgate.typing import FloatArray

if TYPE_CHECKING:
    from qgate.devices.base import Device


@dataclass(frozen=True, eq=False)
class Question:
    """What a budget is asked for: numbers that a circuit measures, their derivatives, or both.

    Parameters
    ----------
    sweep : Sweep
        R rows, the coefficients of what is measured as constants.
    survey : Survey
        Of its structure, which measures M numbers.
    problem : Problem
        First R * M values if there are any, then for each row the derivatives, all by one
        parameter next to each other for each number.
    num_values : int
        R * M, or 0.
    """

    sweep: Sweep
    survey: Survey
    problem: Problem
    num_values: int

    def spend(self, budget: Budget, device: Device, *, prior: FloatArray | None = None) -> Spent:
        """Estimate all of it; errors as for ``execution.budgeted.spend``."""
        return spend(budget, self.problem, self.survey, self.circuits, device, prior=prior)

    def measure(
        self, shots: int, device: Device, *, least: int, prior: FloatArray | None = None
    ) -> Measured:
        """Estimate all of it in one call of the device, from circuits that all run.

        Parameters
        ----------
        shots : int
            Of all circuits; more where ``least`` asks for them.
        device : Device
        least : int
            The fewest of each circuit.
        prior : array, shape (S, B), optional
            As for ``execution.budgeted.spend``.
        """
        limits = limits_of(device)
        limits = replace(limits, least=max(limits.least, least))
        bases = self.survey.bases
        known = fitting(prior, self.problem, self.survey)
        return measure_once(
            self.problem,
            bases,
            plan_all(self.problem, bases, shots, limits, known),
            lambda counts: read(counts, self.survey, self.circuits, device),
        )

    def weighing(self, importance: FloatArray) -> Question:
        """Return the same where errors of outputs count otherwise, shape (O,); zero: not asked."""
        return replace(self, problem=self.problem.weighing(importance))

    @property
    def circuits(self) -> Sweep:
        """All rows that a budget may be spent on, in the device's gates."""
        native = self.survey.shifted.decomposed.sweep(self.sweep)
        points, rows = self.survey.offsets, native.rows
        every = (rows[:, None, :] + points[None, :, :]).reshape(-1, rows.shape[1])
        return native.with_rows(every, None)


def question(
    sweep: Sweep,
    slots: tuple[int, ...],
    device: Device,
    *,
    method: ShiftMethod,
    options: Mapping[str, Any],
    values: bool,
    derivatives: bool,
    grouping: str = "qwc",
    jacobian: FloatArray | None = None,
    budget: Budget,
) -> Question:
    """Return what is to be estimated.

    Parameters
    ----------
    sweep : Sweep
    slots : tuple of int
        The n slots that derivatives are taken by.
    device : Device
    method : ShiftMethod
        Its points are those of the derivatives.
    options : mapping
        Of the method.
    values, derivatives : bool
        What is asked for.
    grouping : {"qwc", "fc", "symmetry"}
    jacobian : array, shape (G, n), optional
        From derivatives by the slots to those that are wanted.
    budget : Budget
        Methods with a step choose it for these shots.

    Raises
    ------
    UnsupportedEstimate, UnknownGrouping
    """
    constant = _with_constants(freeze_observables(checked(sweep, device)))
    structure = constant.structure
    if derivatives and slots:
        shifted = method(
            structure, slots, order=1, shots=_shots_of_a_point(budget, slots), options=options
        )
    else:
        shifted = Shifted(Decomposed.unchanged(structure), _no_points(structure, len(slots)))
    cached = isinstance(method, ParameterShift)
    known = survey(structure, shifted, structure.wires, grouping, cached=cached)
    wanted = np.eye(len(slots)) if jacobian is None else np.ascontiguousarray(jacobian, dtype=float)
    problem = _problem(
        known, wanted.tobytes() if derivatives else None, len(slots), len(sweep), values=values
    )
    num_values = len(sweep) * known.observed.size if values else 0
    return Question(constant, known, problem, num_values)


@lru_cache(maxsize=32)
def _problem(
    known: Survey, jacobian: bytes | None, size: int, copies: int, *, values: bool
) -> Problem:
    """Return what is asked; a training whose angles are its parameters asks the same each step.

    ``jacobian``: the content of an array (G, size); None: derivatives are not asked for.
    """
    parts = []
    if values:
        observed = known.observed
        parts.append(value_problem(observed.coefficients, observed.constants))
    if jacobian is not None:
        parts.append(known.derivatives(np.frombuffer(jacobian).reshape(-1, size)))
    if len(parts) > 1:
        parts[0] = parts[0].weighing(_importance(parts[0], parts[1]))
    problems = [repeated(part, len(known.offsets), copies) for part in parts]
    problem = problems[0] if len(problems) == 1 else joined(*problems)
    if not known.representatives.vanishing.any():
        return problem
    return problem.without(known.representatives.vanishing)


def _importance(values: Problem, derivatives: Problem) -> FloatArray:
    """Return how much the errors of values count, so that they get their share of the shots."""
    own = float(np.sqrt(values.squares.sum(axis=1)).sum())
    others = float(np.sqrt(derivatives.squares.sum(axis=1)).sum())
    if not own or not others:
        return values.importance
    share = VALUE_SHARE / (1 - VALUE_SHARE) * others / own
    return values.importance * share**2


def _with_constants(sweep: Sweep) -> Sweep:
    """Return a sweep whose measurements have their coefficients as constants."""
    measured = sweep.structure.bind_measurements(sweep.arrays)
    return sweep.with_structure(sweep.structure.with_measurements(measured))


def _no_points(structure: Structure, size: int) -> Stencil:
    none = np.zeros(0, dtype=np.int64)
    return Stencil(np.zeros((0, structure.num_slots)), none, none, np.zeros(0), size, 1)


def _shots_of_a_point(budget: Budget, slots: tuple[int, ...]) -> int:
    """Return about how many shots each point of a central difference gets."""
    return max(1, (budget.shots or 10_000) // (2 * max(len(slots), 1)))


class BudgetTower(Tower):
    """Values and first derivatives within a budget.

    A call that will be differentiated spends it on both together. The value alone gets all of it.

    Parameters
    ----------
    trained, device
        As for every tower.
    budget : Budget
    method : ShiftMethod
    options : mapping

    Attributes
    ----------
    recorded : bool
        Whether a framework records derivatives, which are then bought with the value.
    """

    def __init__(
        self,
        trained: Trained,
        device: Device,
        budget: Budget,
        method: ShiftMethod,
        options: Mapping[str, Any],
    ) -> None:
        super().__init__(trained, device)
        self.budget, self.method, self.options = budget, method, options
        self.recorded = False

    def entries(self, sweep: Sweep) -> Sequence[Entry]:
        return estimated_values(sweep, self.budget, self.device)

    def require(self, order: int) -> None:
        super().require(order)
        if order > 1:
            raise UnsupportedDiffMethod(
                method=self.limits.method,
                reason="a budget is spent on a value and a gradient, and a derivative of order "
                f"{order} is being taken",
                remedy="Give a plain number of shots for higher ones.",
            )

    def compute(
        self, order: int, highest: int, x: FloatArray, value: FloatArray | None = None
    ) -> dict[int, FloatArray]:
        sweep = self.trained.at(x)
        derivatives = highest > 0 or self.recorded
        asked = question(
            replace(sweep, shots=None),
            self.trained.slots,
            self.device,
            method=self.method,
            options=self.options,
            values=value is None,
            derivatives=derivatives,
            budget=self.budget,
        )
        outputs = asked.spend(self.budget, self.device).measured.estimated.outputs
        self._note_shapes(asked)
        count, size = asked.num_values, asked.survey.observed.size
        found: dict[int, FloatArray] = (
            {} if not count else {0: outputs[:count].reshape(len(x), size)}
        )
        if derivatives:
            found[1] = outputs[count:].reshape(len(x), size, len(self.trained.slots))
        return found

    def _note_shapes(self, asked: Question) -> None:
        self.shapes = list(asked.survey.observed.shapes)
        self.complex = [False] * len(self.shapes)


def estimated_values(sweep: Sweep, budget: Budget, device: Device) -> list[FloatArray]:
    """Return what a sweep measures within a budget, an array (K, ...) for each measurement."""
    asked = question(
        replace(sweep, shots=None),
        (),
        device,
        method=ParameterShift(),
        options={},
        values=True,
        derivatives=False,
        budget=budget,
    )
    outputs = asked.spend(budget, device).measured.estimated.outputs
    flat, parts, start = outputs.reshape(len(sweep), -1), list[FloatArray](), 0
    for shape in asked.survey.observed.shapes:
        size = int(np.prod(shape))
        parts.append(flat[:, start : start + size].reshape(len(sweep), *shape))
        start += size
    return parts
