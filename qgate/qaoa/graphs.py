"""Nodes and edges of graphs of networkx and rustworkx.

Neither package is imported: a graph is recognised by its methods.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any, TypeAlias

from qgate.exceptions import InvalidParameters, described
from qgate.typing import Wire

Graph: TypeAlias = Any
"""A graph of networkx or rustworkx; neither has types."""

Edge: TypeAlias = tuple[Wire, Wire]


@dataclass(frozen=True)
class Network:
    """Nodes and edges of a graph, by the labels of the nodes.

    Parameters
    ----------
    nodes : tuple of wire
    edges : tuple of (wire, wire)
        In the order of networkx, or sorted for rustworkx.
    data : tuple
        Data of each edge.
    directed : bool
    """

    nodes: tuple[Wire, ...]
    edges: tuple[Edge, ...]
    data: tuple[object, ...]
    directed: bool

    @classmethod
    def of(cls, owner: str, graph: Graph, *, directed: bool = False) -> Network:
        """Return the nodes and edges of a graph.

        ``owner`` is the function that the user called. ``directed``: whether it needs a directed
        graph.

        Raises
        ------
        InvalidParameters
            It is no graph, or not directed.
        """
        if hasattr(graph, "weighted_edge_list"):  # rustworkx, whose edges are pairs of indices
            labels = dict(zip(graph.node_indices(), graph.nodes(), strict=True))
            edges = sorted(graph.weighted_edge_list(), key=lambda edge: edge[:2])
            known = [((labels[first], labels[second]), data) for first, second, data in edges]
            found = cls(tuple(labels.values()), *_split(known), hasattr(graph, "successors"))
        elif hasattr(graph, "is_directed") and hasattr(graph, "edges"):  # networkx
            known = [((first, second), data) for first, second, data in graph.edges(data=True)]
            found = cls(tuple(graph.nodes), *_split(known), graph.is_directed())
        else:
            raise InvalidParameters(
                f"{owner} was given graph={described(graph)}. Give a graph of networkx or "
                "rustworkx, for example networkx.Graph([(0, 1), (1, 2)])."
            )
        if directed and not found.directed:
            raise InvalidParameters(
                f"{owner} was given a graph without directions, and cycles have one. Give a "
                "networkx.DiGraph or a rustworkx.PyDiGraph; graph.to_directed() makes one."
            )
        return found

    @cached_property
    def neighbours(self) -> dict[Wire, list[Wire]]:
        """Neighbours of each node; in a directed graph those to which an edge leads."""
        found: dict[Wire, dict[Wire, None]] = {node: {} for node in self.nodes}
        for first, second in self.edges:
            found[first][second] = None
            if not self.directed:
                found[second][first] = None
        return {node: list(others) for node, others in found.items()}

    @property
    def complement(self) -> Network:
        """The graph without these edges and with all others."""
        known = {frozenset(edge) for edge in self.edges}
        edges = [pair for pair in combinations(self.nodes, 2) if frozenset(pair) not in known]
        return Network(self.nodes, tuple(edges), (None,) * len(edges), directed=False)


def _split(edges: list[tuple[Edge, object]]) -> tuple[tuple[Edge, ...], tuple[object, ...]]:
    return tuple(edge for edge, _ in edges), tuple(data for _, data in edges)
