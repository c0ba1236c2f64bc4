"""Usage: submissions, shots, dollars and time that requests took, or may take."""

from __future__ import annotations

from dataclasses import dataclass

from qgate.prices import HUNDREDTH_OF_A_MICRO_USD


@dataclass(frozen=True, slots=True)
class Usage:
    """Usage of requests to devices; the usages of two requests add up.

    Parameters
    ----------
    submissions : int
        Billed requests to providers.
    shots : int
    usd : float or None
        US dollars; None: unknown.
    executions : int
        Circuits that were executed: rows times measurement bases.
    seconds : float
        Elapsed time.

    Examples
    --------
    >>> print(Usage(1, 100, 0.4) + Usage(2, 300, 0.7))
    3 submissions, 400 shots, 1.10 USD
    """

    submissions: int = 0
    shots: int = 0
    usd: float | None = 0.0
    executions: int = 0
    seconds: float = 0.0

    def __add__(self, other: Usage) -> Usage:
        return self._combined(other, 1)

    def __sub__(self, other: Usage) -> Usage:
        return self._combined(other, -1)

    def _combined(self, other: Usage, sign: int) -> Usage:
        known = self.usd is not None and other.usd is not None
        usd = self.counted_usd + sign * other.counted_usd
        return Usage(
            self.submissions + sign * other.submissions,
            self.shots + sign * other.shots,
            round(usd, HUNDREDTH_OF_A_MICRO_USD) if known else None,
            self.executions + sign * other.executions,
            self.seconds + sign * other.seconds,
        )

    @property
    def counted_usd(self) -> float:
        """US dollars that budgets count: unknown ones count as 0."""
        return 0.0 if self.usd is None else self.usd

    def __str__(self) -> str:
        return f"{self.submissions} submissions, {self.shots} shots, {self.counted_usd:.2f} USD"
