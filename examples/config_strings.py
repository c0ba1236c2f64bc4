"""One quantum function on any devices that strings name.

    python examples/config_strings.py
    python examples/config_strings.py local "qiskit:fake_manila?shots=500" "aer?"

Unsupported requests are refused before anything runs, and the message says what is supported.
"""

from __future__ import annotations

import sys

import qgate as qg
from qgate import numpy as np
from qgate.devices.config import DeviceConfig

STRINGS = (
    "local",
    "local?shots=2000&seed=7",
    "qiskit:aer?shots=2000&seed=7",
    "qiskit:aer?shots=none",
    "braket:local?shots=2000&seed=7",
    "qiskit:aer?shot=2000",
)


def circuit(weights):
    qg.RX(weights[0], wires=0)
    qg.RY(weights[1], wires=1)
    qg.CNOT(wires=[0, 1])
    qg.RX(weights[2], wires=1)
    return qg.probs(wires=1)


def report(text: str) -> None:
    """Print a device's probabilities and their derivatives, or why there are none."""
    weights = np.array([0.1, 0.2, 0.3], requires_grad=True)
    try:
        node = qg.QNode(circuit, qg.device(text))
    except qg.exceptions.ConfigurationError as error:
        print(f"{text}\n  refused: {error}")
        return
    config = DeviceConfig.parse(text)
    print(f"{text}\n  provider {config.provider}, target {config.target}, {dict(config.options)}")
    print(f"  probabilities {node(weights).round(4)}")
    print(f"  derivatives of the second {qg.jacobian(node)(weights)[1].round(4)}")


if __name__ == "__main__":
    for text in sys.argv[1:] or STRINGS:
        report(text)
