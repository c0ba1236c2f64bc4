"""Cost function of older versions of PennyLane."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Unpack

from qgate.arguments import require_function, truth
from qgate.devices.base import Device
from qgate.exceptions import QuantumFunctionError, described
from qgate.execution_keywords import QNodeKeywords
from qgate.measurements import expval
from qgate.operations.operator import Operator
from qgate.qnode import QNode


def ExpvalCost(
    ansatz: Callable[..., Any],
    hamiltonian: Operator,
    device: Device,
    interface: str | None = "auto",
    diff_method: Any = "best",
    optimize: bool = False,
    **keywords: Unpack[QNodeKeywords],
) -> QNode:
    """Return a QNode that applies an ansatz and returns an expectation value.

    Parameters
    ----------
    ansatz : callable
        Called with the parameters, and with the wires of the device as ``wires=``.
    hamiltonian : Operator
        The observable.
    device : Device
        Made with ``wires``.
    interface, diff_method
        As for ``QNode``.
    optimize : bool
        Without effect: terms that commute are always measured together.
    **keywords
        Further keywords of ``QNode``.

    Raises
    ------
    InvalidParameters
        The ansatz is not callable.
    QuantumFunctionError
        The device was made without wires.
    """
    require_function("ExpvalCost", "ansatz", ansatz)
    truth("ExpvalCost", "optimize", optimize)
    if not isinstance(device, Device) or device.wires is None:
        raise QuantumFunctionError(
            f"ExpvalCost was given the device {described(device)}, which was made without wires. "
            "Make one with qg.device(name, wires=...)."
        )
    wires = list(device.wires)

    def cost(*args: Any, **named: Any) -> Any:
        ansatz(*args, wires=wires, **named)
        return expval(hamiltonian)

    return QNode(cost, device, interface, diff_method, **keywords)
