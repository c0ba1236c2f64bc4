"""Metric tensor of the states that a circuit prepares."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from qgate.arguments import array_of, is_text_among
from qgate.exceptions import InvalidTransform, described
from qgate.findable import picklable
from qgate.gradients.classical_jacobian import ClassicalPart, DeviceLike, QNodeLike
from qgate.gradients.generated import Generated, require_pure
from qgate.gradients.method import owners
from qgate.gradients.metric_layers import layer_metric
from qgate.gradients.metric_overlap import overlap_metric
from qgate.gradients.qnode_transform import MatrixTransform
from qgate.tape import Tape
from qgate.typing import Argnums, BoolArray, Nested, Postprocess, Wire, WiresLike
from qgate.wires import Wires

APPROXIMATIONS = (None, "block-diag", "diag")


@picklable
def metric_tensor(
    tape: Tape | QNodeLike,
    argnum: Argnums = None,
    approx: str | None = None,
    allow_nonunitary: bool = True,
    aux_wire: WiresLike | None = None,
    device_wires: WiresLike | None = None,
    *,
    argnums: Argnums = None,
    hybrid: bool = True,
) -> Nested:
    r"""Return the Fubini-Study metric tensor of a circuit's state, exact or from shots.

    .. math:: g_{ij} = \mathrm{Re}\,[\langle\partial_i\psi|\partial_j\psi\rangle
        - \langle\partial_i\psi|\psi\rangle\langle\psi|\partial_j\psi\rangle]

    Within a layer of gates :math:`e^{ixG}`, none of which depends on another, the entries are
    covariances of generators; between layers they are measured by Hadamard tests. Without a wire
    for these, :math:`g_{ij} = -\tfrac12\partial_i\partial_j|\langle\psi(x)|\psi(x')\rangle|^2` by
    shift rules.

    Parameters
    ----------
    tape : QuantumScript or QNode
        Tape or QNode whose measurements are ignored.
    argnum : int or sequence of int, optional
        Parameters among the tape's ``trainable_params``; entries of the others are zero.
    approx : {None, "block-diag", "diag"}
        All entries, those within layers, or those on the diagonal.
    allow_nonunitary : bool
        Accepted for compatibility with PennyLane, without effect: generators are controlled word by
        word, which is unitary.
    aux_wire : wires, optional
        Wires for Hadamard tests; the first one that the circuit does not use is taken. Default: a
        free wire of the device, if there is one.
    device_wires : wires, optional
        Wires among which it is searched; default for a QNode: those of its device.
    argnums : int or sequence of int, optional
        QNode: positions of the arguments to differentiate by; default all trainable ones.
    hybrid : bool
        QNode: whether to return the metric of the arguments; otherwise that of the gate angles.

    Returns
    -------
    callable for a QNode, (list of QuantumScript, callable) for a tape
        QNode: an array ``t + t`` for an argument of shape ``t``, a tuple for several. Tape: an
        array (n, n). A shot vector gives a tuple of these.

    Raises
    ------
    InvalidTransform, DifferentiationError
        An option is unknown, a trainable gate has no generator, the tape is a broadcast, or nothing
        is trainable.

    Notes
    -----
    Cost, in one submission: a circuit for each layer, and for the full tensor one for each word and
    each later layer; without auxiliary wire 2n(n-1) + n rows for n Pauli rotations. With shots,
    each is run once per measurement basis of its words. References: Stokes et al., Quantum 4, 269
    (2020); Mari et al., PRA 103, 012405 (2021).

    Examples
    --------
    >>> from qgate import numpy as np
    >>> @qg.qnode("local")
    ... def circuit(weights):
    ...     qg.RX(weights[0], wires=0)
    ...     qg.RY(weights[1], wires=0)
    ...     qg.CNOT(wires=[0, 1])
    ...     qg.RZ(weights[2], wires=1)
    ...     return qg.expval(qg.Z(0))
    >>> metric_tensor(circuit)(np.array([0.1, 0.2, 0.4], requires_grad=True)).round(4)
    array([[ 0.25  ,  0.    , -0.0497],
           [ 0.    ,  0.2475,  0.0243],
           [-0.0497,  0.0243,  0.0123]])
    """
    transform = MetricTensor(argnum, approx, aux_wire, device_wires)
    return transform(tape, argnums=argnums, hybrid=hybrid)


@dataclass(frozen=True)
class MetricTensor(MatrixTransform):
    """Transform to the metric tensor, times ``scale``; arguments as for ``metric_tensor``.

    ``most_wires`` is the number of wires of the device.
    """

    argnum: Argnums = None
    approx: str | None = None
    aux_wire: WiresLike | None = None
    device_wires: WiresLike | None = None
    most_wires: int | None = None
    scale: float = 1.0

    name: ClassVar[str] = "metric_tensor"

    def __post_init__(self) -> None:
        if not (self.approx is None or is_text_among(self.approx, APPROXIMATIONS)):
            raise InvalidTransform(
                transform=self.name,
                reason=f"approx={described(self.approx)} is no approximation",
                remedy="Give 'diag', 'block-diag', or None for the full tensor.",
            )
        for name in ("aux_wire", "device_wires"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, Wires(getattr(self, name)))

    def check_qnode(self, qnode: QNodeLike) -> MetricTensor:
        return self.on_device(qnode.device)

    def on_device(self, device: DeviceLike | None) -> MetricTensor:
        """Return the transform for a device: with an auxiliary wire only if the device has one."""
        if device is None:
            return self
        wires = device.wires if self.device_wires is None else self.device_wires
        return replace(self, device_wires=wires, most_wires=device.capabilities.max_wires)

    def expand(self, tape: Tape, classical: ClassicalPart | None) -> tuple[list[Tape], Postprocess]:
        require_pure(tape, transform="metric tensor")
        wanted = self._wanted(tape)
        auxiliary = self._auxiliary(tape)
        if self.approx is not None:
            auxiliary = None
        elif auxiliary is None:
            return overlap_metric(tape, wanted)
        circuit = Generated.of(tape, transform="metric tensor")
        layers = circuit.layers(wanted)
        if not layers:  # only global phases are trainable
            return [], lambda results: np.zeros((len(wanted), len(wanted)))
        is_diagonal = self.approx == "diag"
        return layer_metric(circuit, layers, tape.shots, auxiliary, diagonal=is_diagonal)

    def _wanted(self, tape: Tape) -> BoolArray:
        """Return, for each trainable slot, whether its entries are required."""
        if self.argnum is None:
            return np.ones(len(tape.trainable_slots), dtype=bool)
        given = np.atleast_1d(array_of(self.argnum))
        whole = given.ndim == 1 and given.dtype.kind in "iu"
        named = given.tolist() if whole else []
        if not whole or not set(named) <= set(tape.trainable_params):
            raise InvalidTransform(
                transform=self.name,
                reason=f"argnum={described(self.argnum)} names parameters of the circuit that "
                "are not trainable",
                remedy=f"Its trainable parameters are {tape.trainable_params}. Give some of these.",
            )
        return np.isin(tape.trainable_params, named)[owners(tape)]

    def _auxiliary(self, tape: Tape) -> Wire | None:
        """Return a wire that the circuit does not use; None if there is none."""
        used = tape.wires
        if self.aux_wire is not None:
            free: list[Wire] = [wire for wire in Wires(self.aux_wire) if wire not in used]
            if free:
                return free[0]
            raise InvalidTransform(
                transform=self.name,
                reason=f"the circuit uses the wire(s) {list(Wires(self.aux_wire))} itself, which "
                "aux_wire names",
                remedy="Name a wire that it does not use, or leave aux_wire out.",
            )
        if self.device_wires is not None:
            return next((wire for wire in Wires(self.device_wires) if wire not in used), None)
        if self.most_wires is not None and len(used) >= self.most_wires:
            return None
        return next(wire for wire in range(len(used) + 1) if wire not in used)
