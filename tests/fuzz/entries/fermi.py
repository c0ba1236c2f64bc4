"""Fermionic operators and their mappings; graphs of circuits."""

from __future__ import annotations

from typing import Any

import numpy as np
from fuzz.entry import Entry, by_place, text_of

import qgate as qg

MAPPED: dict[str, Any] = {
    "fermi_operator": qg.FermiC(0) * qg.FermiA(1),
    "n": 2,
    "ps": False,
    "wire_map": {0: "a", 1: "b"},
    "tol": 1e-8,
}


def fermi() -> list[Entry]:
    """Return an entry for each fermionic class and function."""
    word, alone = qg.FermiWord({(0, 0): "+", (1, 1): "-"}), {**MAPPED}
    del alone["n"]
    return [
        Entry("FermiC", qg.FermiC, {"orbital": 0}),
        Entry("FermiA", qg.FermiA, {"orbital": 0}),
        Entry("FermiWord", qg.FermiWord, {"operator": {(0, 0): "+"}}),
        Entry("FermiSentence", by_place(qg.FermiSentence, "terms"), {"terms": {word: 0.5}}),
        Entry("FermiC arithmetic", lambda value: word * value + value, {"value": word}),
        Entry("jordan_wigner", qg.jordan_wigner, alone),
        Entry("parity_transform", qg.parity_transform, MAPPED),
        Entry("bravyi_kitaev", qg.bravyi_kitaev, MAPPED),
        Entry("BlockEncode", qg.BlockEncode, {"A": np.eye(2) / 2, "wires": [0, 1]}),
        Entry(
            "CircuitGraph",
            lambda **given: text_of(qg.CircuitGraph(**given)),
            {"ops": [qg.X(0)], "obs": [qg.expval(qg.Z(0))], "wires": [0]},
        ),
    ]
