"""Measurements and observables."""

from __future__ import annotations

import numpy as np
import scipy.sparse
from fuzz.circuits import measured
from fuzz.entry import Entry, by_place

import qgate as qg


def measuring() -> list[Entry]:
    """Return entries of measurements and observables."""

    return [
        Entry("expval", measured(by_place(qg.expval, "op")), {"op": qg.Z(0), "shots": None}),
        Entry("var", measured(by_place(qg.var, "op")), {"op": qg.Z(0), "shots": 10}),
        Entry("probs", measured(qg.probs), {"wires": [0, 1], "shots": 10}),
        Entry("probs of op", measured(qg.probs), {"op": qg.Z(0)}),
        Entry("sample of op", measured(qg.sample), {"op": qg.Z(0), "shots": 10}),
        Entry("counts of op", measured(qg.counts), {"op": qg.Z(0), "shots": 10}),
        Entry("state", measured(qg.state), {"shots": None}),
        Entry("sample", measured(qg.sample), {"wires": [0, 1], "shots": 10}),
        Entry("counts", measured(qg.counts), {"wires": [0], "shots": 10, "all_outcomes": True}),
        Entry("density_matrix", measured(qg.density_matrix), {"wires": [0]}),
        Entry("vn_entropy", measured(qg.vn_entropy), {"wires": [0], "log_base": 2}),
        Entry(
            "mutual_info",
            measured(qg.mutual_info),
            {"wires0": [0], "wires1": [1], "log_base": 2},
        ),
        Entry("purity", measured(qg.purity), {"wires": [0]}),
        Entry(
            "Hermitian",
            measured(lambda **g: qg.expval(qg.Hermitian(**g))),
            {"A": np.eye(2), "wires": [0]},
        ),
        Entry(
            "Projector",
            measured(lambda **g: qg.expval(qg.Projector(**g))),
            {"state": [1], "wires": [0]},
        ),
        Entry(
            "SparseHamiltonian",
            measured(lambda **g: qg.expval(qg.SparseHamiltonian(**g))),
            {"H": scipy.sparse.eye_array(4, format="csr"), "wires": [0, 1]},
        ),
    ]
