"""Routing of circuits on a map of connected wires."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import TransformError
from qgate.tape import QuantumScript
from qgate.transforms import transpile

LINE = [(0, 1), (1, 2), (2, 3)]
PAIRS = st.tuples(st.integers(0, 3), st.integers(0, 3)).filter(lambda pair: pair[0] != pair[1])


def measured():
    return [qg.expval(qg.Z(0) @ qg.X(3) + 0.5 * qg.Y(2)), qg.probs(wires=[3, 1]), qg.state()]


@settings(max_examples=25)
@given(st.lists(PAIRS, max_size=6), st.integers(0, 2))
def test_a_routed_circuit_has_the_same_results_on_connected_pairs(pairs, kind):
    gates = [qg.RX(0.3 * wire + 0.2, wires=wire) for wire in range(4)]
    gates += [qg.CRY(0.7, wires=pair) for pair in pairs]
    script = QuantumScript(gates, measured()[kind : kind + 1])

    (routed,), combine = transpile(script, coupling_map=LINE)

    used = {tuple(sorted(gate.wires)) for gate in routed.operations if len(gate.wires) == 2}
    assert used <= set(LINE)
    device = qg.device("local", wires=4)
    expected = qg.execute([script], device)[0]
    np.testing.assert_allclose(combine(qg.execute([routed], device)), expected, atol=1e-12)


def test_wider_gates_are_decomposed_and_graphs_are_maps():
    @qg.qnode("local")
    def circuit(angle):
        qg.RY(angle, wires=0)
        qg.Barrier([0, 1, 2])
        qg.Toffoli(wires=[0, 2, 1])
        qg.CRX(angle, wires=[0, 2])
        return qg.expval(qg.Z(2))

    routed = transpile(circuit, nx.path_graph(3))
    angle = qnp.array(0.4)

    assert routed(angle) == pytest.approx(circuit(angle))
    assert qg.grad(routed)(angle) == pytest.approx(qg.grad(circuit)(angle))


@pytest.mark.parametrize(
    ("coupling", "text"),
    [
        ([(0, 1)], r"the wires \[2\] are not in coupling_map"),
        ([(0, 1), (2, 3)], "no path of coupling_map connects 0 and 2"),
        ([(0, 1, 2)], "Give pairs of wires"),
        ([0, 1], "Give pairs of wires"),
        ([(1, 1)], "Give pairs of wires"),
        ([], "Give pairs of wires"),
    ],
)
def test_maps_that_do_not_fit_are_refused(coupling, text):
    script = QuantumScript([qg.CNOT([0, 2])], [qg.expval(qg.Z(0))])

    with pytest.raises(TransformError, match=text):
        transpile(script, coupling_map=coupling)
