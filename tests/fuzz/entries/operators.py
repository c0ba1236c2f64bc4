"""Gates, other operators, and arithmetic with them."""

from __future__ import annotations

from typing import Any

import numpy as np
from fuzz.circuits import FOUR, OBSERVABLE, in_circuit, measured
from fuzz.entry import Entry, by_place, users

import qgate as qg

STATE: dict[str, Any] = {"state": FOUR, "normalize": False, "pad_with": None}
LAYERS: dict[str, Any] = {"weights": np.ones((1, 2, 3)), "wires": [0, 1]}
TWO: dict[str, Any] = {"weights": np.ones((1, 2)), "wires": [0, 1]}
EXCITED: dict[str, Any] = {"weights": [0.1], "wires": [0, 1]}
EVOLVED: dict[str, Any] = {"hamiltonian": qg.X(0) + qg.Z(1), "time": 0.3, "n": 2}
BLOCKS: dict[str, Any] = {
    "wires": [0, 1, 2],
    "n_block_wires": 2,
    "block": lambda weights, wires: qg.CRot(0.1, *weights, wires),
    "n_params_block": 2,
}
PARAMETERS: dict[str, Any] = {"parameters": [0.1, 0.2], "kwargs": None}
CHANNELS: dict[str, dict[str, Any]] = {
    "AmplitudeDamping": {"gamma": 0.1},
    "BitFlip": {"p": 0.1},
    "DepolarizingChannel": {"p": 0.1},
    "GeneralizedAmplitudeDamping": {"gamma": 0.1, "p": 0.2},
    "PhaseDamping": {"gamma": 0.1},
    "PhaseFlip": {"p": 0.1},
    "ResetError": {"p0": 0.1, "p1": 0.2},
    "ThermalRelaxationError": {"pe": 0.1, "t1": 1.0, "t2": 1.2, "tg": 0.1},
}


def gates() -> list[Entry]:
    """Return an entry for each gate of fixed size."""
    found = []
    for name, gate_class in sorted(qg.GATES.items()):
        spec = getattr(gate_class, "spec", None)
        if spec is None or spec.wires is None or not hasattr(qg, name):
            continue
        given: dict[str, Any] = dict.fromkeys(spec.angles, 0.3)
        gate = by_place(getattr(qg, name), *spec.angles)
        found.append(Entry(name, in_circuit(gate), {**given, "wires": list(range(spec.wires))}))
    return found


