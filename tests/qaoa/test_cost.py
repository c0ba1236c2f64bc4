"""Cost Hamiltonians, compared with their problems for every bit string."""

from __future__ import annotations

from itertools import combinations, product

import networkx as nx
import numpy as np
import pytest
import rustworkx as rx
from hypothesis import given, settings
from hypothesis import strategies as st

import qgate as qg
from qgate.exceptions import InvalidParameters, TooLarge

qaoa = qg.qaoa


@st.composite
def graphs(draw, most=5):
    """Return a graph whose nodes are labels in any order."""
    labels = draw(st.permutations(["a", 7, (0, 1), 2, "z"]))[: draw(st.integers(1, most))]
    pairs = list(combinations(labels, 2))
    graph = nx.Graph()
    graph.add_nodes_from(labels)
    graph.add_edges_from(draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else [])
    return graph


def values(hamiltonian, wires):
    """Yield each assignment of bits to wires, and the value of a diagonal Hamiltonian."""
    matrix = qg.matrix(hamiltonian, wire_order=list(wires))
    np.testing.assert_array_equal(matrix, np.diag(np.diag(matrix)))
    bits = product((0, 1), repeat=len(wires))
    for assigned, value in zip(bits, np.diag(matrix).real, strict=True):
        yield dict(zip(wires, assigned, strict=True)), value


def selections(hamiltonian, graph):
    """Yield each set of nodes with the bit 1, and the value of a Hamiltonian."""
    for bits, value in values(hamiltonian, graph.nodes):
        yield {node for node, bit in bits.items() if bit}, value


def minimizers(hamiltonian, graph):
    found = [(value, frozenset(nodes)) for nodes, value in selections(hamiltonian, graph)]
    lowest = min(value for value, _ in found)
    return {nodes for value, nodes in found if value < lowest + 1e-9}


def largest(graph, is_allowed, sign=1):
    """Return the largest allowed sets of nodes; with the sign -1 the smallest."""
    every = (set(c) for r in range(len(graph) + 1) for c in combinations(graph.nodes, r))
    allowed = [nodes for nodes in every if is_allowed(nodes)]
    best = max(sign * len(nodes) for nodes in allowed)
    return {frozenset(nodes) for nodes in allowed if sign * len(nodes) == best}


def is_independent(graph):
    return lambda nodes: not any(a in nodes and b in nodes for a, b in graph.edges)


def is_cover(graph):
    return lambda nodes: all(a in nodes or b in nodes for a, b in graph.edges)


@settings(max_examples=20)
@given(graphs())
def test_maxcut_is_minus_the_number_of_edges_that_are_cut(graph):
    cost, mixer = qaoa.maxcut(graph)

    for bits, value in values(cost, graph.nodes):
        assert value == pytest.approx(-sum(bits[a] != bits[b] for a, b in graph.edges))
    assert cost.wires == mixer.wires == tuple(graph.nodes)


@settings(max_examples=20)
@given(
    graph=graphs(), reward=st.sets(st.sampled_from(["00", "11", "01 10"]), min_size=1, max_size=2)
)
def test_an_edge_driver_counts_edges_that_are_not_rewarded(graph, reward):
    pairs = " ".join(reward).split()
    found = dict(enumerate(values(qaoa.edge_driver(graph, pairs), graph.nodes)))
    counted = [
        sum(f"{bits[a]}{bits[b]}" not in pairs for a, b in graph.edges)
        for bits, _ in found.values()
    ]

    differences = np.array([value for _, value in found.values()]) - counted
    np.testing.assert_allclose(differences, differences[0])


@settings(max_examples=20)
@given(graphs())
def test_without_constraints_the_lowest_states_are_the_solutions(graph):
    """PennyLane's problems: independent sets, covers, and cliques as sets of the complement."""
    cost, _ = qaoa.max_independent_set(graph, constrained=False)
    assert minimizers(cost, graph) == largest(graph, is_independent(graph))
    cost, _ = qaoa.min_vertex_cover(graph, constrained=False)
    assert minimizers(cost, graph) == largest(graph, is_cover(graph), -1)
    cost, _ = qaoa.max_clique(graph, constrained=False)
    assert minimizers(cost, graph) == largest(graph, is_independent(nx.complement(graph)))


