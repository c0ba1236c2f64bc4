"""A thousand tasks on a double of Amazon Braket: qgate and the SDK's own loop.

    python benchmarks/cloud_tasks.py                     # 1000 circuits, calm and with faults
    python benchmarks/cloud_tasks.py --circuits 100 --loop 100

Each way has the same circuits on the same simulator behind the same HTTP service on this machine,
which counts requests, tasks and charges. The SDK's loop calls ``AwsDevice.run(circuit).result()``
for each circuit, polling every 50 ms, and repeats a task that raises or has no result, which is
what users write. With faults, 10 % of all requests are throttled, 2 % fail inside the service, 2 %
of the creations lose their response, and 2 % of the tasks fail.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))

from clouds.braket.double import BraketDouble

import qgate as qg

ARN = "arn:aws:braket:::device/quantum-simulator/amazon/sv1"
BUCKET = "amazon-braket-results"
SHOTS = 100

FAULTS = (
    ("*", "error", {"code": "ThrottlingException", "probability": 0.10, "seed": 1}),
    ("*", "error", {"code": "InternalServiceException", "probability": 0.02, "seed": 2}),
    ("CreateQuantumTask", "lost", {"probability": 0.02, "seed": 3}),
    ("task", "failed", {"probability": 0.02, "seed": 4, "reason": "an error of the service"}),
)

TRIES = 10
"""Maximum number of attempts of the SDK's loop for each task."""


@dataclass(frozen=True)
class Row:
    """Usage of one method."""

    way: str
    weather: str
    completed: int
    tasks: int
    charged: int
    requests: int
    seconds: float

    def __str__(self) -> str:
        return (
            f"| {self.way} | {self.weather} | {self.completed} | {self.tasks} | {self.charged} "
            f"| {self.requests} | {self.seconds:.1f} |"
        )


def with_sdk(number: int) -> int:
    """Run circuits one after another, as the SDK's examples do."""
    from braket.aws import AwsDevice
    from braket.circuits import Circuit

    device, completed = AwsDevice(ARN), 0
    for place in range(number):
        circuit = Circuit().rx(0, 0.001 * place).measure(0)
        for _ in range(TRIES):
            try:
                task = device.run(
                    circuit, (BUCKET, "loop"), shots=SHOTS, poll_interval_seconds=0.05
                )
                if task.result() is not None:
                    completed += 1
                    break
            except Exception:
                continue
    return completed


def with_qgate(device: str) -> Callable[[int], int]:
    """Run the same circuits as one request."""

    def run(number: int) -> int:
        @qg.qnode(f"{device}?shots={SHOTS}&s3_bucket={BUCKET}")
        def circuit(angles: Any) -> Any:
            qg.RX(angles, wires=0)
            return qg.expval(qg.Z(0))

        with tempfile.TemporaryDirectory() as folder, qg.run("thousand", f"{folder}/runs.db"):
            return len(circuit(qg.numpy.arange(number) * 0.001))

    return run


WAYS = {
    "SDK's loop, sv1": with_sdk,
    "qgate, braket:sv1": with_qgate("braket:sv1"),
    "qgate, braket:iqm/garnet (program sets)": with_qgate("braket:iqm/garnet"),
}


def measure(double: BraketDouble, way: str, weather: str, number: int) -> Row:
    """Run one method with or without faults."""
    double.reset()
    for operation, kind, details in FAULTS if weather == "faults" else ():
        double.fault(operation, kind, times=0, **details)
    start = time.perf_counter()
    completed = WAYS[way](number)
    seconds = time.perf_counter() - start
    ledger = double.ledger()
    charged = sum(task["status"] == "COMPLETED" for task in ledger["tasks"])
    requests = sum(ledger["requests"].values())
    return Row(way, weather, completed, len(ledger["tasks"]), charged, requests, seconds)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--circuits", type=int, default=1000)
    parser.add_argument("--loop", type=int, default=1000, help="circuits of the SDK's loop")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        double = BraketDouble(Path(folder))
        os.environ.update(double.environment())
        try:
            print("| way | weather | circuits done | tasks | paid for | requests | s |")
            print("|---|---|---|---|---|---|---|")
            for weather in ("calm", "faults"):
                for way, run in WAYS.items():
                    number = chosen.loop if run is with_sdk else chosen.circuits
                    print(measure(double, way, weather, number), flush=True)
        finally:
            double.stop()


if __name__ == "__main__":
    main()
