"""Limits on shots, dollars and submissions, and accounts of their usage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import isfinite
from numbers import Integral, Real
from typing import TYPE_CHECKING
from warnings import warn

from qgate.arguments import whole_number
from qgate.exceptions import BudgetExceeded, InvalidBudget, described, suggest

if TYPE_CHECKING:
    from qgate.usage import Usage

ROUNDS = (1, 2, 3)
"""Numbers of measurement rounds that a budgeted gradient may take."""

RENAMED = {"total": "shots", "max_submissions": "submissions"}
"""Former names of limits, which raise a ``DeprecationWarning``."""

MEANT = {
    **dict.fromkeys(("dollars", "dollar", "cost", "money", "price", "max_usd", "eur"), "usd"),
    **dict.fromkeys(("total_shots", "max_shots", "n_shots"), "shots"),
    **dict.fromkeys(("jobs", "tasks", "circuits"), "submissions"),
}
"""Limits that a budget does not have, and the one that is probably meant."""

OF_A_RUN = "run "
"""Beginning of the names of accounts of budgets without a name, before the name of their run."""

LIMITS = {"submissions": "{:d} submissions", "shots": "{:d} shots", "usd": "{:.2f} USD"}
"""Names of the limits, each with the format of its amounts."""

NO_LIMIT = "none"
"""Text of the command line for a limit that is removed."""

ROUNDING_USD = 1e-9
"""Excess in dollars that is rounding, and no use."""

MOST_COUNTED = 2**53
"""Largest limit on shots and on submissions; float64, in which shots are divided, is exact to it.
"""


@dataclass(frozen=True, init=False)
class Budget:
    """Limit on shots, dollars and submissions; a request that would exceed it is refused, not sent.

    As ``shots`` of a QNode, it limits each call: a value together with its gradient. As ``budget``
    of ``qg.run``, it limits everything that runs inside the run. Every function with an argument
    ``budget`` reads a plain number as a number of shots.

    Parameters
    ----------
    shots : int, optional
        Shots of all circuits together.
    usd : float, optional
        US dollars, compared with the upper end of the cost estimate before each submission.
    submissions : int, optional
        Billed requests to the provider.
    rounds : {1, 2, 3}, optional
        Maximum number of measurement rounds with which a gradient learns how to allocate its shots;
        default: as many as are worthwhile.
    name : str, optional
        Runs that share a journal share budgets of the same name. Default: each run has its own.

    Raises
    ------
    InvalidBudget
        There is no limit, a limit is unknown or not a positive number, or a number of shots or
        submissions is above 2**53.

    Examples
    --------
    >>> Budget(shots=100_000, usd=20)
    Budget(shots=100000, usd=20.0)
    """

    shots: int | None
    usd: float | None
    submissions: int | None
    rounds: int | None
    name: str | None

    def __init__(
        self,
        shots: float | None = None,
        *,
        usd: float | None = None,
        submissions: float | None = None,
        rounds: int | None = None,
        name: str | None = None,
        **former: float | None,
    ) -> None:
        given = _renamed({"shots": shots, "usd": usd, "submissions": submissions}, former)
        limits = {
            name: (_amount if name == "usd" else _count)(name, limit)
            for name, limit in given.items()
        }
        if name is not None and not (isinstance(name, str) and name):
            raise InvalidBudget(reason=f"name={described(name)} is not a text")
        if name is not None and name.startswith(OF_A_RUN):
            raise InvalidBudget(
                reason=f"name={described(name)} is that of a budget without a name, of the run "
                f"{described(name.removeprefix(OF_A_RUN))}"
            )
        if all(limit is None for limit in limits.values()):
            raise InvalidBudget(reason="it limits nothing")
        if rounds is not None and whole_number(rounds) not in ROUNDS:
            raise InvalidBudget(reason=f"rounds={described(rounds)} is not one of {ROUNDS}")
        for field, value in {**limits, "rounds": rounds, "name": name}.items():
            object.__setattr__(self, field, value)

    @property
    def limits(self) -> dict[str, float]:
        """The limits that the budget has, by name."""
        limits = {name: getattr(self, name) for name in LIMITS}
        return {name: limit for name, limit in limits.items() if limit is not None}

    def __repr__(self) -> str:
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        given = [
            f"{name}={described(value)}" for name, value in values.items() if value is not None
        ]
        return f"Budget({', '.join(given)})"


@dataclass(frozen=True, slots=True)
class BudgetAccount:
    """Account of a budget: the budget, and the name under which its usage is counted."""

    name: str
    budget: Budget

    def check(self, asked: Usage, spent: Usage, what: str) -> None:
        """Refuse a usage that exceeds the rest of the budget.

        Parameters
        ----------
        asked, spent : Usage
            Of the request, and of everything before it.
        what : str
            Name of the request in the error.

        Raises
        ------
        BudgetExceeded
        """
        for name, limit in self.budget.limits.items():
            amounts = getattr(asked, name), getattr(spent, name)
            if sum(amounts) > limit + (ROUNDING_USD if name == "usd" else 0):
                asked_text, spent_text, limit_text = (
                    LIMITS[name].format(amount) for amount in (*amounts, limit)
                )
                raise BudgetExceeded(
                    what=what,
                    asked=asked_text,
                    spent=spent_text,
                    limit=limit_text,
                    budget=repr(self.name),
                )


def budget_of(budget: Budget | int | None) -> Budget | None:
    """Return the budget that an argument ``budget`` stands for; a plain number limits shots.

    Parameters
    ----------
    budget : Budget, int or None

    Raises
    ------
    InvalidBudget
        The argument is neither, or not a positive whole number.
    """
    if budget is None or isinstance(budget, Budget):
        return budget
    try:
        return Budget(shots=budget)
    except InvalidBudget as error:
        reason = (
            f"{described(budget)} is neither a Budget nor a positive whole number, which is one "
            "of shots; qg.Budget(usd=...) limits dollars"
        )
        raise InvalidBudget(reason=reason) from error


def _renamed(
    limits: dict[str, float | None], former: Mapping[str, float | None]
) -> dict[str, float | None]:
    """Return the limits by their present names, with those that were given by a former one."""
    for name, limit in former.items():
        if name not in RENAMED:
            near = suggest(name, [field.name for field in fields(Budget)])
            meant = f" Did you mean {MEANT[name]!r}?" if name in MEANT else near
            raise InvalidBudget(reason=f"it has no {name!r}.{meant}".rstrip(".?"))
        present = RENAMED[name]
        warn(f"{name} of a Budget is called {present} now", DeprecationWarning, stacklevel=3)
        if limits[present] not in (None, limit):
            raise InvalidBudget(reason=f"{name} and {present} are one limit, and differ")
        limits[present] = limit
    return limits


def _count(name: str, value: float | None) -> int | None:
    if value is None:
        return None
    whole = isinstance(value, Integral) or (isinstance(value, float) and value.is_integer())
    if isinstance(value, bool) or not whole or value <= 0:
        raise InvalidBudget(reason=f"{name}={described(value)} is not a positive whole number")
    if value > MOST_COUNTED:
        raise InvalidBudget(reason=f"{name}={described(value)} is above 2**53")
    return int(value)


def _amount(name: str, value: float | None) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, Real) or not isfinite(value) or value <= 0:
        raise InvalidBudget(reason=f"{name}={described(value)} is not a positive amount")
    return float(value)
