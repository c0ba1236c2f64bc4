"""Names that PennyLane had before version 0.45, with what to use instead.

Programs that were written for an older version use them. A name that only moved works, with a
``DeprecationWarning`` (``former_value``). ``qgate.missing_names`` looks other unknown names up
here, for the text of the error.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from functools import reduce
from importlib import import_module
from types import SimpleNamespace
from typing import Any, NoReturn

TRANSFORMS = (
    "Transforms are made with qg.transform: a function from a tape to tapes and a function that "
    "combines their results."
)
DECORATED = "Any Python function that applies operations is a template; no decorator is needed."
STATISTICS = (
    "Write a QNode that returns qg.vn_entropy, qg.mutual_info or qg.purity, or call the functions "
    "of these names in qg.math with its state; Fisher matrices are in qg.gradients."
)
VALUES = "Return qg.expval(hamiltonian) from a QNode; that QNode is the cost function."
STARTS = (
    "Draw initial parameters with numpy: a template has their shape, for example "
    "qg.StronglyEntanglingLayers.shape(n_layers=2, n_wires=3)."
)
ALWAYS = "It has no effect any more: leave the line out."
INTERFACES = (
    "The keyword interface of a QNode names the framework; 'auto', the default, takes that of the "
    "arguments. Arrays of autograd are in qg.numpy."
)
COLLECTIONS = "Make a QNode for each circuit, and call them in a list comprehension."
ONE_TAPE = "A circuit is a qg.tape.QuantumTape, whichever way it is differentiated."
SPLITS = "qg.transforms.split_non_commuting divides a circuit by the terms that it measures."
WORDS = "qg.pauli has the functions for Pauli words."

REPLACED: tuple[tuple[str, str], ...] = (
    (VALUES, "VQECost vqe"),
    (
        TRANSFORMS,
        "batch_transform gradient_transform hessian_transform map_batch_transform op_transform "
        "single_tape_transform",
    ),
    (DECORATED, "templates.template decorator"),
    (STATISTICS, "qinfo"),
    (STARTS, "init"),
    (
        ALWAYS,
        "disable_new_opmath disable_return disable_tape in_tape_mode new_opmath",
    ),
    (INTERFACES, "interfaces.execute interfaces.set_shots"),
    (COLLECTIONS, "QNodeCollection collections map"),
    (ONE_TAPE, "JacobianTape QubitParamShiftTape ReversibleTape"),
    (SPLITS, "hamiltonian_expand measurement_grouping sum_expand"),
    (WORDS, "grouping"),
    ("Sum operators with qg.sum.", "op_sum"),
    ("Multiply Pauli operators with @, and call qg.simplify.", "pauli_mult pauli_mult_with_phase"),
    ("qg.draw(qnode)(*args) and qg.draw_mpl draw circuits.", "CircuitDrawer circuit_drawer"),
    ("It is qg.ctrl.", "ControlledOp ControlledOperation"),
    ("It is qg.cond.", "Conditional"),
    ("It is qg.jacobian; qg.jacobian(qg.grad(f)) is the Hessian.", "Jacobian hessian"),
    ("It is qg.matrix.", "get_unitary_matrix"),
    ("It is qg.metric_tensor.", "metric_tensor_tape"),
    (
        "It is qg.ops.one_qubit_decomposition, whose argument rotations names the gates.",
        "one_qubit_decomposition xyx_decomposition zyz_decomposition",
    ),
    ("It is qg.ops.two_qubit_decomposition.", "two_qubit_decomposition"),
    ("Write `with qg.QueuingManager.stop_recording():`.", "invisible stop_recording"),
    ("It is qg.QueuingManager.active_context().", "get_active_tape"),
    ("It is qg.from_qasm, qg.from_qiskit, qg.from_braket or the like.", "load"),
    ("Read the file, and call qg.from_qasm with its text.", "from_qasm_file"),
    ("It is qg.list_devices.", "plugin_devices"),
    ("It is qg.qchem.", "hf"),
    ("Import QNode and qnode from the package itself.", "AbsorptionQNode beta"),
    (
        "Arguments of a QNode are arrays of numbers; qg.numpy.array(..., requires_grad=True) is "
        "differentiated.",
        "variable",
    ),
    ("Import the measurements from the package itself.", "measure"),
    (
        "Compare the class of a measurement: isinstance(m, qg.measurements.ExpectationMP).",
        "Expectation ObservableReturnTypes measurements.Counts measurements.Probability "
        "measurements.Sample measurements.State measurements.Variance",
    ),
    (
        "Its functions moved: qg.math.frobenius_inner_product, qg.pauli_decompose, qg.generator, "
        "qg.pauli.pauli_eigs, and op.sparse_matrix() of a Hamiltonian.",
        "utils",
    ),
)
"""Pairs of a replacement and the names that it is for: of PennyLane or of one of its modules."""

REPLACEMENTS: Mapping[str, str] = {name: text for text, names in REPLACED for name in names.split()}

GROUPING = (
    "are_identical_pauli_words diagonalize_pauli_word diagonalize_qwc_pauli_words "
    "group_observables is_pauli_word is_qwc observables_to_binary_matrix optimize_measurements "
    "pauli_group pauli_to_binary pauli_word_to_matrix pauli_word_to_string qwc_rotation "
    "string_to_pauli_word"
)
"""Functions of Pauli words that have the same name in ``qg.pauli``."""

SWITCHES = (
    "active_new_opmath active_return enable_new_opmath enable_return enable_tape "
    "operation.active_new_opmath operation.enable_new_opmath tape_mode_active"
)
"""Functions that switch on, or ask for, what is always on."""

MOVED: Mapping[str, str] = {
    "DoubleExcitationUnitary": "FermionicDoubleExcitation",
    "QueuingContext": "QueuingManager",
    "SingleExcitationUnitary": "FermionicSingleExcitation",
    "is_pauli_word": "pauli.is_pauli_word",
    "qnodes.QNode": "QNode",
    "qnodes.qnode": "qnode",
    "queuing.QueuingContext": "QueuingManager",
    "templates.DoubleExcitationUnitary": "FermionicDoubleExcitation",
    "templates.SingleExcitationUnitary": "FermionicSingleExcitation",
    "templates.transforms.adjoint": "adjoint",
    "transforms.add_noise": "add_noise",
    "transforms.adjoint": "adjoint",
    "transforms.adjoint_metric_tensor": "adjoint_metric_tensor",
    "transforms.classical_jacobian": "gradients.classical_jacobian",
    "transforms.ctrl": "ctrl",
    "transforms.draw": "draw",
    "transforms.draw_mpl": "draw_mpl",
    "transforms.metric_tensor": "metric_tensor",
    "transforms.specs": "specs",
    "utils.frobenius_inner_product": "math.frobenius_inner_product",
    **{f"grouping.{name}": f"pauli.{name}" for name in GROUPING.split()},
}
"""Names that moved, with what they are called now; both are those of qgate."""


def enabled() -> bool:
    """Return True: what older versions of PennyLane switched on is always on."""
    return True


def unchanged(qnode: Any, *args: Any, **options: Any) -> Any:
    """Return a QNode as it is: its interface is that of its arguments."""
    return qnode


KEPT: Mapping[str, tuple[Callable[..., Any], str]] = {
    **dict.fromkeys(SWITCHES.split(), (enabled, ALWAYS)),
    "interfaces.tf.to_tf": (unchanged, "A QNode takes arrays of TensorFlow as they are."),
    "interfaces.tfe.TFEQNode": (unchanged, "A QNode takes arrays of TensorFlow as they are."),
}
"""Functions that have nothing to do any more, and why."""

MODULES = frozenset(name.rpartition(".")[0] for name in [*MOVED, *KEPT]) - {
    "", "operation", "queuing", "templates", "transforms",
}  # fmt: skip
"""Modules that hold nothing but such names."""


def former_value(name: str, depth: int = 1) -> Any:
    """Return what a name of an older version stands for, with a warning; None: it is not known.

    Parameters
    ----------
    name : str
        Dotted name below the package, such as ``transforms.draw``.
    depth : int
        Number of calls between the user's line and this function's caller.
    """
    if name in MODULES:
        return import_module(f"qgate.{name}")
    if name in MOVED:
        value: Any = reduce(getattr, MOVED[name].split("."), import_module("qgate"))
        text = f"qg.{name} is qg.{MOVED[name]} now."
    elif name in KEPT:
        value, text = KEPT[name]
        text = f"qg.{name} is not needed. {text}"
    else:
        return None
    warnings.warn(text, DeprecationWarning, stacklevel=depth + 2)
    return value


ATTRIBUTES: Mapping[str, str] = {
    "metric_tensor": "It is qg.metric_tensor(qnode)(*args).",
    "num_executions": "qg.Tracker counts executions: `with qg.Tracker(device) as tracker:`.",
    "num_wires": "It is len(device.wires), if the device was made with wires.",
    "short_name": "It is device.name.",
    "specs": "It is qg.specs(qnode)(*args).",
}
"""Replacements of attributes of QNodes and devices."""


def draw_last_call(qnode: Any) -> Callable[..., str]:
    """Return a function that draws the circuit of the QNode's last call."""

    def draw(charset: str = "unicode", wire_order: Any = None, show_all_wires: bool = False) -> str:
        """Return the circuit as text; ``charset`` has no effect."""
        tape = qnode.tape or SimpleNamespace(draw=lambda *_, **__: "")
        text: str = tape.draw(wire_order=wire_order, show_all_wires=show_all_wires)
        return text

    return draw


