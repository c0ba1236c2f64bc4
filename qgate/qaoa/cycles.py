"""Hamiltonians for the cycle with the largest product of weights in a directed graph.

Each edge has a wire, in the order of the edges; its bit says whether the edge is in the cycle.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from qgate.arguments import finite_number
from qgate.exceptions import InvalidParameters, described
from qgate.operations.pauli import PauliSum
from qgate.qaoa.graphs import Edge, Graph, Network
from qgate.qaoa.mixers import summed

TRIPLES = (("XXX", 0.25), ("YYX", 0.25), ("YXY", 0.25), ("XYY", -0.25))
"""Letters on an edge (i, j) and on the edges (i, k) and (k, j) of a detour, and their weights."""


def edges_to_wires(graph: Graph) -> dict[Edge, int]:
    """Return the wire of each edge, counted from 0.

    Parameters
    ----------
    graph : Graph
        A graph of networkx, or of rustworkx, whose edges are sorted.

    Raises
    ------
    InvalidParameters
        It is no graph.
    """
    return {edge: wire for wire, edge in enumerate(Network.of("edges_to_wires", graph).edges)}


def wires_to_edges(graph: Graph) -> dict[int, Edge]:
    """Return the edge of each wire; the inverse of ``edges_to_wires``."""
    return dict(enumerate(Network.of("wires_to_edges", graph).edges))


def cycle_mixer(graph: Graph) -> PauliSum:
    r"""Return the mixer that exchanges an edge and a detour by a third node.

    .. math:: \tfrac14 \sum_{(i,j)} \sum_k \left(X_{ij} X_{ik} X_{kj} + Y_{ij} Y_{ik} X_{kj}
              + Y_{ij} X_{ik} Y_{kj} - X_{ij} Y_{ik} Y_{kj}\right)

    It leads from sets of edges without a net flow at any node to such sets only.

    Parameters
    ----------
    graph : Graph
        A directed graph of networkx or rustworkx.

    Returns
    -------
    PauliSum

    Raises
    ------
    InvalidParameters
        It is no directed graph.

    Notes
    -----
    Reference: Hadfield et al., Algorithms 12, 34 (2019).
    """
    network = Network.of("cycle_mixer", graph, directed=True)
    wire = _wires(network)
    terms = [
        PauliSum.word(dict(zip(places, letters, strict=True)), weight)
        for i, j in network.edges
        for k in network.nodes
        if k not in (i, j) and (i, k) in wire and (k, j) in wire
        for places in [(wire[i, j], wire[i, k], wire[k, j])]
        for letters, weight in TRIPLES
    ]
    return summed(terms, tuple(wire.values()))


def loss_hamiltonian(graph: Graph) -> PauliSum:
    r"""Return the Hamiltonian :math:`\sum_{(i,j)} Z_{ij} \log c_{ij}` of the weights of the edges.

    It is lowest for the set of edges with the largest product of weights, which need not be a
    cycle.

    Parameters
    ----------
    graph : Graph
        A graph of networkx or rustworkx whose edges have the data ``{"weight": number}``.

    Returns
    -------
    PauliSum

    Raises
    ------
    InvalidParameters
        It is no graph, an edge joins a node to itself, or has no positive weight.
    """
    network = Network.of("loss_hamiltonian", graph)
    return PauliSum.total(
        [
            PauliSum.word({wire: "Z"}, math.log(_weight(edge, data)))
            for wire, (edge, data) in enumerate(zip(network.edges, network.data, strict=True))
        ]
    )


def out_flow_constraint(graph: Graph) -> PauliSum:
    r"""Return the Hamiltonian that is lowest if at most one edge leaves each node.

    With :math:`d_i` edges (i, j) that leave node i,

    .. math:: \sum_i \Bigl(d_i (d_i - 2) - 2 (d_i - 1) \sum_j Z_{ij}
              + \bigl(\sum_j Z_{ij}\bigr)^2\Bigr)

    Parameters
    ----------
    graph : Graph
        A directed graph of networkx or rustworkx.

    Returns
    -------
    PauliSum

    Raises
    ------
    InvalidParameters
        It is no directed graph.
    """
    network = Network.of("out_flow_constraint", graph, directed=True)
    wire = _wires(network)
    terms = []
    for node in network.nodes:
        leaving = [place for (first, _), place in wire.items() if first == node]
        degree, flow = len(leaving), _z_sum(dict.fromkeys(leaving, 1.0))
        terms += [
            PauliSum.identity(float(degree * (degree - 2))),
            flow.scaled(-2.0 * (degree - 1)),
            flow.squared(),
        ]
    return summed(terms, tuple(wire.values()))


def net_flow_constraint(graph: Graph) -> PauliSum:
    r"""Return the Hamiltonian that is lowest if as many edges enter each node as leave it.

    .. math:: \sum_i \Bigl(d_i^{out} - d_i^{in} - \sum_j Z_{ij} + \sum_j Z_{ji}\Bigr)^2

    Parameters
    ----------
    graph : Graph
        A directed graph of networkx or rustworkx.

    Returns
    -------
    PauliSum

    Raises
    ------
    InvalidParameters
        It is no directed graph.
    """
    network = Network.of("net_flow_constraint", graph, directed=True)
    wire = _wires(network)
    terms = []
    for node in network.nodes:
        signs = {
            place: float(second == node) - float(first == node)
            for (first, second), place in wire.items()
            if (first == node) != (second == node)
        }
        balance = PauliSum.total([PauliSum.identity(-sum(signs.values())), _z_sum(signs)])
        terms.append(balance.squared())
    return summed(terms, tuple(wire.values()))


def _wires(network: Network) -> dict[Edge, int]:
    return {edge: wire for wire, edge in enumerate(network.edges)}


def _z_sum(weights: Mapping[int, float]) -> PauliSum:
    words: Iterable[PauliSum] = (PauliSum.word({w: "Z"}, c) for w, c in weights.items())
    return PauliSum.total([PauliSum.identity(0.0), *words])


def _weight(edge: Edge, data: object) -> float:
    """Return the weight in the data of an edge."""
    weight = finite_number(data.get("weight")) if isinstance(data, Mapping) else None
    if weight is None or weight <= 0 or edge[0] == edge[1]:
        raise InvalidParameters(
            f"loss_hamiltonian was given the edge {edge} with the data {described(data)}. Give "
            "each edge between two nodes a weight above 0, as the data {'weight': 1.5}."
        )
    return float(weight)
