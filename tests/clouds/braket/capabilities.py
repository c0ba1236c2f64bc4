"""The devices of the double, as Amazon Braket describes devices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

GENERAL = (
    *("ccnot", "cnot", "cphaseshift", "cphaseshift00", "cphaseshift01", "cphaseshift10", "cswap"),
    *("cy", "cz", "ecr", "h", "i", "iswap", "pswap", "phaseshift", "rx", "ry", "rz", "s", "si"),
    *("swap", "t", "ti", "v", "vi", "x", "xx", "xy", "y", "yy", "z", "zz"),
)
IONQ_GATES = (
    *("cnot", "h", "i", "rx", "ry", "rz", "s", "si", "swap", "t", "ti", "v", "vi", "x", "xx", "y"),
    *("yy", "z", "zz"),
)
PER_MINUTE_USD = 0.075
SHORTEST_S = 3.0
"""Billed time unit of a simulator."""


@dataclass(frozen=True)
class Card:
    """One device.

    Parameters
    ----------
    arn : str
    schema : str
        Class of the SDK, with version, that its document must match.
    qubits : int
        Number of qubits; 0 for a simulator.
    native : sequence of str
    shots : (int, int)
        Minimum and maximum for one executable.
    sets : tuple of int, optional
        Maximum executables, maximum shots and minimum shots of a program set; None: unsupported.
    per_shot_usd : float
    cost : dict, optional
        The ``deviceCost`` in its document; default: its price of a shot, or of a minute.
    exact : bool
        Whether it returns exact probabilities.
    probabilities : bool
        Whether its results are relative frequencies in place of bits.
    parts : bool
        Whether its results of program sets are many objects in place of one.
    status : str
    hours : (str, str)
        Daily execution window.
    """

    arn: str
    schema: str
    qubits: int
    native: Sequence[str] = ()
    gates: Sequence[str] = GENERAL
    shots: tuple[int, int] = (1, 20_000)
    sets: tuple[int, int, int | None] | None = (100, 200_000, None)
    per_shot_usd: float = 0.0
    cost: dict[str, Any] | None = None
    exact: bool = False
    probabilities: bool = False
    parts: bool = False
    status: str = "ONLINE"
    hours: tuple[str, str] = ("00:00:00", "23:59:59.999999")

    @property
    def name(self) -> str:
        return self.arn.rpartition("/")[2]

    @property
    def simulator(self) -> bool:
        return "quantum-simulator" in self.arn

    def price_usd(self, *, shots: int, tasks: int = 1) -> float:
        """Return the price of tasks with this total number of shots."""
        if self.simulator:
            return tasks * SHORTEST_S / 60 * PER_MINUTE_USD
        return tasks * 0.3 + shots * self.per_shot_usd

    def capabilities(self) -> dict[str, Any]:
        """Return the document of the device."""
        document = {
            "braketSchemaHeader": _header(self.schema),
            "service": self._service(),
            "action": self._actions(),
            "paradigm": self._paradigm(),
            "deviceParameters": {},
        }
        return {**document, **self._calibration()}

    def _calibration(self) -> dict[str, Any]:
        """Return errors: those of IQM grow with the numbers of the qubits."""
        if self.schema == IONQ:
            header = _header("ionq.ionq_provider_properties 1")
            fidelity = {"1Q": {"mean": 0.999}, "2Q": {"mean": 0.98}, "spam": {"mean": 0.995}}
            timing = {"1Q": 1e-4, "2Q": 9e-4, "readout": 2e-4, "T1": 100.0, "T2": 1.0}
            provider = {"braketSchemaHeader": header, "fidelity": fidelity, "timing": timing}
            return {"provider": provider}
        if self.schema != IQM:
            return {}
        header = _header("standardized_gate_model_qpu_device_properties 1")
        ones = {str(qubit): _one_qubit(qubit) for qubit in range(1, self.qubits + 1)}
        twos = {f"{qubit}-{qubit + 1}": _two_qubits(qubit) for qubit in range(1, self.qubits)}
        return {
            "standardized": {
                "braketSchemaHeader": header,
                "oneQubitProperties": ones,
                "twoQubitProperties": twos,
            }
        }

    def _service(self) -> dict[str, Any]:
        start, end = self.hours
        window = {"executionDay": "Everyday", "windowStartHour": start, "windowEndHour": end}
        return {
            "braketSchemaHeader": _header("device_service_properties 1"),
            "executionWindows": [window],
            "shotsRange": list(self.shots),
            "deviceCost": self._cost(),
            "updatedAt": "2026-05-01T00:00:00",
        }

    def stating(self, cost: dict[str, Any]) -> Card:
        """Return the device with another ``deviceCost``, which it charges if that is per shot."""
        per_shot = cost["price"] if cost["unit"] == "shot" else self.per_shot_usd
        return replace(self, cost=cost, per_shot_usd=per_shot)

    def _cost(self) -> dict[str, Any]:
        if self.cost is not None:
            return self.cost
        if self.simulator:
            return {"price": PER_MINUTE_USD, "unit": "minute"}
        return {"price": self.per_shot_usd, "unit": "shot"}

    def _actions(self) -> dict[str, Any]:
        results = [{"name": "Probability", "minShots": 0, "maxShots": 100_000, "observables": None}]
        actions: dict[str, Any] = {
            "braket.ir.openqasm.program": {
                "actionType": "braket.ir.openqasm.program",
                "version": ["1"],
                "supportedOperations": list(self.gates),
                "supportedResultTypes": results if self.exact else [],
                "disabledQubitRewiringSupported": not self.simulator,
                "supportPhysicalQubits": not self.simulator,
                "supportedPragmas": ["verbatim"],
            }
        }
        if self.sets is not None:
            executables, most, fewest = self.sets
            actions["braket.ir.openqasm.program_set"] = {
                "actionType": "braket.ir.openqasm.program_set",
                "version": ["1"],
                "maximumExecutables": executables,
                "maximumTotalShots": most,
                "minimumTotalShots": fewest,
            }
        return actions

    def _paradigm(self) -> dict[str, Any]:
        if self.simulator:
            header = _header("simulators.gate_model_simulator_paradigm_properties 1")
            return {"braketSchemaHeader": header, "qubitCount": self.qubits}
        pairs = {str(qubit): [str(qubit + 1)] for qubit in range(1, self.qubits)}
        return {
            "braketSchemaHeader": _header("gate_model_qpu_paradigm_properties 1"),
            "qubitCount": self.qubits,
            "nativeGateSet": list(self.native),
            "connectivity": {"fullyConnected": False, "connectivityGraph": pairs},
        }


def _header(schema: str) -> dict[str, str]:
    name, version = schema.split()
    return {"name": f"braket.device_schema.{name}", "version": version}


def _one_qubit(qubit: int) -> dict[str, Any]:
    fidelities = {
        "RANDOMIZED_BENCHMARKING": 0.9999,
        "SIMULTANEOUS_RANDOMIZED_BENCHMARKING": 1 - 1e-4 * qubit,
        "READOUT": 1 - 1e-3 * qubit,
    }
    listed = [
        {"fidelityType": {"name": name}, "fidelity": value} for name, value in fidelities.items()
    ]
    time = {"value": 40.0, "unit": "us"}
    return {"T1": time, "T2": time, "oneQubitFidelity": listed}


def _two_qubits(qubit: int) -> dict[str, Any]:
    kind = {"name": "INTERLEAVED_RANDOMIZED_BENCHMARKING"}
    gate = {"gateName": "CZ", "fidelity": 1 - 1e-3 * qubit, "fidelityType": kind}
    return {"twoQubitGateFidelity": [gate]}


def _arn(region: str, path: str) -> str:
    return f"arn:aws:braket:{region}::device/{path}"


SIMULATOR = "simulators.gate_model_simulator_device_capabilities 1"
IQM = "iqm.iqm_device_capabilities 1"
IONQ = "ionq.ionq_device_capabilities 1"
RIGETTI = "rigetti.rigetti_device_capabilities 2"


def _iqm(name: str, **other: Any) -> Card:
    facts: dict[str, Any] = {"qubits": 20, "native": ("cz", "prx"), "per_shot_usd": 0.00145}
    return Card(_arn("eu-north-1", f"qpu/iqm/{name}"), IQM, **{**facts, **other})


def _simulator(name: str, qubits: int) -> Card:
    return Card(
        _arn("", f"quantum-simulator/amazon/{name}"),
        SIMULATOR,
        qubits,
        gates=(*GENERAL, "unitary"),
        shots=(0, 100_000),
        sets=None,
        exact=True,
    )


CARDS = {
    card.arn: card
    for card in (
        _simulator("sv1", 34),
        _simulator("dm1", 17),
        _iqm("Garnet"),
        _iqm("Emerald", qubits=54, shots=(1, 200_000), per_shot_usd=0.0016, parts=True),
        Card(
            _arn("us-east-1", "qpu/ionq/Forte-1"),
            IONQ,
            36,
            native=("GPI", "GPI2", "ZZ"),
            gates=IONQ_GATES,
            shots=(100, 5000),
            sets=(100, 200_000, 100),
            per_shot_usd=0.08,
            probabilities=True,
        ),
        Card(
            _arn("us-west-1", "qpu/rigetti/Cepheus-1-108Q"),
            RIGETTI,
            107,
            native=("rx", "rz", "cz"),
            shots=(10, 50_000),
            per_shot_usd=0.000425,
        ),
        _iqm("Single", sets=None),  # no program sets
        _iqm("Tiny", sets=(10, 1000, None)),
        _iqm("Floor", sets=(10, 1000, 50)),  # a program set has at least 50 shots
        _iqm("Asleep", hours=("00:00:00", "00:00:00.000001")),  # the execution window is closed
        _iqm("Offline", status="OFFLINE"),
        _iqm("Retired", status="RETIRED"),
    )
}
"""Devices by ARN."""
