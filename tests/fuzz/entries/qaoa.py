"""Hamiltonians and layers of QAOA."""

from __future__ import annotations

from typing import Any

import networkx
from fuzz.circuits import in_circuit
from fuzz.entry import Entry

import qgate as qg

GRAPH = networkx.Graph([(0, 1), (1, 2)])
DIRECTED = networkx.DiGraph(
    [
        (first, second, {"weight": 0.5})
        for first in range(3)
        for second in range(3)
        if first != second
    ]
)
COST = qg.Z(0) + qg.Z(1)
MIXER = qg.X(0) + qg.X(1)


def qaoa() -> list[Entry]:
    """Return entries of qgate.qaoa."""
    rows: list[tuple[str, dict[str, Any]]] = [
        ("bit_driver", {"wires": [0, 1], "b": 1}),
        ("bit_flip_mixer", {"graph": GRAPH, "b": 1}),
        ("edge_driver", {"graph": GRAPH, "reward": ["11", "10", "01"]}),
        ("maxcut", {"graph": GRAPH}),
        ("x_mixer", {"wires": [0, 1]}),
        ("xy_mixer", {"graph": GRAPH}),
        ("max_clique", {"graph": GRAPH, "constrained": True}),
        ("max_independent_set", {"graph": GRAPH, "constrained": True}),
        ("min_vertex_cover", {"graph": GRAPH, "constrained": True}),
        ("max_weight_cycle", {"graph": DIRECTED, "constrained": True}),
        ("cycle_mixer", {"graph": DIRECTED}),
        ("edges_to_wires", {"graph": DIRECTED}),
        ("wires_to_edges", {"graph": DIRECTED}),
        ("loss_hamiltonian", {"graph": DIRECTED}),
        ("net_flow_constraint", {"graph": DIRECTED}),
        ("out_flow_constraint", {"graph": DIRECTED}),
    ]
    return [
        *[Entry(f"qaoa.{name}", getattr(qg.qaoa, name), given) for name, given in rows],
        Entry(
            "qaoa.cost_layer",
            in_circuit(qg.qaoa.cost_layer),
            {"gamma": 0.1, "hamiltonian": COST},
        ),
        Entry(
            "qaoa.mixer_layer",
            in_circuit(qg.qaoa.mixer_layer),
            {"alpha": 0.1, "hamiltonian": MIXER},
        ),
    ]
