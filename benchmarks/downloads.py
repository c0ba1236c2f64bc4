"""Time to download the result of a program set that is stored as one object for each circuit.

Run ``downloads.py [--executables 100] [--latency-ms 50] [--rounds 5]``: a double of Amazon Braket
and S3 on this machine responds to each request for an object after the latency. The timed call
fetches the result of a completed task: one object for the set, one for its program and one for each
executable.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from clouds.braket.double import BraketDouble

from qgate.devices.registry import device
from qgate.measurements import counts
from qgate.operations import RX
from qgate.tape import Tape


def main() -> None:
    """Print the median and the range over some rounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--executables", type=int, default=100)
    parser.add_argument("--latency-ms", type=float, default=50.0)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        double = BraketDouble(Path(folder))
        try:
            os.environ.update(double.environment())
            times = measured(double, chosen.executables, chosen.latency_ms, chosen.rounds)
        finally:
            double.stop()
    print(
        f"{chosen.executables} executables, {chosen.latency_ms:g} ms for each request: "
        f"{np.median(times):.2f} s ({min(times):.2f} to {max(times):.2f} s, {len(times)} rounds)"
    )


def measured(double: BraketDouble, executables: int, latency_ms: float, rounds: int) -> list[float]:
    """Return the duration of each round in seconds."""
    emerald = device("braket:iqm/emerald?s3_bucket=amazon-braket-test")
    tape = Tape([RX(0.0, 0)], [counts(wires=0)], shots=10)
    rows = np.linspace(0, np.pi, executables).reshape(-1, 1)
    job = emerald.submit([tape.sweep().with_rows(rows, np.full(executables, 10))])
    job.poll()
    double.fault("GetObject", "hang", seconds=latency_ms / 1000, times=0)
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        job.fetch()
        times.append(time.perf_counter() - begun)
    return times


if __name__ == "__main__":
    main()
