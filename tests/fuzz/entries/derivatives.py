"""Derivatives, gradient transforms and Fourier series."""

from __future__ import annotations

from typing import Any

import numpy as np
from fuzz.circuits import ANGLES, DEVICE, applied, derived, node, state_circuit
from fuzz.entry import Entry, by_place

import qgate as qg


def _squared(made: Any) -> Any:
    """Differentiate by a transform that returns what was given."""
    transform = qg.gradients.transform(lambda tape: made)
    return qg.jacobian(node(diff_method=transform))(ANGLES)


def _zeros(results: Any) -> Any:
    return np.zeros(()), np.zeros(())


def _recipes(gradient_recipes: Any, f0: Any) -> Any:
    tape = qg.tape.QuantumScript([qg.RX(0.1, 0)], [qg.expval(qg.Z(0))])
    tapes, post = qg.gradients.param_shift(tape, gradient_recipes=gradient_recipes, f0=f0)
    return post(qg.execute(tapes, DEVICE))


def _metric(transform: Any) -> Any:
    def call(x: Any, **given: Any) -> Any:
        return transform(qg.QNode(state_circuit, DEVICE), **given)(x)

    return call


def derivatives() -> list[Entry]:
    """Return entries of derivatives of any order, and of gradient transforms."""
    gradients = qg.gradients
    rows: list[tuple[str, Any, dict[str, Any]]] = [
        ("grad", derived(qg.grad), {"x": ANGLES, "argnum": 0}),
        ("value_and_grad", derived(qg.value_and_grad), {"x": ANGLES, "argnums": 0}),
        ("jacobian", derived(qg.jacobian), {"x": ANGLES, "argnums": 0, "shots": 10}),
        ("jvp", lambda x, t, **g: qg.jvp(node(), x, t, **g), {"x": ANGLES, "t": np.ones(2)}),
        ("vjp", lambda x, t, **g: qg.vjp(node(), x, t, **g), {"x": ANGLES, "t": 1.0, "argnums": 0}),
        (
            "gradients.param_shift",
            derived(gradients.param_shift),
            {"x": ANGLES, "argnum": 0, "shots": None},
        ),
        ("gradients.param_shift of a tape", _recipes, {"gradient_recipes": None, "f0": None}),
        (
            "gradients.finite_diff",
            derived(gradients.finite_diff),
            {"x": ANGLES, "h": 1e-3, "approx_order": 1, "n": 1, "strategy": "forward"},
        ),
        (
            "gradients.spsa_grad",
            derived(gradients.spsa_grad),
            {"x": ANGLES, "h": 1e-3, "num_directions": 2, "approx_order": 2, "sampler_rng": 1},
        ),
        (
            "gradients.hadamard_grad",
            derived(gradients.hadamard_grad),
            {"x": ANGLES, "aux_wire": 5, "mode": "standard"},
        ),
        (
            "gradients.param_shift_hessian",
            derived(gradients.param_shift_hessian),
            {"x": ANGLES, "argnum": None, "diagonal_shifts": None, "off_diagonal_shifts": None},
        ),
        (
            "gradients.metric_tensor",
            derived(gradients.metric_tensor),
            {"x": ANGLES, "approx": None},
        ),
        (
            "gradients.adjoint_metric_tensor",
            _metric(gradients.adjoint_metric_tensor),
            {"x": ANGLES, "argnums": 0},
        ),
        ("gradients.classical_fisher", derived(gradients.classical_fisher), {"x": ANGLES}),
        (
            "gradients.quantum_fisher",
            derived(gradients.quantum_fisher),
            {"x": ANGLES, "approx": None, "argnum": 0, "aux_wire": None},
        ),
        (
            "gradients.classical_jacobian",
            derived(gradients.classical_jacobian),
            {"x": ANGLES, "argnum": 0, "trainable_only": True, "expand_fn": None},
        ),
        ("gradients.explain", derived(gradients.explain), {"x": ANGLES, "order": 1}),
        ("gradients.transform", _squared, {"made": ([], _zeros)}),
    ]
    return [Entry(name, function, given) for name, function, given in rows]


def rules() -> list[Entry]:
    """Return entries of shift and difference rules."""
    gradients = qg.gradients
    return [
        Entry(
            "gradients.generate_shift_rule",
            by_place(gradients.generate_shift_rule, "frequencies"),
            {"frequencies": (1, 2), "shifts": None, "order": 1},
        ),
        Entry(
            "gradients.generate_multi_shift_rule",
            gradients.generate_multi_shift_rule,
            {"frequencies": [(1,), (1, 2)], "shifts": None, "orders": [1, 1]},
        ),
        Entry(
            "gradients.finite_diff_coeffs",
            gradients.finite_diff_coeffs,
            {"n": 1, "approx_order": 2, "strategy": "center"},
        ),
        Entry(
            "gradients.eigvals_to_frequencies",
            by_place(gradients.eigvals_to_frequencies, "eigvals"),
            {"eigvals": (0.5, -0.5)},
        ),
    ]


def _spectrum(x: Any, **given: Any) -> Any:
    def marked(x: Any) -> Any:
        applied(x)
        qg.RX(0.3, wires=0, id="x")
        return qg.expval(qg.Z(0))

    return qg.fourier.circuit_spectrum(qg.QNode(marked, DEVICE), **given)(x)


def series() -> list[Entry]:
    """Return entries of Fourier series."""
    fourier, known = qg.fourier, {"x": {(0,): 1, (1,): 1}}
    return [
        Entry(
            "fourier.coefficients",
            lambda **given: fourier.coefficients(lambda x: np.cos(x[0]), **given),
            {"n_inputs": 1, "degree": 2, "lowpass_filter": True, "filter_threshold": 4},
        ),
        Entry(
            "fourier.reconstruct",
            lambda x, **given: fourier.reconstruct(node(), **given)(x),
            {"x": ANGLES, "ids": None, "nums_frequency": known, "spectra": None, "shifts": None},
        ),
        Entry("fourier.circuit_spectrum", _spectrum, {"x": ANGLES, "encoding_gates": ["x"]}),
        Entry(
            "fourier.qnode_spectrum",
            lambda x, **given: fourier.qnode_spectrum(node(), **given)(x),
            {"x": ANGLES, "encoding_args": None, "argnum": [0], "decimals": 8},
        ),
        Entry("fourier.get_spectrum", fourier.get_spectrum, {"op": qg.RX(0.1, 0), "decimals": 8}),
        Entry("fourier.join_spectra", fourier.join_spectra, {"spec1": {0, 1}, "spec2": {0, 2}}),
    ]