def operators() -> list[Entry]:
    """Return entries of what is made with arrays, words or wires of any number."""
    rows: list[tuple[str, dict[str, Any]]] = [
        ("MultiRZ", {"theta": 0.3, "wires": [0, 1]}),
        ("PauliRot", {"theta": 0.3, "pauli_word": "XY", "wires": [0, 1], "id": None}),
        ("PCPhase", {"phi": 0.3, "dim": 2, "wires": [0, 1]}),
        ("MultiControlledX", {"wires": [0, 1, 2], "control_values": [1, 0], "work_wires": [4]}),
        ("QubitUnitary", {"U": np.eye(2), "wires": [0], "unitary_check": True}),
        ("DiagonalQubitUnitary", {"D": np.ones(2), "wires": [0]}),
        ("ControlledQubitUnitary", {"base": np.eye(2), "wires": [0, 1]}),
        ("BasisState", {"state": [1, 0], "wires": [0, 1]}),
        ("StatePrep", {**STATE, "wires": [0, 1], "validate_norm": True}),
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
        ("StronglyEntanglingLayers", {**LAYERS, "ranges": [1], "imprimitive": qg.CZ}),
        ("BasicEntanglerLayers", {**TWO, "rotation": qg.RX}),
        ("RandomLayers", {**TWO, "seed": 1, "ratio_imprim": 0.3, "rotations": [qg.RX]}),
        (
            "SimplifiedTwoDesign",
            {
                "initial_layer_weights": np.ones(2),
                "weights": np.ones((1, 1, 2)),
                "wires": [0, 1],
            },
        ),
        ("QFT", {"wires": [0, 1]}),
        ("GroverOperator", {"wires": [0, 1], "work_wires": [2]}),
        ("AQFT", {"order": 1, "wires": [0, 1, 2]}),
        ("FlipSign", {"n": [1, 0], "wires": [0, 1]}),
        ("CosineWindow", {"wires": [0, 1]}),
        (
            "GateFabric",
            {
                "weights": np.ones((1, 1, 2)),
                "wires": range(4),
                "init_state": [1, 1, 0, 0],
                "include_pi": True,
            },
        ),
        (
            "kUpCCGSD",
            {
                "weights": np.ones((1, 6)),
                "wires": range(4),
                "k": 1,
                "delta_sz": 0,
                "init_state": [1, 1, 0, 0],
            },
        ),
        ("ArbitraryUnitary", {"weights": np.ones(15), "wires": [0, 1]}),
        ("Permute", {"permutation": [1, 0], "wires": [0, 1]}),
        ("Barrier", {"wires": [0, 1]}),
        ("GlobalPhase", {"phi": 0.3}),
        (
            "TrotterProduct",
            {
                "hamiltonian": qg.X(0) + qg.Z(1),
                "time": 0.3,
                "n": 2,
                "order": 2,
                "check_hermitian": True,
            },
        ),
        ("ApproxTimeEvolution", EVOLVED),
        (
            "CommutingEvolution",
            {"hamiltonian": qg.Z(0) + qg.Z(1), "time": 0.3, "frequencies": (2, 4), "shifts": None},
        ),
        ("ArbitraryStatePreparation", {"weights": np.ones(6), "wires": [0, 1]}),
        ("FermionicSingleExcitation", {"weight": 0.3, "wires": [0, 1, 2]}),
        ("FermionicDoubleExcitation", {"weight": 0.3, "wires1": [0, 1], "wires2": [2, 3]}),
        (
            "ParticleConservingU1",
            {"weights": np.ones((1, 1, 2)), "wires": [0, 1], "init_state": [1, 0]},
        ),
        (
            "ParticleConservingU2",
            {"weights": np.ones((1, 3)), "wires": [0, 1], "init_state": [1, 0]},
        ),
        (
            "UCCSD",
            {**EXCITED, "s_wires": [[0, 1]], "d_wires": [], "init_state": [1, 0], "n_repeats": 1},
        ),
        ("AllSinglesDoubles", {**EXCITED, "hf_state": [1, 0], "singles": [[0, 1]], "doubles": []}),
        (
            "QuantumPhaseEstimation",
            {"unitary": np.eye(2), "target_wires": [0], "estimation_wires": [1, 2]},
        ),
        ("ControlledSequence", {"base": qg.RX(0.1, 0), "control": [1, 2]}),
        ("HilbertSchmidt", {"V": qg.RX(0.1, 1), "U": [qg.T(0)]}),
        ("LocalHilbertSchmidt", {"V": [qg.RX(0.1, 1)], "U": qg.T(0)}),
        ("Select", {"ops": [qg.X(2), qg.Z(2)], "control": [0], "partial": True}),
        ("Reflection", {"U": qg.RX(0.1, 0), "alpha": 0.3, "reflection_wires": [0]}),
        (
            "AmplitudeAmplification",
            {
                "U": qg.RX(0.1, 0),
                "O": qg.Z(0),
                "iters": 2,
                "fixed_point": True,
                "work_wire": 1,
                "p_min": 0.8,
            },
        ),
        (
            "SelectPauliRot",
            {"angles": [0.1, 0.2], "control_wires": [0], "target_wire": 1, "rot_axis": "X"},
        ),
        ("IQP", {"weights": [0.1], "num_wires": 2, "pattern": [[[0, 1], [1]]], "spin_sym": True}),
        ("MultiplexerStatePreparation", {"state_vector": FOUR, "wires": [0, 1]}),
        (
            "Superposition",
            {"coeffs": [0.6, 0.8], "bases": [[1, 1], [0, 1]], "wires": [0, 1], "work_wire": 2},
        ),
        (
            "TrotterizedQfunc",
            {
                "time": 0.1,
                "qfunc": lambda time, wires: qg.RX(time, wires),
                "n": 2,
                "order": 2,
                "reverse": True,
                "wires": [0],
            },
        ),
        (
            "MPSPrep",
            {
                "mps": [np.eye(2) * 0.5**0.5, np.eye(2)],
                "wires": [0, 1],
                "work_wires": [2],
                "right_canonicalize": True,
            },
        ),
        ("right_canonicalize_mps", {"mps": [np.eye(2), np.eye(2)]}),
        ("iterative_qpe", {"base": qg.RZ(0.1, 0), "aux_wire": 1, "iters": 2}),
        ("trotterize", {"qfunc": lambda time, wires: qg.RX(time, wires), "n": 2, "order": 4}),
        ("SpecialUnitary", {"theta": [0.1, 0.2, 0.3], "wires": [0]}),
        ("BasisRotation", {"wires": [0, 1], "unitary_matrix": np.eye(2), "check": True}),
        (
            "QDrift",
            {"hamiltonian": qg.X(0) + qg.Z(1), "time": 0.3, "n": 2, "seed": 1},
        ),
        (
            "QuantumMonteCarlo",
            {
                "probs": [0.5, 0.5],
                "func": lambda i: i / 2,
                "target_wires": [0, 1],
                "estimation_wires": [2, 3],
            },
        ),
        ("MPS", {**BLOCKS, "template_weights": np.ones((2, 2)), "offset": 1}),
        ("TTN", {**BLOCKS, "wires": [0, 1, 2, 3], "template_weights": np.ones((3, 2))}),
        ("MERA", {**BLOCKS, "wires": [0, 1, 2, 3], "template_weights": np.ones((5, 2))}),
        (
            "TwoLocalSwapNetwork",
            {
                "wires": [0, 1, 2],
                "acquaintances": lambda index, wires, param: qg.CRX(param, index),
                "weights": np.ones(3),
                "fermionic": True,
                "shift": False,
            },
        ),
        *((name, {**given, "wires": [0]}) for name, given in CHANNELS.items()),
        ("PauliError", {"operators": "XY", "p": 0.1, "wires": [0, 1]}),
        ("QubitChannel", {"K_list": [np.eye(2) * 0.6, qg.X(0).matrix() * 0.8], "wires": [0]}),
        ("QubitDensityMatrix", {"state": np.eye(2) / 2, "wires": [0]}),
        ("broadcast", {"unitary": qg.RX, "wires": [0, 1], "pattern": "single", **PARAMETERS}),
        ("layer", {"template": lambda x: qg.RX(x, 0), "depth": 2, "x": [0.1, 0.2]}),
    ]
    return [Entry(name, in_circuit(_maker(name)), given) for name, given in rows]


