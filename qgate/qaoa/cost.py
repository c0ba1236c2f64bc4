"""Cost Hamiltonians of problems on graphs, whose lowest states are the solutions.

A bit string assigns 0 or 1 to each node of a graph; Z has the value 1 for the bit 0. The constant
part of a Hamiltonian is left out unless its formula has one.
"""

from __future__ import annotations

from collections.abc import Sequence

from qgate.arguments import is_text_among, items_of, truth
from qgate.exceptions import InvalidParameters, described
from qgate.operations.pauli import PauliSum
from qgate.qaoa.cycles import (
    cycle_mixer,
    loss_hamiltonian,
    net_flow_constraint,
    out_flow_constraint,
    wires_to_edges,
)
from qgate.qaoa.graphs import Edge, Graph, Network
from qgate.qaoa.mixers import flips, sign_of, summed, x_mixer
from qgate.typing import WiresLike
from qgate.wires import Wires

PAIRS = ("00", "01", "10", "11")

PENALTY = 3.0
"""Weight of violated constraints; the value of one node is 2."""


def bit_driver(wires: WiresLike, b: int) -> PauliSum:
    r"""Return the Hamiltonian :math:`(-1)^{b+1} \sum_i Z_i`, which is low for many bits ``b``.

    Parameters
    ----------
    wires : wires
    b : {0, 1}

    Returns
    -------
    PauliSum

    Raises
    ------
    InvalidParameters
        ``b`` is neither 0 nor 1.
    """
    weight = -sign_of("bit_driver", b)
    labels = Wires.of(wires, owner="bit_driver")
    return summed([PauliSum.word({wire: "Z"}, weight) for wire in labels], labels)


def edge_driver(graph: Graph, reward: Sequence[str]) -> PauliSum:
    """Return the Hamiltonian that is lower by 1 for each edge whose bits are rewarded.

    Parameters
    ----------
    graph : Graph
        A graph of networkx or rustworkx; its nodes are the wires.
    reward : sequence of {"00", "01", "10", "11"}
        With "01" also "10", because edges have no direction.

    Returns
    -------
    PauliSum
        Without its constant part. If no pair of bits is rewarded, or all are, the identity on each
        node.

    Raises
    ------
    InvalidParameters
        It is no graph, or ``reward`` is no such sequence.

    Examples
    --------
    >>> import networkx, qgate as qg
    >>> qg.qaoa.edge_driver(networkx.Graph([(0, 1)]), ["01", "10"])
    0.5 * (Z(0) @ Z(1))
    """
    given = items_of(reward)
    if given is None or not all(is_text_among(pair, PAIRS) for pair in given):
        raise InvalidParameters(
            f"edge_driver was given reward={described(reward)}. Give a sequence of "
            f"{', '.join(PAIRS)}."
        )
    if ("01" in given) != ("10" in given):
        raise InvalidParameters(
            f"edge_driver was given reward={described(reward)}. An edge has no direction, so "
            "reward both '01' and '10', or neither."
        )
    return _driver(Network.of("edge_driver", graph), given)


def maxcut(graph: Graph) -> tuple[PauliSum, PauliSum]:
    r"""Return cost and mixer for the largest cut: most edges between bits that differ.

    The cost is minus the number of these edges,
    :math:`\tfrac12 \sum_{(i,j)} (Z_i Z_j - 1)`; the mixer is ``x_mixer``. Begin with the uniform
    superposition.

    Parameters
    ----------
    graph : Graph
        A graph of networkx or rustworkx; its nodes are the wires.

    Returns
    -------
    cost, mixer : PauliSum

    Raises
    ------
    InvalidParameters
        It is no graph.

    Examples
    --------
    >>> import networkx, qgate as qg
    >>> cost, mixer = qg.qaoa.maxcut(networkx.Graph([(0, 1), (1, 2)]))
    >>> cost
    0.5 * (Z(0) @ Z(1)) + 0.5 * (Z(1) @ Z(2)) + -1.0 * I()
    >>> mixer
    X(0) + X(1) + X(2)
    """
    network = Network.of("maxcut", graph)
    constant = PauliSum.identity(-0.5 * len(network.edges), network.nodes)
    cost = PauliSum.total([_driver(network, ["01", "10"]), constant])
    return summed([cost], network.nodes), x_mixer(network.nodes)


def max_independent_set(graph: Graph, constrained: bool = True) -> tuple[PauliSum, PauliSum]:
    r"""Return cost and mixer for the largest independent set: nodes of which no two are neighbours.

    A node with the bit 1 is in the set.

    Parameters
    ----------
    graph : Graph
        A graph of networkx or rustworkx; its nodes are the wires.
    constrained : bool
        True: the cost is :math:`\sum_v Z_v`, and the mixer ``bit_flip_mixer(graph, 0)`` leads from
        independent sets to independent sets only; begin with all bits 0. False: the cost has
        ``3 * edge_driver(graph, ["10", "01", "00"])`` in addition, which penalizes neighbours in
        the set, and the mixer is ``x_mixer``; begin with the uniform superposition.

    Returns
    -------
    cost, mixer : PauliSum

    Raises
    ------
    InvalidParameters
        It is no graph.

    Notes
    -----
    Reference: Hadfield et al., Algorithms 12, 34 (2019).
    """
    network = Network.of("max_independent_set", graph)
    return _selection(
        "max_independent_set", network, 1, ["10", "01", "00"], constrained=constrained
    )


