"""Function ``specs``: counts of a QNode's circuits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any

from qgate.arguments import truth
from qgate.circuit_resources import SpecsResources, count_resources
from qgate.exceptions import NoQNode, QuantumFunctionError, described
from qgate.findable import picklable
from qgate.qnn.layer import QuantumLayer
from qgate.qnode import CALL_OPTIONS, QNode
from qgate.resource.circuit_specs import CircuitSpecs
from qgate.tape import Tape

if TYPE_CHECKING:
    from qgate.devices.base import Device


@picklable
def specs(
    qnode: QNode | QuantumLayer,
    level: Any = None,
    compute_depth: bool | None = None,
    *,
    device: str | Device | None = None,
) -> Callable[..., CircuitSpecs]:
    """Return a function that counts the circuits of a QNode, without running them.

    Parameters
    ----------
    qnode : QNode
        Or a layer of ``qgate.qnn``, whose function then takes the data.
    level : str, int or slice, optional
        Where gates are counted. ``"top"``: as the function applies them; ``"user"``: after the
        transforms of the user; ``"gradient"``, the default: in the gates that the gradient method
        differentiates; ``"device"``: in the gates and measurement bases of the device.
    compute_depth : bool, optional
        Whether the depth is counted; default True.
    device : str or Device, optional
        Replaces the device of the QNode. Without credentials, a device of a cloud is known from its
        card in this package.

    Returns
    -------
    callable
        Takes the arguments of the QNode, returns a ``CircuitSpecs``: gates, sizes, depth, wires and
        measurements as in PennyLane; further the parameters, what a value and a gradient submit
        and cost, and the circuits as the device runs them: native gates, depth, duration, and the
        success probability that its calibration predicts. It prints as a report.

    Raises
    ------
    NoQNode
        The argument is not a QNode.
    DeviceError
        From the returned function: at the level ``"device"``, the device cannot run the circuit.

    Notes
    -----
    Cost: one call of the quantum function. The figures of the device are computed when they are
    read or printed: one compilation of each circuit. Nothing is ever sent.

    Examples
    --------
    >>> import qgate as qg
    >>> @qg.qnode("local?shots=100", diff_method="parameter-shift")
    ... def circuit(x):
    ...     qg.RX(x[0], wires=0)
    ...     qg.CNOT(wires=[0, 1])
    ...     qg.RY(x[1], wires=1)
    ...     return qg.expval(qg.Z(1))
    >>> counts = specs(circuit)(qg.numpy.array([0.1, 0.2], requires_grad=True))
    >>> counts.resources.gate_types, counts.resources.depth
    ({'RX': 1, 'CNOT': 1, 'RY': 1}, 3)
    >>> counts.gradient.rows, counts.gradient.shots
    (5, 500)
    """
    layer = qnode if isinstance(qnode, QuantumLayer) else None
    node = qnode if layer is None else layer.qnode
    if not isinstance(node, QNode):
        raise NoQNode(caller="specs", given=described(qnode))
    depth = compute_depth is None or truth("specs", "compute_depth", compute_depth)
    node = _on(node, device)
    stage = "gradient" if level is None else level

    @wraps(node.func)
    def counted(*args: Any, **kwargs: Any) -> CircuitSpecs:
        if layer is not None:
            args, kwargs = (), _of_layer(layer, args, kwargs)
        called, rest = _with_shots(node, kwargs)
        tapes = called.circuits_at(stage, args, rest)
        found = [resources_from_tape(tape, depth) for tape in tapes]
        return CircuitSpecs(
            called.device.name,
            None if called.device.wires is None else len(called.device.wires),
            called.shots,
            stage,
            found[0] if len(found) == 1 else found,
            called,
            called.circuits_at("user", args, rest),
        )

    return counted


def resources_from_tape(tape: Tape, compute_depth: bool = True) -> SpecsResources:
    """Count the operations and measurements of a tape.

    Examples
    --------
    >>> import qgate as qg
    >>> tape = qg.tape.QuantumScript([qg.Hadamard(0), qg.CNOT([0, 1])], [qg.probs(wires=[0, 1])])
    >>> resources_from_tape(tape).depth
    2
    """
    return count_resources(tape.operations, tape.measurements, compute_depth=compute_depth)


def _of_layer(
    layer: QuantumLayer, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the arguments of the function of a layer for some data."""
    if len(args) != 1 or kwargs:
        raise QuantumFunctionError(
            f"The specs of a layer were asked for {len(args) + len(kwargs)} arguments. Give the "
            "data of the layer; the weights are its own."
        )
    layer.construct(args, kwargs)  # creates the weights
    return layer.arguments(args[0])


def _on(qnode: QNode, device: str | Device | None) -> QNode:
    """Return the QNode on another device."""
    if device is None:
        return qnode
    if isinstance(device, str):
        from qgate.devices.registry import device_for_plan

        device = device_for_plan(device)
    return qnode.update(device=device)


def _with_shots(qnode: QNode, kwargs: Mapping[str, Any]) -> tuple[QNode, dict[str, Any]]:
    """Return the QNode with the shots of a call, and the arguments of its function."""
    options = {name for name in CALL_OPTIONS if name in kwargs} & qnode._options
    rest = {name: value for name, value in kwargs.items() if name not in options}
    return (qnode.with_shots(kwargs["shots"]) if "shots" in options else qnode), rest
