"""Right calls of everything public, of which a fuzzer changes arguments.

A row is a function and arguments that it takes. What a call returns is used as its user would use
it: operators are run in a circuit, plans are printed.
"""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from fuzz.entry import Entry, UsersOwn, by_place, text_of

import qgate as qg
from qgate import numpy as qnp

FOUR = np.full(4, 0.5)
DEVICE = qg.device("local?seed=1&memory_gib=0.25")
ANGLES = qnp.array([0.1, 0.2], requires_grad=True)


def _in_circuit(make: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that runs what an operator's class makes."""

    def call(**given: Any) -> Any:
        @qg.qnode(DEVICE)
        def circuit() -> Any:
            make(**given)
            return qg.expval(qg.Z(0))

        return circuit()

    return call


def _measured(measure: Callable[..., Any]) -> Callable[..., Any]:
    def call(**given: Any) -> Any:
        shots = given.pop("shots", None)

        @qg.qnode(DEVICE, shots=shots)
        def circuit() -> Any:
            qg.RX(0.3, wires=0)
            qg.CNOT(wires=[0, 1])
            return measure(**given)

        return circuit()

    return call


def _circuit(x: Any = None, *others: Any) -> Any:
    try:
        first, second = x[0], x[1]
    except Exception as error:
        raise UsersOwn from error
    qg.RX(first, wires=0)
    qg.RY(second, wires=1)
    qg.CNOT(wires=[0, 1])
    return qg.expval(qg.Z(0) @ qg.Z(1))


def _called(device: Any, x: Any, **options: Any) -> Any:
    return qg.QNode(_circuit, device, **options)(x)


def _derived(transform: Callable[..., Any]) -> Callable[..., Any]:
    def call(x: Any, shots: Any = None, options: Any = None, **given: Any) -> Any:
        node = qg.QNode(_circuit, DEVICE, shots=shots, diff_method="parameter-shift")
        return transform(node, **given)(x)

    return call


def _stepped(optimizer: Any) -> Callable[..., Any]:
    def call(x: Any, **given: Any) -> Any:
        node = qg.QNode(_circuit, DEVICE, shots=given.pop("shots", None))
        made = optimizer(**given)
        return made.step_and_cost(node, x)

    return call


def _tape(operations: Any, measurements: Any, shots: Any) -> Any:
    tape = qg.tape.QuantumScript(operations, measurements, shots=shots)
    return qg.execute([tape], DEVICE)


def _run(name: Any, journal: Any, budget: Any, x: Any) -> Any:
    with qg.run(name, journal=journal, budget=budget) as run:
        _called("local?shots=10&seed=1", x)
    return run.cost


def _in_file(text: Any, use: Callable[[Path], Any]) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "file"
        content = text if isinstance(text, bytes) else text_of(text).encode(errors="surrogatepass")
        file.write_bytes(content)
        return use(file)


def _configured(file: Path) -> Any:
    os.environ["QGATE_CONFIG"] = str(file)
    try:
        return qg.device("a")
    finally:
        del os.environ["QGATE_CONFIG"]


def _command(arguments: Any) -> Any:
    from qgate.cli import main

    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            return main(
                [text_of(part) for part in arguments] if isinstance(arguments, list) else []
            )
        except SystemExit:
            return None


def gates() -> list[Entry]:
    """Return an entry for each gate of fixed size."""
    found = []
    for name, gate_class in sorted(qg.GATES.items()):
        spec = getattr(gate_class, "spec", None)
        if spec is None or spec.wires is None or not hasattr(qg, name):
            continue
        given: dict[str, Any] = dict.fromkeys(spec.angles, 0.3)
        gate = by_place(getattr(qg, name), *spec.angles)
        found.append(Entry(name, _in_circuit(gate), {**given, "wires": list(range(spec.wires))}))
    return found


def operators() -> list[Entry]:
    """Return entries of what is made with arrays, words or wires of any number."""
    rows: list[tuple[str, dict[str, Any]]] = [
        ("MultiRZ", {"theta": 0.3, "wires": [0, 1]}),
        ("PauliRot", {"theta": 0.3, "pauli_word": "XY", "wires": [0, 1]}),
        ("PCPhase", {"phi": 0.3, "dim": 2, "wires": [0, 1]}),
        ("MultiControlledX", {"wires": [0, 1, 2], "control_values": [1, 0]}),
        ("QubitUnitary", {"U": np.eye(2), "wires": [0]}),
        ("DiagonalQubitUnitary", {"D": np.ones(2), "wires": [0]}),
        ("ControlledQubitUnitary", {"base": np.eye(2), "wires": [0, 1]}),
        ("BasisState", {"state": [1, 0], "wires": [0, 1]}),
        ("StatePrep", {"state": FOUR, "wires": [0, 1], "normalize": False, "pad_with": None}),
        ("MottonenStatePreparation", {"state_vector": FOUR, "wires": [0, 1]}),
        (
            "AmplitudeEmbedding",
            {"features": FOUR, "wires": [0, 1], "normalize": True, "pad_with": 0.0},
        ),
        ("AngleEmbedding", {"features": [0.1, 0.2], "wires": [0, 1], "rotation": "Y"}),
        ("BasisEmbedding", {"features": [1, 0], "wires": [0, 1]}),
        ("IQPEmbedding", {"features": [0.1, 0.2], "wires": [0, 1], "n_repeats": 2}),
        (
            "QAOAEmbedding",
            {"features": [0.1], "weights": np.ones((1, 3)), "wires": [0, 1]},
        ),
        ("StronglyEntanglingLayers", {"weights": np.ones((1, 2, 3)), "wires": [0, 1]}),
        ("BasicEntanglerLayers", {"weights": np.ones((1, 2)), "wires": [0, 1]}),
        ("RandomLayers", {"weights": np.ones((1, 2)), "wires": [0, 1], "seed": 1}),
        (
            "SimplifiedTwoDesign",
            {
                "initial_layer_weights": np.ones(2),
                "weights": np.ones((1, 1, 2)),
                "wires": [0, 1],
            },
        ),
        ("QFT", {"wires": [0, 1]}),
        ("GroverOperator", {"wires": [0, 1]}),
        ("ArbitraryUnitary", {"weights": np.ones(15), "wires": [0, 1]}),
        ("Permute", {"permutation": [1, 0], "wires": [0, 1]}),
        ("Barrier", {"wires": [0, 1]}),
        ("GlobalPhase", {"phi": 0.3}),
        (
            "TrotterProduct",
            {"hamiltonian": qg.X(0) + qg.Z(1), "time": 0.3, "n": 2, "order": 2},
        ),
        ("ApproxTimeEvolution", {"hamiltonian": qg.X(0) + qg.Z(1), "time": 0.3, "n": 2}),
        ("CommutingEvolution", {"hamiltonian": qg.Z(0) + qg.Z(1), "time": 0.3}),
    ]
    return [Entry(name, _in_circuit(getattr(qg, name)), given) for name, given in rows]


def arithmetic() -> list[Entry]:
    """Return entries of wrappers and of sums and products."""
    observable = qg.X(0) + 0.5 * qg.Z(1)
    return [
        Entry("adjoint", _in_circuit(by_place(qg.adjoint, "fn")), {"fn": qg.RX(0.1, 0)}),
        Entry(
            "ctrl",
            _in_circuit(by_place(qg.ctrl, "op", "control")),
            {"op": qg.RX(0.1, 0), "control": [1], "control_values": [1]},
        ),
        Entry("pow", _in_circuit(by_place(qg.pow, "base", "z")), {"base": qg.X(0), "z": 2}),
        Entry("exp", _in_circuit(by_place(qg.exp, "op", "c")), {"op": qg.X(0), "c": 0.3j}),
        Entry("evolve", _in_circuit(by_place(qg.evolve, "op", "t")), {"op": qg.X(0), "t": 0.3}),
        Entry("prod", by_place(qg.prod, "one", "two"), {"one": qg.X(0), "two": qg.Z(1)}),
        Entry("sum", by_place(qg.sum, "one", "two"), {"one": qg.X(0), "two": qg.Z(1)}),
        Entry("s_prod", by_place(qg.s_prod, "s", "op"), {"s": 0.5, "op": qg.X(0)}),
        Entry("dot", qg.dot, {"coeffs": [0.1, 0.2], "ops": [qg.X(0), qg.Z(1)]}),
        Entry("Hamiltonian", qg.Hamiltonian, {"coeffs": [0.1], "observables": [qg.X(0)]}),
        Entry("matrix", by_place(qg.matrix, "op"), {"op": observable, "wire_order": [0, 1]}),
        Entry("eigvals", by_place(qg.eigvals, "op"), {"op": observable}),
        Entry("generator", by_place(qg.generator, "op"), {"op": qg.RX(0.1, 0)}),
        Entry("simplify", by_place(qg.simplify, "op"), {"op": observable}),
        Entry("equal", by_place(qg.equal, "one", "two"), {"one": qg.X(0), "two": qg.X(0)}),
        Entry("map_wires", by_place(qg.map_wires, "op", "map"), {"op": observable, "map": {0: 5}}),
        Entry("commutator", by_place(qg.commutator, "a", "b"), {"a": qg.X(0), "b": qg.Z(0)}),
        Entry("is_commuting", by_place(qg.is_commuting, "a", "b"), {"a": qg.X(0), "b": qg.Z(0)}),
        Entry("pauli_decompose", by_place(qg.pauli_decompose, "H"), {"H": np.eye(2)}),
        Entry("Wires", by_place(qg.Wires, "wires"), {"wires": [0, 1]}),
    ]


def measuring() -> list[Entry]:
    """Return entries of measurements and observables."""

    return [
        Entry("expval", _measured(by_place(qg.expval, "op")), {"op": qg.Z(0), "shots": None}),
        Entry("var", _measured(by_place(qg.var, "op")), {"op": qg.Z(0), "shots": 10}),
        Entry("probs", _measured(qg.probs), {"wires": [0, 1], "shots": 10}),
        Entry("probs of op", _measured(qg.probs), {"op": qg.Z(0)}),
        Entry("sample", _measured(qg.sample), {"wires": [0, 1], "shots": 10}),
        Entry("counts", _measured(qg.counts), {"wires": [0], "shots": 10, "all_outcomes": True}),
        Entry("density_matrix", _measured(qg.density_matrix), {"wires": [0]}),
        Entry("vn_entropy", _measured(qg.vn_entropy), {"wires": [0], "log_base": 2}),
        Entry(
            "mutual_info",
            _measured(qg.mutual_info),
            {"wires0": [0], "wires1": [1], "log_base": 2},
        ),
        Entry("purity", _measured(qg.purity), {"wires": [0]}),
        Entry(
            "Hermitian",
            _measured(lambda **g: qg.expval(qg.Hermitian(**g))),
            {"A": np.eye(2), "wires": [0]},
        ),
        Entry(
            "Projector",
            _measured(lambda **g: qg.expval(qg.Projector(**g))),
            {"state": [1], "wires": [0]},
        ),
        Entry(
            "SparseHamiltonian",
            _measured(lambda **g: qg.expval(qg.SparseHamiltonian(**g))),
            {"H": __import__("scipy.sparse").sparse.eye_array(4, format="csr"), "wires": [0, 1]},
        ),
    ]


def running() -> list[Entry]:
    """Return entries of devices, QNodes, tapes, runs and the command."""
    text = "[devices.a]\ndevice = 'local'\nshots = 10\n"
    return [
        Entry(
            "device",
            by_place(qg.device, "name"),
            {"name": "local", "wires": 2, "shots": 10, "seed": 3},
        ),
        Entry(
            "device options",
            lambda option, value: qg.device(f"local?{text_of(option)}={text_of(value)}"),
            {"option": "shots", "value": 10},
        ),
        Entry("device string", lambda text: qg.device(text), {"text": "qiskit:aer?shots=10"}),
        Entry(
            "QNode",
            _called,
            {
                "device": "local?seed=1",
                "x": ANGLES,
                "diff_method": "best",
                "interface": "auto",
                "shots": None,
                "max_diff": 1,
                "gradient_kwargs": {},
            },
        ),
        Entry(
            "set_shots",
            lambda shots: qg.set_shots(qg.QNode(_circuit, DEVICE), shots)(ANGLES),
            {"shots": 10},
        ),
        Entry(
            "tape",
            _tape,
            {"operations": [qg.RX(0.1, 0)], "measurements": [qg.expval(qg.Z(0))], "shots": None},
        ),
        Entry("execute", qg.execute, {"tapes": [], "device": "local"}),
        Entry("run", _run, {"name": "r", "journal": ":memory:", "budget": None, "x": ANGLES}),
        Entry("Budget", qg.Budget, {"shots": 10, "usd": 1.0, "submissions": 3, "rounds": 1}),
        Entry(
            "plan",
            lambda x, **given: str(qg.plan(qg.QNode(_circuit, DEVICE), **given)(x)),
            {"x": ANGLES, "device": "local?shots=10", "budget": None},
        ),
        Entry(
            "submit",
            lambda x, timeout_s: qg.submit(qg.QNode(_circuit, DEVICE))(x).result(timeout_s),
            {"x": ANGLES, "timeout_s": 10.0},
        ),
        Entry(
            "qgate.toml",
            lambda text: _in_file(text, _configured),
            {"text": text},
        ),
        Entry(
            "journal file",
            lambda data: _in_file(data, lambda file: _run("r", str(file), None, ANGLES)),
            {"data": b""},
        ),
        Entry("command", _command, {"arguments": ["plan", "program.py", "--usd", "5"]}),
        Entry("command devices", lambda a, b: _command([a, b]), {"a": "devices", "b": "local"}),
    ]


def derivatives() -> list[Entry]:
    """Return entries of derivatives and gradient transforms."""
    gradients = qg.gradients
    return [
        Entry("grad", _derived(qg.grad), {"x": ANGLES, "argnum": 0}),
        Entry("jacobian", _derived(qg.jacobian), {"x": ANGLES, "argnum": 0, "shots": 10}),
        Entry(
            "jvp",
            lambda x, t: qg.jvp(qg.QNode(_circuit, DEVICE), x, t),
            {"x": ANGLES, "t": np.ones(2)},
        ),
        Entry(
            "vjp", lambda x, t: qg.vjp(qg.QNode(_circuit, DEVICE), x, t), {"x": ANGLES, "t": 1.0}
        ),
        Entry("param_shift", _derived(gradients.param_shift), {"x": ANGLES, "argnum": 0}),
        Entry(
            "finite_diff",
            _derived(gradients.finite_diff),
            {"x": ANGLES, "h": 1e-3, "approx_order": 1, "n": 1, "strategy": "forward"},
        ),
        Entry(
            "spsa_grad",
            _derived(gradients.spsa_grad),
            {"x": ANGLES, "h": 1e-3, "num_directions": 2, "approx_order": 2, "sampler_rng": 1},
        ),
        Entry("hadamard_grad", _derived(gradients.hadamard_grad), {"x": ANGLES, "aux_wire": 5}),
        Entry("param_shift_hessian", _derived(gradients.param_shift_hessian), {"x": ANGLES}),
        Entry("metric_tensor", _derived(gradients.metric_tensor), {"x": ANGLES, "approx": None}),
        Entry("classical_fisher", _derived(gradients.classical_fisher), {"x": ANGLES}),
        Entry("quantum_fisher", _derived(gradients.quantum_fisher), {"x": ANGLES}),
        Entry(
            "generate_shift_rule",
            by_place(gradients.generate_shift_rule, "frequencies"),
            {"frequencies": (1, 2), "shifts": None, "order": 1},
        ),
        Entry(
            "finite_diff_coeffs",
            gradients.finite_diff_coeffs,
            {"n": 1, "approx_order": 2, "strategy": "center"},
        ),
        Entry(
            "eigvals_to_frequencies",
            by_place(gradients.eigvals_to_frequencies, "eigvals"),
            {"eigvals": (0.5, -0.5)},
        ),
        Entry(
            "gradient_estimate",
            lambda x, shots: qg.gradient_estimate(qg.QNode(_circuit, DEVICE, shots=shots))(x),
            {"x": ANGLES, "shots": 100},
        ),
        Entry(
            "coefficients",
            lambda **given: qg.fourier.coefficients(lambda x: np.cos(x[0]), **given),
            {"n_inputs": 1, "degree": 2},
        ),
        Entry(
            "reconstruct",
            lambda x, **given: qg.fourier.reconstruct(qg.QNode(_circuit, DEVICE), **given)(x),
            {"x": ANGLES, "ids": None, "nums_frequency": {"x": {(0,): 1, (1,): 1}}},
        ),
    ]


def optimizers() -> list[Entry]:
    """Return entries of the optimizers and of the loop around them."""
    rows: dict[str, dict[str, Any]] = {
        "GradientDescentOptimizer": {"stepsize": 0.1},
        "MomentumOptimizer": {"stepsize": 0.1, "momentum": 0.9},
        "NesterovMomentumOptimizer": {"stepsize": 0.1, "momentum": 0.9},
        "AdagradOptimizer": {"stepsize": 0.1, "eps": 1e-8},
        "RMSPropOptimizer": {"stepsize": 0.1, "decay": 0.9, "eps": 1e-8},
        "AdamOptimizer": {"stepsize": 0.1, "beta1": 0.9, "beta2": 0.99, "eps": 1e-8},
        "QNGOptimizer": {"stepsize": 0.1, "approx": "block-diag", "lam": 0.01},
        "SPSAOptimizer": {"maxiter": 10, "alpha": 0.6, "gamma": 0.1, "c": 0.2},
        "QNSPSAOptimizer": {"stepsize": 0.1, "regularization": 1e-3},
    }
    found = [
        Entry(name, _stepped(getattr(qg, name)), {"x": ANGLES, "shots": None, **given})
        for name, given in rows.items()
    ]
    minimize = Entry(
        "minimize",
        lambda x, **given: qg.minimize(qg.QNode(_circuit, DEVICE), x, **given),
        {"x": ANGLES, "optimizer": qg.GradientDescentOptimizer(0.1), "steps": 2, "tol": 0.1},
    )
    return [*found, minimize]


def entries() -> list[Entry]:
    """Return all."""
    return [
        *gates(),
        *operators(),
        *arithmetic(),
        *measuring(),
        *running(),
        *derivatives(),
        *optimizers(),
    ]