def min_vertex_cover(graph: Graph, constrained: bool = True) -> tuple[PauliSum, PauliSum]:
    r"""Return cost and mixer for the smallest vertex cover: nodes that touch every edge.

    A node with the bit 1 is in the cover.

    Parameters
    ----------
    graph : Graph
        A graph of networkx or rustworkx; its nodes are the wires.
    constrained : bool
        True: the cost is :math:`-\sum_v Z_v`, and the mixer ``bit_flip_mixer(graph, 1)`` leads from
        covers to covers only; begin with all bits 1. False: the cost has
        ``3 * edge_driver(graph, ["11", "10", "01"])`` in addition, which penalizes edges that are
        not touched, and the mixer is ``x_mixer``; begin with the uniform superposition.

    Returns
    -------
    cost, mixer : PauliSum

    Raises
    ------
    InvalidParameters
        It is no graph.
    """
    network = Network.of("min_vertex_cover", graph)
    return _selection("min_vertex_cover", network, 0, ["11", "10", "01"], constrained=constrained)


def max_clique(graph: Graph, constrained: bool = True) -> tuple[PauliSum, PauliSum]:
    """Return cost and mixer for the largest clique: nodes that are all neighbours of each other.

    A node with the bit 1 is in the clique. A clique is an independent set of the complement of the
    graph, so the Hamiltonians are those of ``max_independent_set`` for the complement.

    Parameters
    ----------
    graph : Graph
        A graph of networkx or rustworkx; its nodes are the wires.
    constrained : bool
        As for ``max_independent_set``.

    Returns
    -------
    cost, mixer : PauliSum

    Raises
    ------
    InvalidParameters
        It is no graph.
    """
    network = Network.of("max_clique", graph).complement
    return _selection("max_clique", network, 1, ["10", "01", "00"], constrained=constrained)


def max_weight_cycle(
    graph: Graph, constrained: bool = True
) -> tuple[PauliSum, PauliSum, dict[int, Edge]]:
    """Return cost and mixer for the cycle with the largest product of weights.

    An edge whose wire has the bit 1 is in the cycle.

    Parameters
    ----------
    graph : Graph
        A directed graph of networkx or rustworkx, whose edges have the data ``{"weight": number}``.
    constrained : bool
        True: the cost is ``loss_hamiltonian``, and the mixer ``cycle_mixer`` leads from cycles to
        cycles only; begin with a cycle. False: the cost has ``3 * net_flow_constraint`` and
        ``3 * out_flow_constraint`` in addition, and the mixer is ``x_mixer``; begin with the
        uniform superposition.

    Returns
    -------
    cost, mixer : PauliSum
    mapping : dict
        The edge of each wire.

    Raises
    ------
    InvalidParameters
        It is no directed graph, or an edge has no positive weight.
    """
    mapping = wires_to_edges(graph)
    loss = loss_hamiltonian(graph)
    if truth("max_weight_cycle", "constrained", constrained):
        return loss, cycle_mixer(graph), mapping
    constraints = [net_flow_constraint(graph), out_flow_constraint(graph)]
    cost = PauliSum.total([loss, *(constraint.scaled(PENALTY) for constraint in constraints)])
    return summed([cost], tuple(mapping)), x_mixer(list(mapping)), mapping


def _selection(
    owner: str, network: Network, bit: int, reward: Sequence[str], *, constrained: bool
) -> tuple[PauliSum, PauliSum]:
    """Return cost and mixer for most nodes with a bit, such that all edges are rewarded."""
    selected = bit_driver(network.nodes, bit)
    if truth(owner, "constrained", constrained):
        return selected, flips(network, 1.0 if bit else -1.0)
    cost = PauliSum.total([_driver(network, reward).scaled(PENALTY), selected])
    return summed([cost], network.nodes), x_mixer(network.nodes)


def _driver(network: Network, reward: Sequence[str]) -> PauliSum:
    """Return the edge driver: 0 for each edge that is rewarded, else 1, plus a constant."""
    if len(set(reward)) in (0, 4):
        return PauliSum.identity(float(len(network.nodes)), network.nodes)
    low, mixed, high = (float(pair not in reward) for pair in ("00", "01", "11"))
    single, double = (low - high) / 4, (low - 2 * mixed + high) / 4
    terms = []
    for edge in network.edges:
        z = [PauliSum.word({node: "Z"}) for node in edge]
        terms += [PauliSum.product(z).scaled(double), z[0].scaled(single), z[1].scaled(single)]
    return summed(terms, network.nodes)
