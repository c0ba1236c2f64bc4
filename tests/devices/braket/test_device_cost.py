"""Prices that the service states for a device, compared with those of its card."""

from __future__ import annotations

import math

import pytest
from braket.device_schema.device_service_properties_v1 import DeviceCost

from qgate.devices.braket.device_cost import higher_rate
from qgate.prices import Rate

CARD = Rate(per_task_usd=0.3, per_shot_usd=0.01, source="a card", date="2026-05-01")


def cost(price, unit):
    return DeviceCost(price=price, unit=unit)


@pytest.mark.parametrize(
    ("price", "unit", "figure", "usd"),
    [
        (0.1, "shot", "per_shot_usd", 0.1),
        (0.1, "Shots", "per_shot_usd", 0.1),
        (0.1, "per shot", "per_shot_usd", 0.1),
        (2, "task", "per_task_usd", 2),
        (2, "tasks", "per_task_usd", 2),
        (3, "second", "per_second_usd", 3),
        (3, "minute", "per_second_usd", 0.05),
        (36, "hours", "per_second_usd", 0.01),
    ],
)
def test_the_higher_figure_of_each_unit_counts_and_is_named(price, unit, figure, usd):
    rate = higher_rate(CARD, cost(price, unit))

    assert getattr(rate, figure) == pytest.approx(usd)
    others = {"per_task_usd", "per_shot_usd", "per_second_usd"} - {figure}
    assert all(getattr(rate, name) == getattr(CARD, name) for name in others)
    assert "GetDevice" in rate.source
    assert "a card says" in rate.source


@pytest.mark.parametrize("price", [0.0, 0.005, 0.01])
def test_a_figure_that_is_not_higher_changes_nothing(price):
    assert higher_rate(CARD, cost(price, "shot")) == CARD


@pytest.mark.parametrize(
    ("price", "unit"),
    [(math.nan, "shot"), (math.inf, "shot"), (-1, "shot"), (5, "qubit"), (5, "")],
)
def test_what_is_no_price_is_named_and_not_counted(price, unit):
    rate = higher_rate(CARD, cost(price, unit))

    assert rate.figures == CARD.figures
    assert "not counted" in rate.source


def test_without_a_statement_the_card_counts():
    assert higher_rate(CARD, None) == CARD


def test_a_device_without_a_card_stays_without_a_price():
    assert higher_rate(None, cost(0.1, "shot")) is None