@settings(max_examples=10)
@given(graph=graphs(4), seed=st.integers(0, 99))
def test_constrained_mixers_lead_from_allowed_states_to_allowed_states(graph, seed):
    problems = {
        qaoa.max_independent_set: is_independent(graph),
        qaoa.min_vertex_cover: is_cover(graph),
        qaoa.max_clique: is_independent(nx.complement(graph)),
    }
    for problem, is_allowed in problems.items():
        cost, mixer = problem(graph)
        allowed = np.array([is_allowed(nodes) for nodes, _ in selections(cost, graph)])
        matrix = qg.matrix(mixer, wire_order=list(graph.nodes))

        assert not matrix[np.ix_(~allowed, allowed)].any()
        reached = np.linalg.matrix_power(abs(matrix) + np.eye(len(matrix)), len(matrix))
        assert (reached[np.ix_(allowed, allowed)] > 0).all()
        sizes = [len(nodes) for nodes, _ in selections(cost, graph)]
        signs = -1 if problem is qaoa.min_vertex_cover else 1
        energies = [value for _, value in selections(cost, graph)]
        np.testing.assert_allclose(energies, signs * (len(graph) - 2 * np.array(sizes)))


def weighted(edges):
    graph = nx.DiGraph()
    graph.add_weighted_edges_from(edges)
    return graph


TRIANGLE = weighted([(0, 1, 2.0), (1, 2, 3.0), (2, 0, 0.5), (1, 0, 1.2), (2, 1, 0.7), (0, 2, 1.0)])


def test_the_lowest_state_without_constraints_is_the_cycle_with_the_largest_product():
    cost, mixer, mapping = qaoa.max_weight_cycle(TRIANGLE, constrained=False)

    found = min(values(cost, list(mapping)), key=lambda pair: pair[1])[0]
    chosen = {mapping[wire] for wire, bit in found.items() if bit}
    products = {
        cycle: np.prod([TRIANGLE.edges[edge]["weight"] for edge in cycle])
        for cycle in [
            tuple(zip(nodes, (*nodes[1:], nodes[0]), strict=True))
            for nodes in nx.simple_cycles(TRIANGLE)
        ]
    }
    assert chosen == set(max(products, key=products.__getitem__))
    assert mixer == qaoa.x_mixer(range(6))


def test_a_cycle_stays_a_cycle_under_its_mixer():
    cost, mixer, mapping = qaoa.max_weight_cycle(TRIANGLE)
    flow = np.array(
        [
            [
                sum(
                    bit * ((mapping[wire][0] == node) - (mapping[wire][1] == node))
                    for wire, bit in bits.items()
                )
                for node in TRIANGLE
            ]
            for bits, _ in values(cost, list(mapping))
        ]
    )
    matrix = qg.matrix(mixer, wire_order=range(6))

    for start, end in zip(*np.nonzero(abs(matrix) > 1e-12), strict=True):
        np.testing.assert_array_equal(flow[start], flow[end])


def test_constraints_are_lowest_where_they_are_satisfied():
    wires = qaoa.edges_to_wires(TRIANGLE)
    net = [value for _, value in values(qaoa.net_flow_constraint(TRIANGLE), list(wires.values()))]
    out = [value for _, value in values(qaoa.out_flow_constraint(TRIANGLE), list(wires.values()))]

    for index, bits in enumerate(product((0, 1), repeat=6)):
        chosen = [edge for edge, bit in zip(wires, bits, strict=True) if bit]
        balance = [sum((a == n) - (b == n) for a, b in chosen) for n in TRIANGLE]
        leaving = [sum(a == n for a, _ in chosen) for n in TRIANGLE]
        assert net[index] == pytest.approx(4 * np.sum(np.square(balance)))
        assert (out[index] <= min(out) + 1e-9) == (max(leaving) <= 1)


