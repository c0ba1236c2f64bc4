"""Prices of shots and submissions."""

from __future__ import annotations

from dataclasses import dataclass, replace

HUNDREDTH_OF_A_MICRO_USD = 8
"""Number of decimals to which sums of dollars are rounded."""

FIGURES = {"per_task_usd": "task", "per_shot_usd": "shot", "per_second_usd": "second"}
"""Figures of a rate, each with the unit of the price."""


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars between two bounds; an exactly known price has equal bounds.

    >>> Price(0.3, 0.3) + Price(1, 2)
    Price(low_usd=1.3, high_usd=2.3)
    """

    low_usd: float = 0.0
    high_usd: float = 0.0

    @classmethod
    def exactly(cls, usd: float) -> Price:
        """Return an exactly known price."""
        return cls(usd, usd)

    def __add__(self, other: Price) -> Price:
        return Price(
            round(self.low_usd + other.low_usd, HUNDREDTH_OF_A_MICRO_USD),
            round(self.high_usd + other.high_usd, HUNDREDTH_OF_A_MICRO_USD),
        )

    def __str__(self) -> str:
        if self.low_usd == self.high_usd:
            return f"{self.high_usd:.2f} USD"
        return f"{self.low_usd:.2f} to {self.high_usd:.2f} USD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Rate of a device, with source and date.

    Parameters
    ----------
    per_task_usd : float
        Price of each submission.
    per_shot_usd : float
    per_second_usd : float
        Price of each second of the device's time.
    minimum_s : float
        Minimum number of seconds charged for a submission.
    source : str
        Source of the figures.
    date : str
        Date of the source, as YYYY-MM-DD.

    Examples
    --------
    >>> rate = Rate(per_task_usd=0.3, per_shot_usd=0.01, source="price list", date="2026-11-01")
    >>> rate.price(shots=1000)
    Price(low_usd=10.3, high_usd=10.3)
    """

    per_task_usd: float = 0.0
    per_shot_usd: float = 0.0
    per_second_usd: float = 0.0
    minimum_s: float = 0.0
    source: str
    date: str

    def price(
        self, *, submissions: int = 1, shots: int = 0, seconds: tuple[float, float] = (0.0, 0.0)
    ) -> Price:
        """Return the price of submissions.

        Parameters
        ----------
        submissions : int
        shots : int
            Total number of shots.
        seconds : (float, float)
            Lower and upper bound of their total time.
        """
        fixed = submissions * self.per_task_usd + shots * self.per_shot_usd
        least = submissions * self.minimum_s
        low, high = (fixed + self.per_second_usd * max(time, least) for time in seconds)
        return Price(round(low, HUNDREDTH_OF_A_MICRO_USD), round(high, HUNDREDTH_OF_A_MICRO_USD))

    @property
    def figures(self) -> str:
        """Prices in words.

        >>> Rate(per_task_usd=0.3, per_shot_usd=0.01, source="a list", date="2026-11-01").figures
        '0.3 USD per task, 0.01 USD per shot'
        """
        prices = {unit: getattr(self, name) for name, unit in FIGURES.items()}
        stated = [f"{usd:g} USD per {unit}" for unit, usd in prices.items() if usd]
        return ", ".join(stated) or "no charge"

    def __str__(self) -> str:
        return f"{self.figures} ({self.source}, {self.date})"

    def with_source(self, source: str) -> Rate:
        """Return the same figures with another source."""
        return replace(self, source=source)

    def raised_to(self, other: Rate) -> Rate:
        """Return a rate with the higher figure for each unit; its source names the raised ones.

        >>> card = Rate(per_task_usd=0.3, per_shot_usd=0.01, source="a card", date="2026-05-01")
        >>> stated = Rate(per_shot_usd=0.1, source="the service", date="2026-11-01")
        >>> card.raised_to(stated).source
        'the service, 2026-11-01; a card says 0.01 USD per shot'
        """
        higher = [name for name in FIGURES if getattr(other, name) > getattr(self, name)]
        if not higher:
            return self
        lower = ", ".join(f"{getattr(self, name):g} USD per {FIGURES[name]}" for name in higher)
        return replace(
            self,
            **{name: getattr(other, name) for name in higher},
            source=f"{other.source}, {other.date}; {self.source} says {lower}",
        )
