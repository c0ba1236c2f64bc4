"""Reflections about prepared states, and the amplification of amplitudes by them."""

from __future__ import annotations

from math import acosh, cosh, pi, sqrt

import numpy as np

from qgate.arguments import finite_number, truth, whole_number
from qgate.exceptions import InvalidParameters, WireError, described
from qgate.operations.controls import controlled
from qgate.operations.fixed import Hadamard, PauliX
from qgate.operations.operator import Operator, require_operators
from qgate.operations.rotations import GlobalPhase, PhaseShift
from qgate.recording import paused
from qgate.sizes import check_size
from qgate.templates.base import positions
from qgate.templates.composed import Composed
from qgate.typing import Tensor, WiresLike
from qgate.wires import Wires


class Reflection(Composed):
    """The operator -1 + (1 - exp(i alpha)) U P U^dagger, with the projector P on the state 0.

    With alpha = pi it reflects about the state U|0>.

    Parameters
    ----------
    U : Operator
        Prepares the state. The parameters of the template are alpha, then those of U.
    alpha : float
        Angle in radians; may have a batch axis.
    reflection_wires : wires, optional
        Wires of U on whose state 0 P projects; default all of them.
    id : str, optional

    Raises
    ------
    InvalidParameters
        A reflection wire is not a wire of U, or there is none.

    Notes
    -----
    Cost: U, its adjoint and a controlled phase.
    """

    def __init__(
        self,
        U: Operator,
        alpha: Tensor = pi,
        reflection_wires: WiresLike | None = None,
        id: str | None = None,
    ) -> None:
        require_operators("Reflection", U)
        chosen = _reflected("Reflection", U, reflection_wires)
        with paused():
            phase = PhaseShift(alpha, wires=chosen[-1])
        places = positions(U.wires, chosen)
        super().__init__([phase, U], U.wires, {"reflection_wires": places}, id=id)

    @property
    def alpha(self) -> Tensor:
        """The angle."""
        return self.data[0]

    @property
    def reflection_wires(self) -> Wires:
        """Wires on whose state 0 the projector projects."""
        return self.at(self.options["reflection_wires"])

    def gates(self) -> list[Operator]:
        phase, prepare = self.parts
        *others, last = self.reflection_wires
        flip = PauliX(wires=last)
        zero = controlled(phase, others, (False,) * len(others))
        return [GlobalPhase(pi), prepare.adjoint(), flip, zero, flip, prepare]


class AmplitudeAmplification(Composed):
    """Raises the amplitude of the states that an oracle marks.

    Parameters
    ----------
    U : Operator
        Prepares the state to begin with, which is not part of the template.
    O : Operator
        The oracle, which changes the sign of the marked states. With ``fixed_point`` it is applied
        under control. The parameters of the template are those of U, then those of O.
    iters : int
        Number of iterations; with ``fixed_point`` they go in pairs.
    fixed_point : bool
        Whether phases are used for which the amplitude does not fall again after its maximum.
    work_wire : wire, optional
        Another wire; required with ``fixed_point``.
    p_min : float
        With ``fixed_point``, a lower bound for the probability of the marked states, between 0
        and 1.
    reflection_wires : wires, optional
        As for ``Reflection``.

    Raises
    ------
    InvalidParameters
        A number is out of range, or the wires do not fit.
    WireError
        The work wire is missing.

    Notes
    -----
    Reference: Brassard et al., quant-ph/0005055; Yoder et al., Phys. Rev. Lett. 113, 210501 (2014).
    """

    def __init__(
        self,
        U: Operator,
        O: Operator,  # noqa: E741 (the name in PennyLane)
        iters: int = 1,
        fixed_point: bool = False,
        work_wire: WiresLike | None = None,
        p_min: float = 0.9,
        reflection_wires: WiresLike | None = None,
    ) -> None:
        name = "AmplitudeAmplification"
        require_operators(name, U, O)
        by_phases = truth(name, "fixed_point", fixed_point)
        on = Wires.all_wires([U.wires, O.wires])
        extra = _work_wire(on, work_wire) if by_phases else Wires()
        count, least = _numbers(iters, p_min)
        options = {
            "iters": count,
            "fixed_point": by_phases,
            "p_min": least,
            "reflection_wires": positions(U.wires, _reflected(name, U, reflection_wires)),
        }
        super().__init__([U, O], (*on, *extra), options)

    def gates(self) -> list[Operator]:
        prepare, oracle = self.parts
        wires = Wires([prepare.wires[place] for place in self.options["reflection_wires"]])
        if not self.options["fixed_point"]:
            return [oracle, Reflection(prepare, pi, wires)] * self.options["iters"]
        work = self.wires[-1]
        query = [Hadamard(work), controlled(oracle, work), Hadamard(work)]
        gates: list[Operator] = []
        for alpha, beta in zip(*_phases(self.options["iters"], self.options["p_min"]), strict=True):
            gates += [*query, PhaseShift(beta, wires=work), *query]
            gates.append(Reflection(prepare, -alpha, wires))
        return gates


def _phases(iters: int, p_min: float) -> tuple[list[float], list[float]]:
    """Return the angles of the reflections about the state and about the marked states."""
    if iters < 2:
        return [], []
    gamma = 1 / cosh(acosh(1 / sqrt(1 - p_min)) / iters)
    turns = np.tan(2 * pi * np.arange(1, iters // 2 + 1) / iters) * sqrt(1 - gamma**2)
    alphas = (2 * np.arctan2(1.0, np.abs(turns)) * np.where(turns < 0, -1, 1)).tolist()
    return alphas, [-alpha for alpha in reversed(alphas)]


def _reflected(template: str, operator: Operator, wires: WiresLike | None) -> Wires:
    """Return some wires of an operator, at least one; default all."""
    chosen = operator.wires if wires is None else Wires(wires)
    if not chosen or not set(chosen) <= set(operator.wires):
        raise InvalidParameters(
            f"{template} was given reflection_wires={list(chosen)} and an operator on "
            f"{list(operator.wires)}. Name some of the wires of the operator."
        )
    return chosen


def _work_wire(taken: Wires, work_wire: WiresLike | None) -> Wires:
    """Return the work wire, another one than those of the operators."""
    if work_wire is None:
        raise WireError(
            "AmplitudeAmplification with fixed_point=True needs a work wire. Give work_wire, a "
            "wire on which neither U nor O acts."
        )
    wires = Wires(work_wire)
    if len(wires) != 1 or wires[0] in set(taken):
        raise InvalidParameters(
            f"AmplitudeAmplification was given work_wire={list(wires)}; its operators act on "
            f"{list(taken)}. Give one other wire."
        )
    return wires


def _numbers(iters: object, p_min: object) -> tuple[int, float]:
    """Return the number of iterations and the bound of the probability."""
    count, least = whole_number(iters), finite_number(p_min)
    if count is None or count < 0 or least is None or not 0 < least < 1:
        raise InvalidParameters(
            f"AmplitudeAmplification was given iters={described(iters)} and "
            f"p_min={described(p_min)}. Give a whole number of iterations, at least 0, and a "
            "probability between 0 and 1."
        )
    check_size("AmplitudeAmplification", count, unit="iterations", remedy="Take fewer.")
    return count, least
