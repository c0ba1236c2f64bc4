"""The price that Amazon Braket states for a device in the response to GetDevice."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any

from qgate.prices import Rate

SOURCE = "deviceCost in the answer of GetDevice"

UNITS: Mapping[str, tuple[str, float]] = {
    "task": ("per_task_usd", 1),
    "quantum task": ("per_task_usd", 1),
    "shot": ("per_shot_usd", 1),
    "second": ("per_second_usd", 1),
    "sec": ("per_second_usd", 1),
    "s": ("per_second_usd", 1),
    "minute": ("per_second_usd", 60),
    "min": ("per_second_usd", 60),
    "hour": ("per_second_usd", 3600),
    "hr": ("per_second_usd", 3600),
    "h": ("per_second_usd", 3600),
}
"""For each unit, the field of a rate that it belongs to, and its size in units of that field."""


def stated_rate(cost: Any) -> Rate | None:
    """Return the price stated by the service; None: there is none that can be parsed.

    Parameters
    ----------
    cost : braket.device_schema.DeviceCost or None
        Price in US dollars and its unit.
    """
    known = UNITS.get(_singular(cost.unit)) if cost is not None else None
    if known is None or not _is_price(cost.price):
        return None
    figure, units = known
    figures = {figure: cost.price / units}
    return Rate(**figures, source=SOURCE, date=time.strftime("%Y-%m-%d", time.gmtime()))


def higher_rate(card: Rate | None, cost: Any) -> Rate | None:
    """Return the rate of a card, with the price stated by the service where that is higher.

    AWS bills by its price list, and neither source is that list, so the higher figure is reserved.

    Parameters
    ----------
    card : Rate or None
        Rate of the card; None: unknown, and remains unknown, since the service states only one
        figure of several.
    cost : braket.device_schema.DeviceCost or None
    """
    if card is None or cost is None:
        return card
    stated = stated_rate(cost)
    if stated is not None:
        return card.raised_to(stated)
    if cost.price == 0:
        return card
    note = f"{card.source}; {SOURCE} is {cost.price:g} USD per {cost.unit!r}, which is not counted"
    return card.with_source(note)


def _singular(unit: str) -> str:
    """Return a unit in lower case, without a leading "per" and a plural's s."""
    word = unit.strip().lower().removeprefix("per ").strip()
    return word if word in UNITS else word.removesuffix("s")


def _is_price(usd: float) -> bool:
    return math.isfinite(usd) and usd > 0
