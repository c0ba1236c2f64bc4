"""Ground-state energies of H2 and LiH by gradient descent, on any device by its name.

    python examples/ground_state.py                       # H2 on three devices
    DEVICE="qiskit:aer?shots=500" python examples/ground_state.py
    MOLECULE=lih DEVICE=local python examples/ground_state.py

Only the device string differs between the runs. On a device with shots every number comes
from counts: each step is one request for the energy and all shifted circuits together.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import qgate as qg
from qgate import numpy as np

DEVICES = ("local", "qiskit:aer?shots=4000&seed=7", "braket:local?shots=4000&seed=7")
HAMILTONIANS = Path(__file__).parent / "hamiltonians"
PICTURE = Path("ground_state.png")


@dataclass(frozen=True)
class Molecule:
    """Problem and training parameters of a molecule.

    ``excitations`` are the wires of the excitations of the Hartree-Fock state, with one angle each,
    initially ``start`` radians. The reported energy is the average over the ``last`` steps.
    """

    title: str
    file: str
    excitations: tuple[tuple[int, ...], ...]
    start: float
    stepsize: float
    steps: int
    last: int = 5


MOLECULES = {
    "h2": Molecule(
        "H$_2$", "h2_sto3g_0.7414.json", ((0, 1, 2, 3),), start=1.5, stepsize=0.5, steps=20
    ),
    "lih": Molecule(
        "LiH",
        "lih_sto3g_1.595_sigma6.json",
        ((0, 1, 2, 3), (0, 1, 2, 5), (0, 1, 3, 4), (0, 1, 4, 5), (0, 2), (0, 4), (1, 3), (1, 5)),
        start=0.0,
        stepsize=0.5,
        steps=20,
    ),
}


@dataclass
class Training:
    """Result of a run on one device."""

    device: str
    energies: list[float] = field(default_factory=list)
    energy: float = 0.0
    seconds: float = 0.0
    counted: dict[str, int] = field(default_factory=dict)


def train(molecule: Molecule, data: dict[str, Any], device: str) -> Training:
    """Train by gradient descent."""
    wires = range(data["qubits"])
    coefficients, words = zip(*data["terms"], strict=True)
    hamiltonian = qg.PauliSum.from_words(coefficients, words, wires)
    occupied = [int(bit) for bit in data["hf_bitstring"]]

    @qg.qnode(qg.device(device, wires=len(wires)))
    def energy(angles):
        qg.BasisState(occupied, wires=wires)
        for angle, places in zip(angles, molecule.excitations, strict=True):
            excitation = qg.DoubleExcitation if len(places) == 4 else qg.SingleExcitation
            excitation(angle, wires=places)
        return qg.expval(hamiltonian)

    gradient = qg.grad(energy)
    angles = np.full(len(molecule.excitations), molecule.start, requires_grad=True)
    training = Training(device)
    started = time.perf_counter()
    with qg.Tracker() as tracker:
        for _ in range(molecule.steps):
            slope = gradient(angles)
            training.energies.append(float(gradient.forward))
            angles = angles - molecule.stepsize * slope
    training.energy = sum(training.energies[-molecule.last :]) / molecule.last
    training.seconds = time.perf_counter() - started
    training.counted = tracker.totals
    return training


def table(exact: float, trainings: list[Training]) -> str:
    """Print one row for each device."""
    columns = f"{'energy / Ha':>12} {'error / mHa':>12} {'shots':>11} {'submissions':>12} {'s':>6}"
    head = f"{'device':34} {columns}"
    lines = [head, "-" * len(head)]
    for run in trainings:
        error = 1000 * (run.energy - exact)
        spent = f"{run.counted['shots']:11,} {run.counted['submissions']:12} {run.seconds:6.1f}"
        lines.append(f"{run.device:34} {run.energy:12.6f} {error:12.2f} {spent}")
    return "\n".join([*lines, f"{'exact diagonalisation':34} {exact:12.6f}"])


def picture(title: str, exact: float, trainings: list[Training], path: Path) -> None:
    """Draw the training curves."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    from matplotlib.ticker import MaxNLocator

    figure, axes = plt.subplots(figsize=(8, 4.5), dpi=160, layout="constrained")
    styles = [("#1b6ca8", "-", "o"), ("#d1495b", "--", "s"), ("#3a7d44", "-.", "^")]
    for index, run in enumerate(trainings):
        color, line, marker = styles[index % len(styles)]
        axes.plot(
            run.energies, color=color, linestyle=line, marker=marker, markersize=5, label=run.device
        )
    axes.axhline(exact, color="0.25", linewidth=1, zorder=0, label=f"exact, {exact:.6f} Ha")
    axes.set(
        xlabel="gradient descent step",
        ylabel="energy / Ha",
        title=f"Ground state of {title}: one program, only the device string differs",
    )
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path)
    plt.close(figure)


def main() -> None:
    """Run the devices named by DEVICE (default: all three), print the table, draw the curves."""
    molecule = MOLECULES[os.environ.get("MOLECULE", "h2").lower()]
    data = json.loads((HAMILTONIANS / molecule.file).read_text())
    exact = data["ground_energy_sector"]
    chosen = os.environ.get("DEVICE")
    trainings = [train(molecule, data, name) for name in ([chosen] if chosen else DEVICES)]
    print(f"{molecule.file}: {data['qubits']} qubits, {len(data['terms'])} Pauli words")
    print(table(exact, trainings))
    picture(molecule.title, exact, trainings, PICTURE)
    print(f"Training curves: {PICTURE.resolve()}")


if __name__ == "__main__":
    main()
