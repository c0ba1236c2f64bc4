"""Rotoselect: optimize rotation axes and angles together, gate by gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from qgate.arguments import require_function, sequence_of
from qgate.autodiff.returns import leaves, rebuilt
from qgate.exceptions import InvalidOptimizerOption
from qgate.numpy.tensors import marked, tensor
from qgate.operations import RX, RY, RZ
from qgate.optimize.arguments import flat
from qgate.optimize.base import NoState, Optimizer
from qgate.optimize.objective import Objective
from qgate.typing import FloatArray, Function, Nested

Generators = Sequence[Nested]


class RotoselectOptimizer(Optimizer[NoState]):
    r"""Optimizer that sets each gate in turn to the generator and the angle of the least value.

    With one gate free, the value is :math:`c + a \cos(\theta - b)` for each generator, which three
    points determine. At angle 0 every rotation is the identity, so all generators share this point.

    Parameters
    ----------
    possible_generators : sequence of gate classes, optional
        Default RX, RY and RZ. Each is :math:`e^{-i\theta G/2}` with :math:`G^2 = 1`.

    Raises
    ------
    InvalidOptimizerOption
        There are none.

    Notes
    -----
    Cost: for each gate one submission of 2n + 1 circuits for n generators, if the objective is a
    QNode; another function is called for each value. The value before the step is one circuit of
    the first submission. Reference: Ostaszewski, Grant, Benedetti, Quantum 5, 391 (2021).

    Examples
    --------
    >>> @qg.qnode("local")
    ... def circuit(x, generators=None):
    ...     generators[0](x[0], wires=0)
    ...     return qg.expval(qg.Z(0))
    >>> x, generators = RotoselectOptimizer().step(circuit, [0.3], generators=[qg.RZ])
    >>> print(generators[0].__name__, circuit(x, generators).round(6))
    RY -1.0
    """

    state_class = NoState
    changes_arguments = False

    def __init__(self, possible_generators: Generators | None = None) -> None:
        self.possible_generators = (
            (RX, RY, RZ)
            if possible_generators is None
            else tuple(_gates(self.name, "possible_generators", possible_generators))
        )
        if not self.possible_generators:
            raise InvalidOptimizerOption(
                optimizer=self.name,
                option="possible_generators",
                value=possible_generators,
                needed="a sequence of rotation gates such as [qg.RX, qg.RY, qg.RZ]",
            )
        super().__init__()

    def step(
        self, objective_fn: Function, x: Nested, generators: Generators, **kwargs: Nested
    ) -> tuple[Any, list[Nested]]:
        """Take one step; as ``step_and_cost``, without the value."""
        point, chosen, _ = self._advance(objective_fn, x, generators, kwargs, valued=False)
        return point, chosen

    def step_and_cost(
        self, objective_fn: Function, x: Nested, generators: Generators, **kwargs: Nested
    ) -> tuple[Any, list[Nested], np.float64]:
        """Optimize every gate once; return angles, generators and the value before.

        Parameters
        ----------
        objective_fn : callable
            Called as ``objective_fn(x, generators=generators, **kwargs)``; returns one real number.
        x : array, number, or nested list of them
            The angles (radians), all of which are updated.
        generators : sequence of gate classes
            One for each angle; it is not changed in place.

        Returns
        -------
        x
            In the form in which it was given.
        generators : list of gate classes
        cost : float

        Raises
        ------
        UnsuitableObjective
            The numbers of generators and angles differ, or the function did not return one number.
        """
        return self._advance(objective_fn, x, generators, kwargs, valued=True)

    def _advance(
        self,
        function: Function,
        x: Nested,
        generators: Generators,
        kwargs: Mapping[str, Nested],
        *,
        valued: bool,
    ) -> tuple[Any, list[Nested], Any]:
        objective = Objective(function, kwargs, self.name)
        angles, chosen, cost = flat(leaves(x)), _gates(self.name, "generators", generators), None
        if len(angles) != len(chosen):
            raise objective.refused(
                f"it was given {len(angles)} angles and {len(chosen)} generators",
                "Give one generator for each angle.",
            )
        for gate in range(len(angles)):
            wanted = (valued and gate == 0) or chosen[gate] not in self.possible_generators
            here, values = self._measured(objective, x, angles, chosen, gate, wanted)
            cost = here if gate == 0 else cost
            angles[gate], chosen[gate] = self._best(
                values, angles[gate], chosen[gate], np.inf if here is None else float(here)
            )
        return _like(x, angles), chosen, cost

    def _measured(
        self,
        objective: Objective,
        x: Nested,
        angles: FloatArray,
        chosen: list[Nested],
        gate: int,
        wanted: bool,
    ) -> tuple[np.float64 | None, FloatArray]:
        """Return the value here if requested, and those at 0 and at a quarter turn either way."""
        quarter = np.pi / 2
        first = self.possible_generators[0]
        turns = [
            (kind, angle) for kind in self.possible_generators for angle in (quarter, -quarter)
        ]
        points, named = [], []
        for kind, angle in [(first, 0.0), *turns, *([(chosen[gate], angles[gate])] * wanted)]:
            moved, kinds = angles.copy(), list(chosen)
            moved[gate], kinds[gate] = angle, kind
            points.append([_like(x, moved)])
            named.append({"generators": kinds})
        values = objective.values(points, named)
        return (values[-1] if wanted else None), values[: 1 + len(turns)]

    def _best(
        self, values: FloatArray, angle: float, generator: Function, here: float
    ) -> tuple[float, Any]:
        """Return the angle and the generator of the least value; of equal ones the later."""
        known = generator in self.possible_generators
        best, least = (angle, generator), np.inf if known else here
        for at, kind in enumerate(self.possible_generators):
            zero, plus, minus = values[0], values[1 + 2 * at], values[2 + 2 * at]
            middle, sine = (plus + minus) / 2, (plus - minus) / 2
            value = middle - np.hypot(zero - middle, sine)
            if value <= least + 1e-12 * max(1.0, abs(value)):
                least = value
                turn = -np.pi / 2 - np.arctan2(2 * zero - plus - minus, plus - minus)
                best = (turn + 2 * np.pi if turn <= -np.pi else turn), kind
        return float(best[0]), best[1]


def _like(x: Nested, angles: FloatArray) -> Nested:
    """Return angles in the form of ``x``."""
    parts, start = [], 0
    for leaf in leaves(x):
        size, shape = np.size(leaf), np.shape(leaf)
        part = angles[start : start + size].reshape(shape)
        start += size
        if isinstance(leaf, tensor):
            parts.append(marked(part, leaf.requires_grad))
        else:
            parts.append(part if isinstance(leaf, np.ndarray) else float(part))
    return rebuilt(x, iter(parts))


def _gates(optimizer: str, option: str, generators: Generators) -> list[Nested]:
    gates = sequence_of(optimizer, option, generators)
    for gate in gates:
        require_function(optimizer, option, gate)
    return gates
