"""Results of simulations in which a framework takes part: it measures states, or traces gates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qgate.autodiff.sweep_function import AdjointStates
from qgate.devices.statevector import Repeated, RepeatingDevice, statevector_device
from qgate.execution.execute import MeasurementResult, prepare, validate
from qgate.execution.tracker import notify
from qgate.sweep import Sweep
from qgate.transforms.decomposition import decomposition
from qgate.transforms.readouts import refuse_measurements
from qgate.typing import Namespace, Tensor

if TYPE_CHECKING:
    from qgate.bridge import Interface
    from qgate.devices.base import Device


def measured_states(
    states: AdjointStates,
    angles: Sequence[Tensor],
    inputs: Sequence[Tensor],
    arrays: Sequence[Tensor],
    interface: Interface,
) -> list[MeasurementResult]:
    """Measure states that the device differentiates backwards."""
    device, sweep = states.device, states.trained.sweep
    refuse_measurements(sweep, device.capabilities.exact, device=device.name)
    found = interface.from_states(states, angles, inputs)
    xp = interface.namespace
    return list(statevector_device(device).measured(sweep, found, arrays, xp))


def simulated(
    sweep: Sweep,
    rows: Tensor,
    arrays: Sequence[Tensor],
    xp: Namespace,
    device: Device,
    interface: Interface,
) -> list[MeasurementResult]:
    """Let the framework trace the simulation itself."""
    sweep = validate(sweep, device)
    refuse_measurements(sweep, device.capabilities.exact, device=device.name)
    accepts = device.capabilities.gate_set
    frozen, decomposed = decomposition(
        sweep, accepts, device=device.name, names=sorted(accepts.names)
    )
    native = decomposed.sweep(frozen)

    def simulate(rows: Tensor, arrays: Sequence[Tensor]) -> Sequence[MeasurementResult]:
        traceable = statevector_device(device)
        return tuple(traceable.differentiable(native, decomposed.angles(rows, xp), arrays, xp))

    run_whole = interface.whole(simulate, (frozen.structure, device))
    results = run_whole(rows, arrays)
    notify(device, [native], submissions=1, batches=1, executions=len(sweep))
    return list(results)


def repeated(sweep: Sweep, device: Device, slots: Sequence[int] | None) -> Repeated | None:
    """Return the simulation of a circuit for one row at a time, where the device has one.

    ``slots`` : those to differentiate by; None: values only.
    """
    if sweep.shots is not None or len(sweep) != 1 or not isinstance(device, RepeatingDevice):
        return None
    sweep = validate(sweep, device)
    if slots is None:
        parts = prepare(sweep, device)[0]
        if len(parts) != 1 or parts[0].structure is not sweep.structure:
            return None
    return device.repeated(sweep, slots)