def _maker(name: str) -> Any:
    made = getattr(qg, name)
    if name == "layer":
        return by_place(made, "template", "depth", "x")
    if name == "trotterize":
        return lambda qfunc, **given: made(qfunc, **given)(0.3, wires=[0])
    if name == "broadcast":
        return lambda unitary, **given: made(users(unitary), **given)
    return made


def classes() -> list[Entry]:
    """Return entries of the classes of wrapped and compound operators."""
    gate, word = qg.RX(0.1, 0), qg.X(0)
    rows: list[tuple[str, dict[str, Any]]] = [
        ("Adjoint", {"base": gate}),
        ("Controlled", {"base": gate, "control_wires": [1], "control_values": [1]}),
        ("Exp", {"base": word, "coeff": 0.3j}),
        ("Pow", {"base": gate, "z": 2}),
    ]
    products = [
        Entry(
            name, in_circuit(by_place(getattr(qg, name), "one", "two")), {"one": one, "two": gate}
        )
        for name, one in (("Prod", qg.Y(1)), ("SProd", 1.0))
    ]
    return [
        *(Entry(name, in_circuit(getattr(qg, name)), given) for name, given in rows),
        *products,
        Entry("Sum", by_place(qg.Sum, "one", "two"), {"one": word, "two": qg.Z(1)}),
        Entry(
            "PauliSum",
            measured(lambda **given: qg.expval(qg.PauliSum(**given))),
            {"coefficients": [0.5], "x": [[1, 0]], "z": [[0, 1]], "wires": [0, 1]},
        ),
    ]