def test_graphs_of_rustworkx_are_the_same_graphs():
    graph = nx.Graph([("a", "b"), ("b", "c")])
    other = rx.PyGraph()
    other.add_nodes_from(["a", "b", "c"])
    other.add_edges_from([(1, 2, None), (0, 1, None)])
    directed = rx.networkx_converter(TRIANGLE)

    for problem in (qaoa.maxcut, qaoa.max_independent_set, qaoa.min_vertex_cover, qaoa.max_clique):
        assert [h.simplify() for h in problem(graph)] == [h.simplify() for h in problem(other)]
    assert qaoa.xy_mixer(graph) == qaoa.xy_mixer(other)
    wires = [qaoa.edges_to_wires(TRIANGLE)[edge] for edge in sorted(TRIANGLE.edges)]
    relabelled = dict(zip(wires, range(6), strict=True))
    for function in (qaoa.loss_hamiltonian, qaoa.net_flow_constraint, qaoa.cycle_mixer):
        here, there = function(TRIANGLE).map_wires(relabelled), function(directed)
        np.testing.assert_allclose(
            qg.matrix(here, wire_order=range(6)), qg.matrix(there, wire_order=range(6)), atol=1e-12
        )


def test_self_loops_and_parallel_edges_are_taken_as_they_are():
    graph = nx.MultiGraph([(0, 1), (0, 1), (1, 1)])

    cost, _ = qaoa.maxcut(graph)

    assert {frozenset(bits.items()): value for bits, value in values(cost, [0, 1])} == {
        frozenset({0: a, 1: b}.items()): -2.0 * (a != b) for a in (0, 1) for b in (0, 1)
    }
    assert qaoa.bit_flip_mixer(nx.Graph([(0, 0)]), 0) == qg.X(0)


def test_drivers_that_reward_everything_or_nothing_are_constant():
    graph = nx.path_graph(3)

    for reward in ([], ["00", "01", "10", "11"]):
        assert {value for _, value in values(qaoa.edge_driver(graph, reward), range(3))} == {3.0}
    assert qaoa.bit_driver(range(2), 1) == qg.Z(0) + qg.Z(1)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: qaoa.maxcut([(0, 1)]), "networkx or rustworkx"),
        (lambda: qaoa.xy_mixer(None), "graph=None"),
        (lambda: qaoa.edge_driver(nx.path_graph(2), ["2"]), "00, 01, 10, 11"),
        (lambda: qaoa.edge_driver(nx.path_graph(2), 3), "reward=3"),
        (lambda: qaoa.edge_driver(nx.path_graph(2), ["01"]), "no direction"),
        (lambda: qaoa.bit_driver([0], 2), "b=2"),
        (lambda: qaoa.max_clique(nx.path_graph(2), np.ones(2)), "max_clique was given constrained"),
        (lambda: qaoa.bit_flip_mixer(nx.path_graph(2), "0"), "b='0'"),
        (lambda: qaoa.edge_driver(nx.path_graph(2), np.zeros((2, 2))), "reward="),
        (lambda: qaoa.cycle_mixer(nx.path_graph(2)), "DiGraph"),
        (lambda: qaoa.max_weight_cycle(nx.DiGraph([(0, 1)])), "weight"),
        (lambda: qaoa.loss_hamiltonian(weighted([(0, 1, -1.0)])), "above 0"),
        (lambda: qaoa.loss_hamiltonian(weighted([(1, 1, 2.0)])), "two nodes"),
    ],
)
def test_wrong_use_is_refused(call, text):
    with pytest.raises(InvalidParameters, match=text):
        call()


def test_a_mixer_of_too_many_terms_is_refused():
    with pytest.raises(TooLarge, match="constrained=False"):
        qaoa.max_independent_set(nx.star_graph(30))
