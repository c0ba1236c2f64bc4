"""What a task says about its circuit apart from the circuit."""

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
"""By a part of the device's ARN; others take those of simulators, as in the SDK."""


def device_parameters(arn: str, circuit: Translation, *, fixed: bool) -> str:
    """Return the parameters of a device as text.

    Parameters
    ----------
    arn : str
        Of the device.
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
