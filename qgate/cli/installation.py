"""Commands ``qgate devices`` and ``qgate demo``."""

from __future__ import annotations

import argparse
import sys
from functools import partial

import qgate as qg
from qgate.cli.json_output import add_json, print_json
from qgate.cli.options import Commands, add_command
from qgate.devices.base import Device
from qgate.measurements import Measurement
from qgate.typing import FloatArray


def devices(chosen: argparse.Namespace) -> None:
    """List the devices that are available by name; sends no requests."""
    found = qg.list_devices(chosen.provider)
    if chosen.json:
        print_json(found)
    else:
        print(found)


def demo(chosen: argparse.Namespace) -> None:
    """Find the ground state of two coupled spins, energy -3, by gradient descent."""
    device = qg.device(chosen.device)
    energy = _energy(device)
    angles = qg.numpy.array([0.4, 0.3, 0.2, 0.1], requires_grad=True)
    gradient = qg.grad(energy)
    say = partial(print, file=sys.stderr if chosen.json else sys.stdout, flush=True)
    say(f"device {device.name}, shots {device.shots.total_shots or 'none (exact)'}")
    values: dict[int, float] = {}
    for step in range(chosen.steps + 1):
        if step % 10 == 0:
            values[step] = float(energy(angles))
            say(f"step {step:3d}   energy {values[step]:8.4f}")
        angles = angles - 0.2 * gradient(angles)
    say("exact      energy  -3.0000")
    if chosen.json:
        shots = device.shots.total_shots
        print_json({"device": device.name, "shots": shots, "energy": values, "exact": -3.0})


def add_to(commands: Commands) -> None:
    """Add the commands to a parser."""
    parser = add_command(commands, "devices", devices)
    parser.add_argument("provider", nargs="?", help="only those of one provider")
    add_json(parser)
    parser = add_command(commands, "demo", demo)
    parser.add_argument("device", nargs="?", default="local", help="default: local")
    parser.add_argument("--steps", type=number_of_steps, default=50, help="default: 50")
    add_json(parser)


def number_of_steps(text: str) -> int:
    """Return a number of steps; argparse reports a text that is none."""
    if not (text.isascii() and text.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of at least 0")
    return int(text)


def _energy(device: Device) -> qg.QNode:
    @qg.qnode(device)
    def energy(angles: FloatArray) -> Measurement:
        for place in (0, 1):
            qg.RY(angles[place], wires=place)
        qg.CNOT(wires=[0, 1])
        for place in (0, 1):
            qg.RY(angles[2 + place], wires=place)
        return qg.expval(qg.X(0) @ qg.X(1) + qg.Y(0) @ qg.Y(1) + qg.Z(0) @ qg.Z(1))

    return energy
