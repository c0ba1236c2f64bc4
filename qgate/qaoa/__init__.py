"""Quantum approximate optimization: layers, mixers, and Hamiltonians of problems on graphs."""

from typing import TYPE_CHECKING

from qgate.lazy_names import refuse_unknown
from qgate.qaoa.cost import (
    bit_driver,
    edge_driver,
    max_clique,
    max_independent_set,
    max_weight_cycle,
    maxcut,
    min_vertex_cover,
)
from qgate.qaoa.cycles import (
    cycle_mixer,
    edges_to_wires,
    loss_hamiltonian,
    net_flow_constraint,
    out_flow_constraint,
    wires_to_edges,
)
from qgate.qaoa.layers import cost_layer, mixer_layer
from qgate.qaoa.mixers import bit_flip_mixer, x_mixer, xy_mixer

__all__ = [
    "bit_driver",
    "bit_flip_mixer",
    "cost_layer",
    "cycle_mixer",
    "edge_driver",
    "edges_to_wires",
    "loss_hamiltonian",
    "max_clique",
    "max_independent_set",
    "max_weight_cycle",
    "maxcut",
    "min_vertex_cover",
    "mixer_layer",
    "net_flow_constraint",
    "out_flow_constraint",
    "wires_to_edges",
    "x_mixer",
    "xy_mixer",
]

if not TYPE_CHECKING:  # type checkers refuse unknown names themselves
    __getattr__ = refuse_unknown(__name__)
