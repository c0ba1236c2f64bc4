"""Mixers: Hamiltonians that move between the solutions of a problem."""

from __future__ import annotations

from collections.abc import Sequence

from qgate.arguments import whole_number
from qgate.exceptions import InvalidParameters, described
from qgate.operations.pauli import PauliSum
from qgate.qaoa.graphs import Graph, Network
from qgate.sizes import check_size
from qgate.typing import Wire, WiresLike
from qgate.wires import Wires


def x_mixer(wires: WiresLike) -> PauliSum:
    r"""Return the mixer :math:`\sum_i X_i`, which flips every bit.

    Parameters
    ----------
    wires : wires

    Returns
    -------
    PauliSum
    """
    labels = Wires.of(wires, owner="x_mixer")
    return summed([PauliSum.word({wire: "X"}) for wire in labels], labels)


def xy_mixer(graph: Graph) -> PauliSum:
    r"""Return the mixer :math:`\tfrac12 \sum_{(i,j)} (X_i X_j + Y_i Y_j)` of the edges of a graph.

    It exchanges the bits of neighbours, and so keeps their sum.

    Parameters
    ----------
    graph : Graph
        A graph of networkx or rustworkx; its nodes are the wires.

    Returns
    -------
    PauliSum

    Raises
    ------
    InvalidParameters
        It is no graph.

    Notes
    -----
    Reference: Hadfield et al., Algorithms 12, 34 (2019).
    """
    network = Network.of("xy_mixer", graph)
    terms = [
        PauliSum.word({first: letter, second: letter}, 0.5)
        for first, second in network.edges
        for letter in "XY"
    ]
    return summed(terms, network.nodes)


def bit_flip_mixer(graph: Graph, b: int) -> PauliSum:
    r"""Return the mixer that flips the bit of a node whose neighbours all have the bit ``b``.

    .. math:: \sum_v X_v \prod_{w \in N(v)} \tfrac12 \left(1 + (-1)^b Z_w\right)

    Parameters
    ----------
    graph : Graph
        A graph of networkx or rustworkx; its nodes are the wires.
    b : {0, 1}

    Returns
    -------
    PauliSum

    Raises
    ------
    InvalidParameters
        It is no graph, or ``b`` is neither 0 nor 1.
    TooLarge
        A node has too many neighbours, and the mixer too many terms.

    Notes
    -----
    Cost: 2**d terms for a node with d neighbours. Reference: Hadfield et al., Algorithms 12, 34
    (2019).
    """
    return flips(Network.of("bit_flip_mixer", graph), sign_of("bit_flip_mixer", b))


def flips(network: Network, sign: float) -> PauliSum:
    """Return the bit flip mixer of a graph; ``sign`` is (-1)**b."""
    terms = sum(2.0 ** len(others) for others in network.neighbours.values())
    remedy = "Use x_mixer with a penalty in the cost Hamiltonian (constrained=False)."
    check_size("bit_flip_mixer", terms, unit="terms", remedy=remedy)
    return summed([_flip(node, network, sign) for node in network.nodes], network.nodes)


def _flip(node: Wire, network: Network, sign: float) -> PauliSum:
    conditions = [
        PauliSum.total([PauliSum.identity(0.5), PauliSum.word({other: "Z"}, sign / 2)])
        for other in network.neighbours[node]
        if other != node
    ]
    return PauliSum.product([PauliSum.word({node: "X"}), *conditions])


def summed(terms: Sequence[PauliSum], nodes: Sequence[Wire]) -> PauliSum:
    """Return the sum of terms with its wires in the order of the nodes."""
    total = PauliSum.total(terms) if terms else PauliSum.identity(0.0)
    return total.simplify().expanded(Wires(nodes))


def sign_of(owner: str, b: int) -> float:
    """Return (-1)**b.

    Raises
    ------
    InvalidParameters
        ``b`` is neither 0 nor 1.
    """
    if whole_number(b) not in (0, 1):
        raise InvalidParameters(f"{owner} was given b={described(b)}. Give 0 or 1.")
    return 1.0 - 2.0 * int(b)
