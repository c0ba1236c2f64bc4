"""Names that PennyLane had before version 0.45, with what to use instead.

Programs that were written for an older version use them. ``qgate.missing_names`` looks an unknown
name up here too, for the text of its error.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

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
        "active_new_opmath active_return disable_new_opmath disable_return disable_tape "
        "enable_new_opmath enable_return enable_tape in_tape_mode new_opmath tape_mode_active",
    ),
    (INTERFACES, "interfaces.tf interfaces.tfe interfaces.execute interfaces.set_shots"),
    (COLLECTIONS, "QNodeCollection collections map"),
    (ONE_TAPE, "JacobianTape QubitParamShiftTape ReversibleTape"),
    (SPLITS, "hamiltonian_expand measurement_grouping sum_expand"),
    (WORDS, "grouping is_pauli_word"),
    ("Sum operators with qg.sum.", "op_sum"),
    ("Multiply Pauli operators with @, and call qg.simplify.", "pauli_mult pauli_mult_with_phase"),
    ("qg.draw(qnode)(*args) and qg.draw_mpl draw circuits.", "CircuitDrawer circuit_drawer"),
    ("It is qg.adjoint.", "templates.transforms transforms.adjoint"),
    ("It is qg.ctrl.", "ControlledOp ControlledOperation transforms.ctrl"),
    ("It is qg.cond.", "Conditional"),
    ("It is qg.jacobian; qg.jacobian(qg.grad(f)) is the Hessian.", "Jacobian hessian"),
    ("It is qg.add_noise.", "transforms.add_noise"),
    ("It is qg.draw.", "transforms.draw"),
    ("It is qg.draw_mpl.", "transforms.draw_mpl"),
    ("It is qg.specs.", "transforms.specs"),
    ("It is qg.matrix.", "get_unitary_matrix"),
    ("It is qg.metric_tensor.", "metric_tensor_tape transforms.metric_tensor"),
    ("It is qg.adjoint_metric_tensor.", "transforms.adjoint_metric_tensor"),
    ("It is qg.gradients.classical_jacobian.", "transforms.classical_jacobian"),
    (
        "It is qg.ops.one_qubit_decomposition, whose argument rotations names the gates.",
        "one_qubit_decomposition xyx_decomposition zyz_decomposition",
    ),
    ("It is qg.ops.two_qubit_decomposition.", "two_qubit_decomposition"),
    ("It is qg.QueuingManager.", "QueuingContext"),
    ("Write `with qg.QueuingManager.stop_recording():`.", "invisible stop_recording"),
    ("It is qg.QueuingManager.active_context().", "get_active_tape"),
    ("It is qg.from_qasm, qg.from_qiskit, qg.from_braket or the like.", "load"),
    ("Read the file, and call qg.from_qasm with its text.", "from_qasm_file"),
    ("It is qg.list_devices.", "plugin_devices"),
    ("It is qg.qchem.", "hf"),
    ("It is FermionicSingleExcitation.", "SingleExcitationUnitary"),
    ("It is FermionicDoubleExcitation.", "DoubleExcitationUnitary"),
    ("Import QNode and qnode from the package itself.", "AbsorptionQNode beta qnodes"),
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

ATTRIBUTES: Mapping[str, str] = {
    "diff_options": "The options of the gradient method are qnode.gradient_kwargs.",
    "draw": "qg.draw(qnode)(*args) draws a QNode, and qg.draw_mpl(qnode)(*args) as a picture.",
    "metric_tensor": "It is qg.metric_tensor(qnode)(*args).",
    "num_executions": "qg.Tracker counts executions: `with qg.Tracker(device) as tracker:`.",
    "num_wires": "It is len(device.wires), if the device was made with wires.",
    "short_name": "It is device.name.",
    "specs": "It is qg.specs(qnode)(*args).",
    "to_tf": "A QNode takes arrays of TensorFlow as they are.",
    "to_torch": "A QNode takes tensors of PyTorch as they are.",
}
"""Replacements of attributes of QNodes and devices."""


def refuse_attribute(owner: object, name: str) -> NoReturn:
    """Raise an ``AttributeError`` that says what replaced an attribute; for ``__getattr__``."""
    text = f"{type(owner).__name__!r} object has no attribute {name!r}"
    reason = ATTRIBUTES.get(name)
    raise AttributeError(f"{text}. {reason}" if reason else text, name=name, obj=owner)
