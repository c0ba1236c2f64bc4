"""Device parameters of a task, sent besides the circuit."""

from __future__ import annotations

from collections.abc import Mapping

from braket.device_schema import GateModelParameters
from braket.device_schema.ionq import IonqDeviceParameters
from braket.device_schema.iqm import IqmDeviceParameters
from braket.device_schema.rigetti import RigettiDeviceParameters
from braket.device_schema.simulators import GateModelSimulatorDeviceParameters

from qgate.devices.braket.translate import Translation

CLASSES: Mapping[str, type] = {
    "qpu/ionq/": IonqDeviceParameters,
    "qpu/iqm/": IqmDeviceParameters,
    "qpu/rigetti/": RigettiDeviceParameters,
}
"""Class of device parameters by a part of the ARN; others use that of simulators, as in the SDK."""


def device_parameters(arn: str, circuit: Translation, *, fixed: bool) -> str:
    """Return the device parameters of a task as JSON text.

    Parameters
    ----------
    arn : str
        ARN of the device.
    circuit : Translation
    fixed : bool
        Whether the circuit's qubits are the device's.
    """
    shape = GateModelParameters(
        qubitCount=int(circuit.circuit.qubit_count), disableQubitRewiring=fixed
    )
    found = (cls for part, cls in CLASSES.items() if part in arn)
    cls = next(found, GateModelSimulatorDeviceParameters)
    return str(cls(paradigmParameters=shape).json(exclude_none=True))
