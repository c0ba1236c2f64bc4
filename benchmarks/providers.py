"""Time gradient steps of H2 and LiH on each provider's simulator, by owner of the time.

    python benchmarks/providers.py
    python benchmarks/providers.py --only qiskit --rounds 5

The ground states are those of `examples/ground_state.py`. The first step creates the device and
compiles. A further step is the difference between a training of several steps and one of a single
step, divided by the steps. The output has medians of processor time over interleaved rounds, the
submissions of one step, and the share of a further step in the vendor's packages.
"""

from __future__ import annotations

import argparse
import dataclasses
import functools
import gc
import importlib
import json
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "examples"))

from ground_state import HAMILTONIANS, MOLECULES, Molecule, Training
from ground_state import train as ground_state

OPTIONS = "?shots=1000&seed=7"
DEVICES = ("local", f"local{OPTIONS}", f"qiskit:aer{OPTIONS}", f"braket:local{OPTIONS}")

CROSSINGS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "local": (),
    "qiskit": (
        ("qiskit.circuit:QuantumCircuit", "assign_parameters", "vendor"),
        ("qiskit.transpiler:PassManager", "run", "vendor"),
        ("qiskit_aer.backends.aerbackend:AerBackend", "run", "vendor"),
        ("qiskit_aer.jobs:AerJob", "result", "vendor"),
    ),
    "braket": (
        ("braket.devices:LocalSimulator", "run", "vendor"),
        ("qgate.devices.braket.simulator:Seeded", "run_program_set", "qgate"),
        (
            "braket.default_simulator.state_vector_simulation:StateVectorSimulation",
            "evolve",
            "vendor",
        ),
    ),
}
"""Calls from one owner to another: a class, its method, the owner."""


class Stopwatch:
    """Sums the processor time of each owner; nested calls count for the innermost owner."""

    def __init__(self) -> None:
        self.spent: defaultdict[str, float] = defaultdict(float)
        self._owners = ["qgate"]
        self._since = time.process_time()

    def _settle(self) -> None:
        now = time.process_time()
        self.spent[self._owners[-1]] += now - self._since
        self._since = now

    def read(self) -> dict[str, float]:
        """Return the times so far, and reset them."""
        self._settle()
        spent, self.spent = self.spent, defaultdict(float)
        return spent

    def watch(self, place: str, method: str, owner: str) -> None:
        """Count the time of a method, for all instances of its class, as the owner's."""
        module, _, name = place.partition(":")
        cls = getattr(importlib.import_module(module), name)
        inner = getattr(cls, method)

        @functools.wraps(inner)
        def watched(*args: Any, **kwargs: Any) -> Any:
            self._settle()
            self._owners.append(owner)
            try:
                return inner(*args, **kwargs)
            finally:
                self._settle()
                self._owners.pop()

        setattr(cls, method, watched)


def train(
    watch: Stopwatch, molecule: Molecule, device: str, steps: int
) -> tuple[Training, dict[str, float]]:
    """Return a training of some steps, and the seconds of each owner."""
    data = json.loads((HAMILTONIANS / molecule.file).read_text())
    gc.collect()  # garbage of earlier trainings is not counted for this one
    watch.read()
    training = ground_state(dataclasses.replace(molecule, steps=steps, last=1), data, device)
    return training, watch.read()


def measure(watch: Stopwatch, molecule: Molecule, device: str, steps: int) -> dict[str, float]:
    """Return seconds of the first and of a further step, and the submissions of a step."""
    _, first = train(watch, molecule, device, 1)
    training, all_steps = train(watch, molecule, device, 1 + steps)
    further = {owner: (all_steps[owner] - first[owner]) / steps for owner in ("qgate", "vendor")}
    sent = {name: training.counted[name] / (1 + steps) for name in ("executions", "submissions")}
    return {
        "first": sum(first.values()),
        "further": sum(further.values()),
        "vendor": further["vendor"],
        "shots": training.counted["shots"] / (1 + steps),
        **sent,
    }


def line(molecule: str, device: str, found: dict[str, float]) -> str:
    """Return a row of the table."""
    times = f"{1000 * found['first']:10.0f} {1000 * found['further']:12.1f}"
    share = f"{1000 * found['vendor']:11.1f} {found['vendor'] / found['further']:8.0%}"
    sent = f"{found['executions']:9.0f} {found['shots']:9,.0f} {found['submissions']:12.0f}"
    return f"{molecule:4} {device:27} {times} {share} {sent}"


def main(arguments: list[str] | None = None) -> None:
    """Measure every molecule on every device in turn, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="devices whose name contains this")
    parser.add_argument("--molecule", choices=MOLECULES, action="append", help="default: all")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=3)
    options = parser.parse_args(arguments)
    devices = [device for device in DEVICES if options.only in device]
    watch = Stopwatch()
    for provider in {device.partition(":")[0].partition("?")[0] for device in devices}:
        for crossing in CROSSINGS[provider]:
            watch.watch(*crossing)
    molecules = options.molecule or MOLECULES
    pairs = [(molecule, device) for molecule in molecules for device in devices]
    rounds = []
    for _ in range(1 + options.rounds):
        measured = [
            measure(watch, MOLECULES[molecule], device, options.steps) for molecule, device in pairs
        ]
        rounds.append(measured)
    heads = f"{'first / ms':>10} {'further / ms':>12} {'vendor / ms':>11} {'of it':>8}"
    print(f"{'':4} {'device':27} {heads} {'circuits':>9} {'shots':>9} {'submissions':>12}")
    for index, pair in enumerate(pairs):
        columns = [measured[index] for measured in rounds[1:]]  # the first one imports the vendors
        medians = {key: statistics.median(item[key] for item in columns) for key in columns[0]}
        print(line(*pair, medians))


if __name__ == "__main__":
    main()
