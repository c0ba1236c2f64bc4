"""Noise models and their conditions."""

from __future__ import annotations

from typing import Any

from fuzz.circuits import ANGLES, node
from fuzz.entry import Entry, UsersOwn, users

import qgate as qg

TURNS = qg.noise.op_eq(qg.RX)
FLIPS = qg.noise.partial_wires(qg.BitFlip, 0.1)


def _applies(op: Any = None, **kwargs: Any) -> None:
    """Apply a channel whose probability may be anything."""
    qg.BitFlip(kwargs.get("p", 0.1), op.wires)


def _condition(make: Any) -> Any:
    """Return a function that evaluates a condition on something."""

    def call(given: Any, value: Any) -> Any:
        return make(given)(value)

    return call


def _boolean(fn: Any, name: Any, other: Any, value: Any) -> Any:
    made = qg.BooleanFn(users(fn), name)
    return str(made & other), (made | ~made)(value)


def _truth(value: Any) -> bool:
    try:
        return bool(value)
    except Exception as error:
        raise UsersOwn from error


def _modelled(condition: Any, noise: Any, read: Any, readout: Any, p: Any, other: Any) -> Any:
    model = qg.NoiseModel({condition: noise}, {read: readout}, p=p)
    return qg.add_noise(node(), model)(ANGLES), repr(model), model == other


def _hashable(call: Any) -> Any:
    """Return a function of the keys of a dictionary; ones without a hash are the user's error."""

    def checked(**given: Any) -> Any:
        for name in ("condition", "read"):
            try:
                hash(given[name])
            except Exception as error:
                raise UsersOwn from error
        return call(**given)

    return checked


def noise() -> list[Entry]:
    """Return entries of noise models."""
    model = qg.NoiseModel({TURNS: FLIPS})
    return [
        Entry("BooleanFn", _boolean, {"fn": _truth, "name": "n", "other": TURNS, "value": 1}),
        Entry(
            "NoiseModel",
            _hashable(_modelled),
            {
                "condition": TURNS,
                "noise": _applies,
                "read": qg.noise.meas_eq(qg.expval),
                "readout": FLIPS,
                "p": 0.1,
                "other": model,
            },
        ),
        Entry(
            "add_noise",
            lambda noise_model, level: qg.add_noise(node(), noise_model, level=level)(ANGLES),
            {"noise_model": model, "level": "user"},
        ),
        Entry("noise.op_eq", _condition(qg.noise.op_eq), {"given": qg.X, "value": qg.X(0)}),
        Entry("noise.op_in", _condition(qg.noise.op_in), {"given": ["RX"], "value": "RY"}),
        Entry(
            "noise.meas_eq",
            _condition(qg.noise.meas_eq),
            {"given": qg.expval, "value": qg.expval(qg.X(0))},
        ),
        Entry("noise.wires_in", _condition(qg.noise.wires_in), {"given": [0, 1], "value": 0}),
        Entry("noise.wires_eq", _condition(qg.noise.wires_eq), {"given": 0, "value": qg.X(0)}),
        Entry(
            "noise.partial_wires",
            lambda operation, p, wires: qg.noise.partial_wires(operation, p)(wires),
            {"operation": qg.BitFlip, "p": 0.1, "wires": [0, 1]},
        ),
    ]
