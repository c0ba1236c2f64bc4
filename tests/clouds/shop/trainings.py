"""Trainings at the shop that are killed at one point after another.

The first argument is a folder, the second a number of points, the third ``tokens`` if the shop
supports idempotency tokens.
"""

from __future__ import annotations

import sys
from pathlib import Path

from clouds.crash import Bill, Countdown, main
from shop import Shop, ShopDevice


def make(folder: Path, countdown: Countdown) -> ShopDevice:
    """Return a device of a shop with or without tokens, whose operations count as events."""
    device = ShopDevice(
        str(folder / "shop.db"), unique=sys.argv[3] == "tokens", interfere=countdown
    )
    device.patience_s = 60.0
    return device


def bill(folder: Path) -> Bill:
    """Return the bill."""
    shop = Shop(str(folder / "shop.db"))
    return Bill(shop.jobs, shop.jobs, tokens=len(set(shop.tokens)), jobs=len(shop.tokens))


if __name__ == "__main__":
    main(make, bill)