FORMER_ATTRIBUTES: Mapping[str, tuple[Callable[[Any], Any], str]] = {
    "diff_options": (
        lambda qnode: qnode.gradient_kwargs,
        "The options of the gradient method are qnode.gradient_kwargs.",
    ),
    "draw": (
        draw_last_call,
        "qg.draw(qnode)(*args) draws a QNode, and qg.draw_mpl(qnode)(*args) as a picture.",
    ),
    "to_tf": (
        lambda qnode: lambda *_, **__: qnode,
        "A QNode takes arrays of TensorFlow as they are.",
    ),
    "to_torch": (
        lambda qnode: lambda *_, **__: qnode,
        "A QNode takes tensors of PyTorch as they are.",
    ),
}
"""Attributes of QNodes that work, and what replaced them."""


def former_attribute(qnode: object, name: str) -> Any:
    """Return an attribute that QNodes of older versions had, with a warning, or refuse it."""
    if name not in FORMER_ATTRIBUTES:
        refuse_attribute(qnode, name)
    value, text = FORMER_ATTRIBUTES[name]
    warnings.warn(f"qnode.{name} is of older versions. {text}", DeprecationWarning, stacklevel=3)
    return value(qnode)


def refuse_attribute(owner: object, name: str) -> NoReturn:
    """Raise an ``AttributeError`` that says what replaced an attribute; for ``__getattr__``."""
    text = f"{type(owner).__name__!r} object has no attribute {name!r}"
    reason = ATTRIBUTES.get(name)
    raise AttributeError(f"{text}. {reason}" if reason else text, name=name, obj=owner)
