"""Trainings at the shop that are killed at one point after the other.

The first argument is a folder, the second a number of points, the third ``tokens`` where the shop
knows idempotency tokens.
"""

from __future__ import annotations

import sys
from pathlib import Path

from clouds.crash import Bill, Countdown, main
from shop import Shop, ShopDevice


def make(folder: Path, countdown: Countdown) -> ShopDevice:
    """Return a device of a shop with or without tokens, whose verbs are happenings."""
    device = ShopDevice(
        str(folder / "shop.db"), unique=sys.argv[3] == "tokens", interfere=countdown
    )
    device.patience_s = 60.0
    return device


def bill(folder: Path) -> Bill:
    """Count what was paid for."""
    shop = Shop(str(folder / "shop.db"))
    return Bill(shop.jobs, shop.jobs, tokens=len(set(shop.tokens)), jobs=len(shop.tokens))


if __name__ == "__main__":
    main(make, bill)
