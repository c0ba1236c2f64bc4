"""The benchmark of the local engine runs the same circuits in every library, and prints results.

Its peers are not installed here; a stand-in for PennyLane is qgate under that name.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import partial, reduce
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import statevector
from document import filled
from engines import local, qnodes
from engines.circuits import (
    HAMILTONIANS,
    Circuit,
    excitations,
    layers,
    lithium_hydride,
    molecule,
    qaoa,
    regular_graph,
    unstructured,
)
from engines.measuring import FEW, Row, distances, measure
from engines.page import large_table, number, peers_table, variants_table
from engines.picture import NEAREST, draw, finding, spread
from engines.workloads import Kind, Workload, frequencies

ROOT = Path(__file__).parents[1]
STAND_IN = """
import sys, qgate
sys.modules.update({"pennylane": qgate, "pennylane.numpy": qgate.numpy})
"""
PAULIS = {
    "I": np.eye(2),
    "X": np.array([[0, 1], [1, 0]]),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1.0, -1.0]),
}
HALF_TURNS = {"RX": "X", "RY": "Y", "RZ": "Z", "IsingZZ": "ZZ"}
EXCHANGED = {"SingleExcitation": (1, 2), "DoubleExcitation": (3, 12)}
FIXED = {
    "Hadamard": np.array([[1, 1], [1, -1]]) / np.sqrt(2),
    "CNOT": np.eye(4)[[0, 1, 3, 2]],
}
H2 = ROOT / "examples" / "hamiltonians" / "h2_sto3g_0.7414.json"
SMALL = {
    "layers": partial(layers, 3, 2),
    "qaoa": partial(qaoa, 4, 2),
    "unstructured": partial(unstructured, 4, 14, 6),
    "molecule": partial(molecule, H2),
}


# The circuits, against dense matrices ----------------------------------------------------


def dense(letters: str) -> np.ndarray:
    """Return the matrix of a Pauli word."""
    return reduce(np.kron, [PAULIS[letter] for letter in letters])


def matrix(name: str, angle: float) -> np.ndarray:
    """Return the matrix of a gate."""
    if name in FIXED:
        return FIXED[name]
    cos, sin = np.cos(angle / 2), np.sin(angle / 2)
    if name in HALF_TURNS:
        pauli = dense(HALF_TURNS[name])
        return cos * np.eye(len(pauli)) - 1j * sin * pauli
    low, high = EXCHANGED[name]
    made = np.eye(low + high + 1)
    made[[low, high], [low, high]] = cos
    made[low, high], made[high, low] = -sin, sin
    return made


def energy(circuit: Circuit, angles: np.ndarray) -> float:
    """Return the energy by multiplying matrices onto the state."""
    n = circuit.num_wires
    state = np.zeros((2,) * n, dtype=complex)
    state[circuit.occupied or (0,) * n] = 1
    for gate in circuit.gates:
        k = len(gate.wires)
        turned = matrix(gate.name, 0.0 if gate.angle is None else angles[gate.angle])
        state = np.tensordot(turned.reshape((2,) * 2 * k), state, (range(k, 2 * k), gate.wires))
        state = np.moveaxis(state, range(k), gate.wires)
    vector = state.ravel()
    return sum(c * (vector.conj() @ dense(word) @ vector).real for c, word in circuit.words)


@pytest.mark.parametrize("prepare", [local.prepare, qnodes.qgate], ids=["device", "QNode"])
@pytest.mark.parametrize("name", SMALL)
def test_qgate_runs_the_circuit_that_is_described(name: str, prepare: Any):
    workload = Workload(name, SMALL[name])
    circuit, (angles,) = workload.circuit, workload.angles
    steps = 1e-5 * np.eye(len(angles))
    slopes = [(energy(circuit, angles + h) - energy(circuit, angles - h)) / 2e-5 for h in steps]

    calls = prepare(workload)
    value, gradient = (calls[each].read(calls[each].run()) for each in ("value", "gradient"))

    np.testing.assert_allclose(value, [energy(circuit, angles)], atol=1e-12)
    np.testing.assert_allclose(gradient, slopes, atol=1e-8)


@pytest.mark.parametrize("prepare", [local.prepare, qnodes.qgate], ids=["device", "QNode"])
def test_rows_of_angles_give_an_energy_each(prepare: Any):
    workload = Workload("rows", partial(layers, 3, 1), kind=Kind.ROWS, num_rows=4)

    call = prepare(workload)["value"]

    expected = [energy(workload.circuit, row) for row in workload.angles]
    np.testing.assert_allclose(call.read(call.run()), expected, atol=1e-12)


def test_counts_of_device_and_qnode_agree_within_their_errors():
    counted = Workload("counts", partial(layers, 3, 1), kind=Kind.COUNTS, num_rows=5, shots=20_000)

    results = [prepare(counted)["counts"] for prepare in (local.prepare, qnodes.qgate)]
    ours, theirs = (call.read(call.run()) for call in results)

    assert len(ours) == 5 * (3 + 2)
    assert np.abs(ours - theirs).max() < counted.within < 0.04


def test_the_excitations_of_lithium_hydride_are_those_that_keep_the_spin():
    sizes = [len(wires) for wires in excitations(4, 12)]

    assert (sizes.count(2), sizes.count(4)) == (16, 76)


def test_lithium_hydride_without_excitations_has_the_hartree_fock_energy():
    circuit = lithium_hydride()
    expected = json.loads((HAMILTONIANS / "lih_sto3g_1.595.json").read_text())["hf_energy"]
    signs = 1 - 2 * np.array(circuit.occupied)

    diagonal = [
        coefficient * np.prod(signs[[letter == "Z" for letter in word]])
        for coefficient, word in circuit.words
        if not {"X", "Y"} & set(word)
    ]

    assert len(circuit.words) == 631
    assert sum(diagonal) == pytest.approx(expected, abs=1e-8)


def test_every_node_of_a_regular_graph_has_as_many_edges():
    ends = np.array(regular_graph(10, 3))

    assert np.bincount(ends.ravel()).tolist() == [3] * 10
    assert len(set(map(tuple, ends))) == 15


def test_frequencies_are_of_ones_and_of_neighbours_that_differ():
    rows = [{"000": 1, "110": 3}, {"011": 2}]

    assert frequencies(rows).tolist() == [0.75, 0.75, 0, 0, 0.75, 0, 1, 1, 1, 0]


# Rounds ----------------------------------------------------------------------------------


class Recorded:
    """Responds as an interpreter would, with given times."""

    def __init__(self, numbers: list[float] | None, times: list[float]) -> None:
        self.numbers, self.times, self.asked = numbers, times, 0

    def ask(self, **request: Any) -> Any:
        if "repeats" not in request:
            found = {"numbers": self.numbers, "repeats": 4, "seconds": self.times[0]}
            return None if self.numbers is None else found
        self.asked += 1
        seconds = self.times[self.asked % len(self.times)]
        return {"cpu": seconds, "wall": 2 * seconds, "peak": 3 * seconds}


def measured(peers: dict[str, Recorded]) -> Row:
    return measure(peers, "W3", "value", within=1e-9, rounds=5, least_s=0.1)


def test_medians_are_over_the_rounds():
    row = measured({"a": Recorded([1.0], [1.0, 5.0, 2.0, 4.0, 3.0])})

    assert (row.cpu, row.wall, row.peak) == ({"a": 3.0}, {"a": 6.0}, {"a": 9.0})


def test_who_does_not_have_a_call_is_left_out():
    row = measured({"a": Recorded([1.0], [1.0]), "b": Recorded(None, [1.0])})

    assert list(row.cpu) == ["a"]


def test_a_slow_contender_has_few_rounds():
    peers = {"a": Recorded([1.0], [0.1]), "b": Recorded([1.0], [60.0])}

    measured(peers)

    assert [peer.asked for peer in peers.values()] == [FEW, FEW]


@pytest.mark.parametrize(
    ("theirs", "agrees"), [([1.0, 200.0], True), ([1.0, 200.1], False), ([1.0], False)]
)
def test_results_that_differ_are_found(theirs: list[float], agrees: bool):
    peers = {"a": Recorded([1.0, 200.0], [0.1]), "b": Recorded(theirs, [0.1])}

    assert measured(peers).agrees is agrees


def test_a_result_that_is_no_number_agrees_with_none():
    assert not distances({"a": [1.0], "b": [float("nan")]})["b"] <= 1


# Output --------------------------------------------------------------------------------


def row_of(workload: str, call: str, **seconds: float) -> Row:
    peak = dict.fromkeys(seconds, 2.0**30)
    return Row(workload, call, seconds, seconds, peak, off={}, agrees=True)


ROWS = [
    row_of("W1 n=4", "value", qgate=2e-4, qulacs=1e-4, aer=4e-3),
    row_of("W1 n=4", "gradient", **{"qgate": 1e-3, "qgate QNode": 2e-3, "lightning": 5e-3}),
]


def test_the_table_of_peers_has_times_and_ratios():
    names = {name: name for name in ("qgate", "qgate QNode", "lightning", "qulacs", "aer")}

    *_, value, gradient = peers_table(ROWS, names, "cpu").splitlines()

    title = "W1 n=4: 4 qubits, 36 angles"
    assert value == f"| {title} | value | 0.2 | - | - | **0.1** | 4 | 0.5x | - |"
    assert gradient == "|  | gradient | **1** | 2 | 5 | - | - | 5x | 2.5x |"


def test_the_table_of_variants_has_ratios_to_the_first():
    row = row_of("W4", "value", **{"1 thread": 0.4, "2 threads": 0.25})

    *_, line = variants_table(
        [row], {"1 thread": "1 thread", "2 threads": "2 threads"}, "wall"
    ).splitlines()

    assert line.endswith("| value | 400 | **250** | 1.6x |")


def test_the_table_of_qgate_alone_has_its_memory():
    *_, line = large_table([row_of("W1 n=24", "value", qgate=1.5)]).splitlines()

    assert line == "| W1 n=24: 24 qubits, 72 angles | value | 1.5 | 1.5 | 1,024 |"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, "0"), (0.01234, "0.0123"), (99.96, "100"), (12345.0, "12,300"), (5.0, "5")],
)
def test_numbers_have_three_digits(value: float, shown: str):
    assert number(value) == shown


def test_a_part_of_a_document_is_written_anew():
    document = "before\n<!-- a -->\nold\n<!-- end of a -->\nafter\n"

    assert filled(document, "a", "new\n") == document.replace("old", "new")


def test_a_document_without_the_marks_is_refused():
    with pytest.raises(ValueError, match="no <!-- a --> and"):
        filled("<!-- a -->\n", "a", "new")


@pytest.mark.parametrize("part", ["peers", "threads", "engines"])
def test_the_document_has_a_place_for_every_part(part: str):
    assert filled(statevector.PAGE.read_text(encoding="utf-8"), f"statevector {part}", "")


def test_what_was_saved_is_read(tmp_path: Path):
    run = statevector.Run("peers", {"qgate": "qgate"}, "today", ROWS, [])

    run.save(tmp_path / "numbers.json")

    assert statevector.Run.read(tmp_path / "numbers.json") == run


# The picture -----------------------------------------------------------------------------


def test_the_title_of_the_picture_says_what_was_found():
    rows = [row_of("W1 n=20", "gradient", qgate=0.09, lightning=1.4, qulacs=2.8), *ROWS]

    assert finding(rows) == (
        "A gradient of 20 qubits takes 90 ms in qgate and 1.4 s in lightning.qubit, "
        "the fastest of the others"
    )


def test_labels_are_moved_apart():
    placed = spread([0.5, 0.51, 0.9])

    assert placed == pytest.approx([0.505 - NEAREST / 2, 0.505 + NEAREST / 2, 0.9])


def test_the_picture_is_drawn(tmp_path: Path):
    pytest.importorskip("matplotlib")
    rows = [*ROWS, row_of("W1 n=8", "value", qgate=1e-3), row_of("W1 n=8", "gradient", qgate=1e-2)]

    draw(rows, tmp_path / "images" / "times.svg")

    assert (tmp_path / "images" / "times.svg").read_text().startswith("<?xml")


# The command -----------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path: Path):
    """Return a function that runs the script with a stand-in for PennyLane."""
    (tmp_path / "pennylane.py").write_text(STAND_IN)
    installed = tmp_path / "pennylane_lightning-0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Name: pennylane-lightning\nVersion: 0\n")
    search = os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")]))

    def run(*arguments: str) -> subprocess.CompletedProcess:
        command = [sys.executable, str(ROOT / "benchmarks" / "statevector.py"), *arguments]
        environment = {**os.environ, "PYTHONPATH": search}
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    return run


def test_peers_are_timed_at_the_same_work_and_a_missing_one_is_named(run):
    peers = ("--python", sys.executable, "--peers", "lightning", "qulacs")

    done = run(*peers, "--only", "W3", "--quick")

    assert done.returncode == 0, done.stderr
    assert "qulacs is not installed" in done.stderr
    lines = [line.split(" | ") for line in done.stdout.splitlines() if "value" in line]
    assert [len(cells) for cells in lines] == [7, 7]
    assert lines[0][0] == "| W3: 4 qubits, 12 angles"


def test_variants_of_qgate_are_compared():
    limits = statevector.Limits("W3", rounds=1, quick=True)
    counts = {"one": {"QGATE_NUM_THREADS": "1"}, "two": {"QGATE_NUM_THREADS": "2"}}

    run = statevector.variants("threads", counts, ["W3", "W4"], limits, lambda run: None)

    assert [(row.workload, row.call) for row in run.rows] == [("W3", "value"), ("W3", "gradient")]
    assert all(row.agrees and set(row.cpu) == {"one", "two"} for row in run.rows)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "benchmarks/README.md"),
        (["--python", "python", "--write", "--quick"], "--write is for whole runs"),
    ],
)
def test_wrong_use_is_refused(run, arguments: list[str], complaint: str):
    done = run(*arguments)

    assert done.returncode == 2
    assert complaint in done.stderr
