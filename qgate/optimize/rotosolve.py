"""Rotosolve: minimize along one parameter after the other, each in closed form."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from qgate.arguments import is_text_among, keywords_of
from qgate.exceptions import InvalidOptimizerOption, described
from qgate.fourier.series import Interpolation, Series
from qgate.optimize.arguments import CONTAINERS, Arguments
from qgate.optimize.base import NoState, Optimizer
from qgate.optimize.frequencies import ByIndex, Frequencies
from qgate.optimize.objective import Objective
from qgate.optimize.options import count
from qgate.optimize.univariate import by_grid, by_shgo, of_one_frequency
from qgate.typing import FloatArray, Function, Nested


class RotosolveOptimizer(Optimizer[NoState]):
    r"""Optimizer that moves one parameter at a time to the minimum, with the others fixed.

    As a function of one parameter, the value is a Fourier series. The minimum of a series with one
    frequency has a closed form; one with several is reconstructed and searched.

    Parameters
    ----------
    substep_optimizer : {"brute", "shgo"} or callable
        Search of a series: on a grid that is refined, by ``scipy.optimize.shgo``, or by a function
        of the series and the ``substep_kwargs`` that returns the position of the minimum and its
        value, or None for the value.
    substep_kwargs : mapping, optional
        For ``brute``: ``num_steps``, the number of grids, 4, and ``Ns``, the points of each, 100.
        ``bounds``, a pair in a sequence, is the range of the search: by default a period of the
        lowest frequency around 0.

    Raises
    ------
    InvalidOptimizerOption

    Notes
    -----
    Cost: for each trainable number one submission of 2R + 1 circuits for R frequencies, if the
    objective is a QNode; another function is called for each value. The value before the step is
    among the first of them. Reference: Ostaszewski, Grant, Benedetti, Quantum 5, 391 (2021);
    Wierichs et al., Quantum 6, 677 (2022).

    Examples
    --------
    >>> from qgate import numpy as np
    >>> @qg.qnode("local")
    ... def circuit(x):
    ...     qg.RX(x, wires=0)
    ...     return qg.expval(qg.Z(0))
    >>> x = RotosolveOptimizer().step(circuit, np.array(0.5), nums_frequency={"x": {(): 1}})
    >>> print(circuit(x).round(6))
    -1.0
    """

    state_class = NoState

    def __init__(
        self,
        substep_optimizer: str | Function = "brute",
        substep_kwargs: Mapping[str, Nested] | None = None,
    ) -> None:
        self.substep_kwargs = keywords_of(self.name, "substep_kwargs", substep_kwargs)
        if isinstance(substep_optimizer, str) and substep_optimizer == "brute":
            self.substep_kwargs = {"num_steps": 4, "Ns": 100, **self.substep_kwargs}
            count(self.name, num_steps=self.substep_kwargs["num_steps"])
            count(self.name, least=3, Ns=self.substep_kwargs["Ns"])
        known = {"brute": by_grid, "shgo": by_shgo}
        self.substep_optimizer: Any = substep_optimizer
        if not callable(substep_optimizer):
            if not is_text_among(substep_optimizer, known):
                raise InvalidOptimizerOption(
                    optimizer=self.name,
                    option="substep_optimizer",
                    value=substep_optimizer,
                    needed="'brute', 'shgo' or a function",
                )
            self.substep_optimizer = known[substep_optimizer]
        super().__init__()

    def step(
        self,
        objective_fn: Function,
        *args: Nested,
        full_output: bool = False,
        **options: Nested,
    ) -> Nested:
        """Take one step; as ``step_and_cost``, without the value."""
        point, _, *least = self.step_and_cost(
            objective_fn, *args, full_output=full_output, **options
        )
        return (point, least[0]) if full_output else point

    def step_and_cost(
        self,
        objective_fn: Function,
        *args: Nested,
        nums_frequency: ByIndex | None = None,
        spectra: ByIndex | None = None,
        shifts: ByIndex | None = None,
        full_output: bool = False,
        **kwargs: Nested,
    ) -> Nested:
        """Move every trainable number once; return the new arguments and the value before.

        Parameters
        ----------
        objective_fn : callable
            A QNode, or any function of QNodes; returns one real number.
        args
            Its positional arguments; trainable arrays are updated.
        nums_frequency : mapping
            For names of arguments and indices, () for a number, the number R of frequencies
            1, 2, ..., R.
        spectra : mapping
            Instead, the frequencies as ``qg.fourier.qnode_spectrum`` returns them.
        shifts : mapping, optional
            For names and indices with a spectrum of several frequencies, the 2R + 1 shifts
            (radians) at which it is evaluated.
        full_output : bool
            Whether to return the least value along each number as well.
        kwargs
            Keyword arguments of the objective.

        Returns
        -------
        args : array, or list
        cost : float
        least : list of float
            With ``full_output``.

        Raises
        ------
        NothingTrainable, UnsuitableObjective InvalidOptimizerOption
            The frequencies of a trainable number are not given.
        InvalidReconstruction
            They are no frequencies, or the shifts do not fit them.
        """
        objective = Objective(objective_fn, kwargs, self.name)
        arguments = Arguments.of(args, optimizer=self.name)
        known = Frequencies.of(nums_frequency, spectra, shifts, self.name)
        coordinates = list(_coordinates(objective, arguments, known))
        vector, cost, least = arguments.vector.copy(), None, []
        for coordinate in coordinates:
            before, values = _measured(objective, arguments, vector, coordinate, cost is None)
            cost = before if cost is None else cost
            vector[coordinate.position], value = self._minimum(
                coordinate, values, vector[coordinate.position]
            )
            least.append(value)
        found = arguments.returned(vector)
        return (found, cost, least) if full_output else (found, cost)

    def _minimum(
        self, coordinate: _Coordinate, values: FloatArray, center: float
    ) -> tuple[float, float]:
        """Return the position of the minimum along a coordinate, and the value there."""
        interpolation = coordinate.interpolation
        series = interpolation.series(values, center)
        if not len(interpolation.frequencies):
            return center, float(values[0])
        if len(interpolation.frequencies) == 1:
            return of_one_frequency(series)
        half = np.pi / interpolation.frequencies.min()
        options = {"bounds": ((-half, half),), **self.substep_kwargs}
        place, value = self.substep_optimizer(_scalar(series), **options)
        return float(place), float(series(place) if value is None else value)


@dataclass(frozen=True)
class _Coordinate:
    """A trainable number: its position in the vector, and the interpolation of its series."""

    position: int
    interpolation: Interpolation


def _coordinates(
    objective: Objective, arguments: Arguments, known: Frequencies
) -> Iterator[_Coordinate]:
    """Yield the trainable numbers, in order."""
    names, position = _names(objective, len(arguments.args)), 0
    for at in arguments.positions:
        array = arguments.args[at]
        if isinstance(array, CONTAINERS):
            raise objective.refused(
                f"its argument {described(names[at])} is a {type(array).__name__}, and "
                "frequencies belong to indices of arrays",
                "Give it an array of qgate.numpy.",
            )
        for index in np.ndindex(array.shape):
            yield _Coordinate(position, known.interpolation(names[at], index))
            position += 1


def _measured(
    objective: Objective,
    arguments: Arguments,
    vector: FloatArray,
    coordinate: _Coordinate,
    with_value: bool,
) -> tuple[float | None, FloatArray]:
    """Return the value here if requested, and those at the shifts, in one submission."""
    shifts = coordinate.interpolation.shifts
    here = np.flatnonzero(shifts == 0.0)
    extra = [0.0] if with_value and not len(here) else []
    points = []
    for shift in [*shifts, *extra]:
        moved = vector.copy()
        moved[coordinate.position] += shift
        points.append(arguments.at(moved))
    values = objective.values(points)
    before = values[-1] if extra else values[here[0]] if len(here) else None
    return before, values[: len(shifts)]


def _names(objective: Objective, number: int) -> list[str]:
    """Return the names of the positional arguments."""
    target = objective.qnode.func if objective.is_qnode else objective.function
    names = list(inspect.signature(target).parameters)
    return [*names, *(f"argument {at}" for at in range(len(names), number))][:number]


def _scalar(series: Series) -> Callable[[Any], Any]:
    """Return a series as a function of a number, or of an array with one number as SciPy passes."""

    def value(x: Nested) -> Nested:
        found = np.asarray(series(np.squeeze(np.asarray(x, dtype=float))))
        return found if found.ndim else float(found)

    return value