def arithmetic() -> list[Entry]:
    """Return entries of wrappers and of sums and products."""
    one, two = qg.X(0), qg.Z(1)
    rows: list[tuple[str, Any, dict[str, Any]]] = [
        ("adjoint", in_circuit(by_place(qg.adjoint, "fn")), {"fn": qg.RX(0.1, 0), "lazy": True}),
        (
            "ctrl",
            in_circuit(by_place(qg.ctrl, "op", "control")),
            {"op": qg.RX(0.1, 0), "control": [1], "control_values": [1]},
        ),
        ("pow", in_circuit(by_place(qg.pow, "base", "z")), {"base": one, "z": 2, "lazy": True}),
        ("exp", in_circuit(by_place(qg.exp, "op", "c")), {"op": one, "c": 0.3j}),
        ("evolve", in_circuit(by_place(qg.evolve, "op", "t")), {"op": one, "t": 0.3}),
        ("prod", by_place(qg.prod, "one", "two"), {"one": one, "two": two, "lazy": True}),
        ("sum", by_place(qg.sum, "one", "two"), {"one": one, "two": two, "lazy": True}),
        ("s_prod", by_place(qg.s_prod, "s", "op"), {"s": 0.5, "op": one, "lazy": True}),
        ("dot", qg.dot, {"coeffs": [0.1, 0.2], "ops": [one, two]}),
        (
            "Hamiltonian",
            qg.Hamiltonian,
            {"coeffs": [0.1], "observables": [one], "grouping_type": None, "method": "lf"},
        ),
        ("matrix", by_place(qg.matrix, "op"), {"op": OBSERVABLE, "wire_order": [0, 1]}),
        ("matrix of a gate", lambda x: qg.matrix(qg.RX(x, 0)), {"x": 0.3}),
        ("eigvals", by_place(qg.eigvals, "op"), {"op": OBSERVABLE, "k": 1, "which": "SA"}),
        ("generator", by_place(qg.generator, "op"), {"op": qg.RX(0.1, 0), "format": "prefactor"}),
        ("simplify", by_place(qg.simplify, "op"), {"op": OBSERVABLE}),
        (
            "equal",
            by_place(qg.equal, "one", "two"),
            {"one": qg.RX(0.1, 0), "two": qg.RX(0.1, 0), "rtol": 0.1, "check_interface": True},
        ),
        ("map_wires", by_place(qg.map_wires, "op", "map"), {"op": OBSERVABLE, "map": {0: 5}}),
        ("commutator", by_place(qg.commutator, "a", "b"), {"a": one, "b": two, "pauli": False}),
        ("is_commuting", by_place(qg.is_commuting, "a", "b"), {"a": one, "b": two}),
        (
            "pauli_decompose",
            by_place(qg.pauli_decompose, "H"),
            {
                "H": np.eye(2),
                "hide_identity": False,
                "wire_order": [0],
                "pauli": False,
                "check_hermitian": True,
                "cutoff": 1e-12,
            },
        ),
        ("Wires", by_place(qg.Wires, "wires"), {"wires": [0, 1]}),
    ]
    return [Entry(name, function, given) for name, function, given in rows]
