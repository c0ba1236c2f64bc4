"""Transforms of circuits, and pipelines of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from fuzz.circuits import ANGLES, DEVICE, circuit, node
from fuzz.entry import Entry, users

import qgate as qg


def _transformed(transform: Any) -> Callable[..., Any]:
    """Return a function that runs the transformed QNode."""

    def call(**options: Any) -> Any:
        return transform(node(), **options)(ANGLES)

    return call


def _batched(transform: Any) -> Callable[..., Any]:
    """Return a function that runs a QNode with a dimension of several circuits."""

    @qg.qnode(DEVICE)
    def several(x: Any, y: Any) -> Any:
        qg.RX(x, wires=0)
        qg.RY(y, wires=0)
        return qg.expval(qg.Z(0))

    def call(x: Any, y: Any, **options: Any) -> Any:
        return transform(several, **options)(x, y)

    return call


def _partial(x: Any, preprocess: Any, y: Any, all_operations: Any) -> Any:
    @qg.qnode(DEVICE)
    def two(x: Any, y: Any) -> Any:
        qg.RX(x, wires=0)
        qg.RY(y, wires=0)
        return qg.expval(qg.Z(0))

    is_given = preprocess is not None and not (isinstance(preprocess, dict) and not preprocess)
    given = {"preprocess": preprocess} if is_given else {"y": y}
    return qg.batch_partial(two, all_operations=all_operations, **given)(x=x)


def _deferred(wires: Any, reset: Any, postselect: Any, **options: Any) -> Any:
    @qg.qnode(DEVICE)
    def measuring() -> Any:
        qg.RX(0.3, wires=0)
        value = qg.measure(wires, reset=reset, postselect=postselect)
        qg.cond(value, qg.RY)(0.2, wires=1)
        return qg.expval(qg.Z(1))

    return qg.defer_measurements(measuring, **options)()


def _mitigated(folding: Any, extrapolate: Any, **options: Any) -> Any:
    made = {"folding": users(folding), "extrapolate": users(extrapolate)}
    return qg.mitigate_with_zne(node(), **made, **options)(ANGLES)


def _own(tape_transform: Any, **options: Any) -> Any:
    made = {
        name: users(options.pop(name))
        for name in ("setup_inputs", "expand_transform", "classical_cotransform")
    }
    return qg.transform(users(tape_transform), **made, **options)(node())(ANGLES)


def _unchanged(tape: Any) -> Any:
    return [tape], lambda results: results[0]


def _line(xs: Any, ys: Any) -> Any:
    return ys[0]


def _pipelined(first: Any, second: Any, label: Any, level: Any) -> Any:
    pipeline = qg.CompilePipeline(first, second)
    pipeline.add_marker(label, level)
    str(pipeline)
    return pipeline(node())(ANGLES)


def _edited(index: Any, part: Any, count: Any, target: Any) -> Any:
    pipeline = qg.CompilePipeline([qg.transforms.merge_rotations])
    pipeline.insert(index, part)
    pipeline.append(part)
    pipeline.extend([part])
    (pipeline * count).remove(part)
    return pipeline(users(target))


def _applied(tape: Any) -> None:
    for operation in tape.operations:
        qg.apply(operation)


def passes() -> list[Entry]:
    """Return entries of transforms."""
    two = np.array([0.1, 0.2])
    decomposed: dict[str, Any] = {
        "gate_set": ["RX", "RY", "RZ", "CNOT"],
        "stopping_condition": None,
        "max_expansion": None,
        "num_work_wires": 0,
        "minimize_work_wires": False,
        "fixed_decomps": None,
        "alt_decomps": None,
        "strict": True,
    }
    zne = {
        "scale_factors": [1.0, 3.0],
        "folding": qg.transforms.fold_global,
        "extrapolate": _line,
        "folding_kwargs": None,
        "extrapolate_kwargs": None,
        "reps_per_factor": 1,
    }
    own = {
        "tape_transform": _unchanged,
        "pass_name": None,
        "setup_inputs": None,
        "expand_transform": None,
        "classical_cotransform": None,
        "is_informative": False,
        "final_transform": False,
        "use_argnum_in_expand": False,
        "plxpr_transform": None,
    }
    return [
        Entry("batch_input", _batched(qg.batch_input), {"x": two, "y": 0.1, "argnum": 0}),
        Entry(
            "batch_params",
            _batched(qg.batch_params),
            {"x": qg.numpy.array(two), "y": qg.numpy.array(two), "all_operations": True},
        ),
        Entry(
            "batch_partial",
            _partial,
            {"x": two, "preprocess": None, "y": 0.1, "all_operations": True},
        ),
        Entry(
            "compile",
            _transformed(qg.compile),
            {
                "pipeline": [qg.transforms.cancel_inverses],
                "basis_set": ["RX", "RY", "RZ", "CNOT"],
                "num_passes": 1,
            },
        ),
        Entry("decompose", _transformed(qg.decompose), decomposed),
        Entry(
            "qfunc_transform",
            lambda tape_transform: qg.qfunc_transform(tape_transform)(node())(ANGLES),
            {"tape_transform": _applied},
        ),
        Entry(
            "transforms.transpile",
            _transformed(qg.transforms.transpile),
            {"coupling_map": [(0, 1), (1, 2)], "device": None},
        ),
        Entry(
            "defer_measurements",
            _deferred,
            {
                "wires": 0,
                "reset": False,
                "postselect": None,
                "reduce_postselected": True,
                "allow_postselect": True,
                "num_wires": None,
            },
        ),
        Entry(
            "apply_controlled_Q",
            _transformed(qg.apply_controlled_Q),
            {"wires": [0, 1], "target_wire": 0, "control_wire": 3, "work_wires": None},
        ),
        Entry(
            "quantum_monte_carlo",
            _transformed(qg.quantum_monte_carlo),
            {"wires": [0, 1], "target_wire": 0, "estimation_wires": [3]},
        ),
        Entry("fold_global", _transformed(qg.fold_global), {"scale_factor": 3.0}),
        Entry(
            "insert",
            _transformed(qg.insert),
            {"op": qg.RX, "op_args": 0.1, "position": "all", "before": False},
        ),
        Entry("mitigate_with_zne", _mitigated, zne),
        Entry("transform", _own, own),
    ]


def pipelines() -> list[Entry]:
    """Return entries of pipelines."""
    merged, inverses = qg.transforms.merge_rotations, qg.transforms.cancel_inverses
    return [
        Entry(
            "CompilePipeline",
            _pipelined,
            {"first": merged, "second": inverses, "label": "here", "level": 1},
        ),
        Entry(
            "CompilePipeline, changed",
            _edited,
            {"index": 0, "part": inverses, "count": 2, "target": circuit},
        ),
    ]
