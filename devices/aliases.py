"""PennyLane's device names as aliases of qgate's devices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qgate.devices.alias_options import FORMER, in_our_words
from qgate.devices.config import DeviceConfig
from qgate.exceptions import MissingTarget


@dataclass(frozen=True, slots=True)
class Alias:
    """Alias of a provider and target.

    Parameters
    ----------
    provider : str
    target : str, optional
        Target of the provider if ``target_option`` is not given; None: the option is required.
    target_option : str, optional
        Option whose value names the target.
    prefix : str
        Text put before that value to form the target.
    """

    provider: str
    target: str | None = None
    target_option: str | None = None
    prefix: str = ""


ALIASES: Mapping[str, Alias] = {
    "braket.aws.qubit": Alias("braket", target_option="device_arn"),
    "braket.local.qubit": Alias("braket", "local", target_option="backend", prefix="local/"),
    "default.mixed": Alias("local", "density_matrix"),
    "default.qubit": Alias("local", "statevector"),
    **dict.fromkeys(FORMER, Alias("local", "statevector")),
    "lightning.gpu": Alias("local", "statevector"),
    "lightning.kokkos": Alias("local", "statevector"),
    "lightning.qubit": Alias("local", "statevector"),
    "qiskit.aer": Alias("qiskit", "aer", target_option="backend"),
    "qiskit.remote": Alias("ibm", target_option="backend"),
    "qulacs.simulator": Alias("local", "statevector"),
    "reference.qubit": Alias("local", "statevector"),
}

VARIABLES = " Continuous variables are out of scope: qgate's wires are qubits."
LEVELS = " Qutrits are out of scope: qgate's wires are qubits."
PULSES = " Pulses and analog simulation are out of scope."
NETWORKS = " Aer has such a method: write 'qiskit:aer?method=matrix_product_state'."
EXACT = " The simulator 'local' returns the same results."

ADVICE: Mapping[str, str] = {
    "braket.aws.ahs": PULSES,
    "braket.local.ahs": PULSES,
    "cirq.mixedsimulator": " The simulator 'local:density_matrix' returns the same results.",
    "cirq.qsim": EXACT,
    "cirq.simulator": EXACT,
    "default.clifford": " Aer has such a method: write 'qiskit:aer?method=stabilizer'.",
    "default.gaussian": VARIABLES,
    "default.qutrit": LEVELS,
    "default.qutrit.mixed": LEVELS,
    "default.tensor": NETWORKS,
    "forest.qvm": EXACT,
    "ionq.qpu": " Write 'braket:ionq/...', or 'qiskit:qiskit_ionq/...' with that package.",
    "ionq.simulator": EXACT,
    "lightning.tensor": NETWORKS,
    "null.qubit": " qg.plan and qg.specs count without running: write 'local'.",
    "qiskit.basicaer": EXACT,
    "qiskit.basicsim": " Hand its object over: qg.device(BasicSimulator()).",
    "qiskit.ibmq": " Write 'ibm:...' with the name of the computer.",
    "rigetti.qpu": " Write 'braket:rigetti/...'.",
    "rigetti.qvm": EXACT,
    "strawberryfields.fock": VARIABLES,
    "strawberryfields.gaussian": VARIABLES,
}
"""Replacements of further names of PennyLane's devices, for errors."""


def object_option(name: object, options: Mapping[str, object]) -> str | None:
    """Return the option that holds a vendor's device object where a target name is expected.

    ``device("qiskit.remote", backend=backend)`` is the device of that backend.
    """
    alias = ALIASES.get(name) if isinstance(name, str) else None
    option = None if alias is None else alias.target_option
    return option if not isinstance(options.get(option or ""), str | None) else None


def resolve_alias(
    config: DeviceConfig, options: Mapping[str, object]
) -> tuple[str, str | None, dict[str, object]]:
    """Return provider, target and options, with an alias resolved.

    Parameters
    ----------
    config : DeviceConfig
        Parsed device string; an alias has no target.
    options : mapping
        All options, including those of ``config``.

    Raises
    ------
    MissingTarget
        The alias needs an option that names the target.
    InvalidOption
        An option of PennyLane's device has no counterpart in qgate, or an invalid value.
    """
    alias = ALIASES.get(config.provider) if config.target is None else None
    if alias is None:
        return config.provider, config.target, dict(options)
    remaining = in_our_words(config.provider, options, text=config.provider)
    named = remaining.pop(alias.target_option, None) if alias.target_option else None
    if named is not None:
        return alias.provider, f"{alias.prefix}{named}", remaining
    if alias.target is None:
        raise MissingTarget(text=str(config), remedy=f"Choose one with {alias.target_option}=...")
    return alias.provider, alias.target, remaining
