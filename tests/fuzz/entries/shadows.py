"""Classical shadows."""

from __future__ import annotations

from typing import Any

import numpy as np
from fuzz.circuits import OBSERVABLE, measured
from fuzz.entry import Entry, by_place

import qgate as qg

BITS = np.array([[0, 1], [1, 1], [0, 0]])
RECIPES = np.array([[0, 1], [2, 2], [1, 0]])


def _expval(bits: Any, recipes: Any, wire_map: Any, H: Any, k: Any) -> Any:
    return qg.ClassicalShadow(bits, recipes, wire_map).expval(H, k)


def _entropy(**given: Any) -> Any:
    return qg.ClassicalShadow(BITS, RECIPES).entropy(**given)


def _snapshots(**given: Any) -> Any:
    return qg.ClassicalShadow(BITS, RECIPES).global_snapshots(**given)


def shadows() -> list[Entry]:
    """Return entries of shadows and of what measures them."""
    made = {"bits": BITS, "recipes": RECIPES, "wire_map": [0, 1], "H": OBSERVABLE, "k": 1}
    some = {"wires": [0, 1], "snapshots": None}
    return [
        Entry("ClassicalShadow", _expval, made),
        Entry("ClassicalShadow entropy", _entropy, {**some, "alpha": 2, "k": 1, "base": 2}),
        Entry("ClassicalShadow snapshots", _snapshots, some),
        Entry(
            "classical_shadow",
            measured(qg.classical_shadow),
            {"wires": [0, 1], "seed": 1, "shots": 10},
        ),
        Entry(
            "shadow_expval",
            measured(by_place(qg.shadow_expval, "H")),
            {"H": OBSERVABLE, "k": 1, "seed": 1, "shots": 10},
        ),
    ]
