"""Circuits in the native gates of a device of Amazon Braket, for its emulation.

The service compiles circuits after they were sent, with compilers that are not public. Here gates
are decomposed into the native ones, wires are placed and moved by ``emulation.placement``, and
pulses are counted by ``emulation.pulses``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qgate.devices.braket.gates import IDENTITY, UNREAD, forms
from qgate.devices.braket.translate import Placing
from qgate.devices.emulation.calibration import Calibration
from qgate.devices.emulation.native_circuit import NativeCircuit
from qgate.devices.emulation.placement import Couplings, place_and_route
from qgate.devices.emulation.pulses import GateNames
from qgate.exceptions import NotEmulated
from qgate.operations.operator import Operator
from qgate.structure import Structure
from qgate.sweep import Sweep
from qgate.transforms.decomposition import GateSet, decomposed_operations, decomposition
from qgate.typing import Wire
from qgate.wires import Wires

ENTANGLING = frozenset({"CZ", "ECR", "ISWAP", "IsingXX", "IsingXY", "IsingYY", "IsingZZ"})
ROTATIONS = frozenset({"RX", "RY", "RZ"})
MOST_CIRCUITS = 1024


class NativeCompiler:
    """Compile structures to the native gates of a device, with a cache.

    Parameters
    ----------
    device : str
        Name of the device, for error messages.
    native : collection of str
        Braket's names of its native gates.
    calibration : Calibration, optional
        With the coupled pairs of qubits; without pairs, all are coupled.
    placing : Placing
    order : callable
        Function from the wires of a circuit to all wires in the order of the device.

    Raises
    ------
    NotEmulated
        The device has no native gate on two qubits that is known here.
    """

    def __init__(
        self,
        device: str,
        native: frozenset[str],
        calibration: Calibration | None,
        *,
        placing: Placing,
        order: Callable[[Wires], Wires],
    ) -> None:
        self.device, self.placing, self._order = device, placing, order
        entangling = ENTANGLING.intersection(forms(native))
        if not entangling:
            reason = "it has no native gate on two qubits that is known here"
            raise NotEmulated(device=device, reason=reason)
        self._names = GateNames.among(native)
        self._accepts = GateSet(entangling | ROTATIONS | UNREAD | {IDENTITY})
        self._couplings = None
        if calibration is not None and calibration.pairs and placing is Placing.FREE:
            self._couplings = Couplings(calibration)
        self._circuits: dict[tuple[Structure, Wires], NativeCircuit] = {}

    def circuit(self, sweep: Sweep) -> NativeCircuit:
        """Return the circuit of a sweep with free angles."""
        used = (sweep.beside or sweep).structure.wires
        key = sweep.structure, used
        found = self._circuits.get(key)
        if found is None:
            if len(self._circuits) >= MOST_CIRCUITS:
                self._circuits.clear()
            found = self._circuits[key] = self._compiled(sweep, used)
        return found

    def _compiled(self, sweep: Sweep, used: Wires) -> NativeCircuit:
        _, native = decomposition(sweep, self._accepts, device=self.device)
        kept = [item for item in native.structure.operations if item.name not in UNREAD]
        on_qubits, places = self._placed(kept, used)
        merged = self.placing is not Placing.VERBATIM
        gates = tuple(self._names.gates(on_qubits, merged=merged))
        return NativeCircuit(gates, places, native.structure.num_slots, native.angles)

    def _placed(
        self, operations: Sequence[Operator], used: Wires
    ) -> tuple[list[Operator], dict[Wire, int]]:
        """Return native gates on qubits, and the last qubit of each wire."""
        wires = Wires([wire for wire in self._order(used) if wire in used])
        if self._couplings is not None:
            found, places = place_and_route(operations, wires, self._couplings)
            parts = decomposed_operations(found, self._accepts, device=self.device)
            return [part for part in parts if part.name not in UNREAD], places
        places = {wire: place for place, wire in enumerate(wires)}
        if self.placing is not Placing.FREE:
            places = {wire: int(wire) for wire in wires}
        return [item.map_wires(places) for item in operations], places
