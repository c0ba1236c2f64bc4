"""Commands that call a program: ``qgate plan``, ``qgate specs`` and ``qgate run``."""

from __future__ import annotations

import argparse
import json
import os
import runpy
import sys
from collections.abc import Callable
from contextlib import nullcontext, redirect_stdout

import qgate as qg
from qgate.cli.circuit_files import is_circuit, qnode_of_file, results_of_file
from qgate.cli.options import Commands, add_command, add_journal, add_limits, limits_of
from qgate.devices.config import DeviceConfig
from qgate.devices.registry import device_for_plan
from qgate.exceptions import QGateError
from qgate.jobs.plan_table import comparison
from qgate.resource.circuit_specs import CircuitSpecs
from qgate.resource.program_specs import ProgramSpecs, specs_of_program

EMULATED = "calibration"
"""Value of the option ``emulate`` of devices in rehearsals."""

PROGRAM = "a Python program; its own arguments follow after --"


def plan(chosen: argparse.Namespace) -> None:
    """Report what a program would submit, without submitting it."""
    program, devices = _script(chosen), chosen.device or [None]
    if chosen.emulate:
        _rehearse(program, chosen)
        return
    for device in devices:
        print(qg.plan(program, device, budget=_budget(chosen))())


def _rehearse(program: Callable[[], None], chosen: argparse.Namespace) -> None:
    """Print the plans of a program on emulated devices, and what each would give."""
    names = chosen.device or qg.plan(program)().paid_devices
    if not names:
        raise QGateError(
            "The program names no paid device that could be emulated. Name one, for example "
            "--device ibm:ibm_torino; the option may be repeated."
        )
    plans = {}
    for name in names:
        emulated = DeviceConfig.parse(name).with_options({"emulate": EMULATED})
        plans[name] = qg.plan(program, str(emulated), budget=_budget(chosen))()
        print(plans[name], end="\n\n")
    print(comparison(plans))


def specs(chosen: argparse.Namespace) -> None:
    """Report the circuits of a program or a file of OpenQASM on a device; send nothing."""
    program = _script(chosen)
    device = None if chosen.device is None else device_for_plan(chosen.device)
    found: ProgramSpecs | CircuitSpecs
    if is_circuit(chosen.script):
        qnode, inputs = qnode_of_file(chosen.script, device or "local")
        found = qg.specs(qnode)(*inputs)
    else:
        with redirect_stdout(sys.stderr) if chosen.json else nullcontext():
            found = specs_of_program(program, device)
    print(json.dumps(found.to_dict(), indent=2) if chosen.json else found)


def run(chosen: argparse.Namespace) -> None:
    """Run a program or circuit as a named run: durable, within a budget, resumed if it stopped."""
    program = _script(chosen)
    if is_circuit(chosen.script):
        _run_circuit(chosen)
        return
    if chosen.device is not None or chosen.input:
        raise QGateError("--device and --input are for circuits. A program names its own devices.")
    with qg.run(chosen.name, chosen.journal, budget=_budget(chosen), progress=True):
        program()


def _run_circuit(chosen: argparse.Namespace) -> None:
    """Run the circuit of a file, and print what it measures; ``--shots`` are its shots."""
    shots, chosen.shots = chosen.shots, None
    with qg.run(chosen.name, chosen.journal, budget=_budget(chosen), progress=True):
        found = results_of_file(chosen.script, chosen.device, shots, chosen.input)
    for bits, value in found.items():
        print(f"{bits}  {value:.6g}")


def add_to(commands: Commands) -> None:
    """Add the commands to a parser."""
    parser = add_command(commands, "plan", plan)
    parser.add_argument(
        "--device", action="append", help="replaces every device that the program names; repeatable"
    )
    parser.add_argument(
        "--emulate",
        action="store_true",
        help="simulate the devices with their noise: values, and errors by noise and by shots",
    )
    add_limits(parser)
    _add_script(parser)
    parser = add_command(commands, "specs", specs)
    parser.add_argument("--device", help="replaces every device that the program names")
    parser.add_argument("--json", action="store_true", help="print JSON")
    _add_script(parser, f"{PROGRAM}; or a circuit in OpenQASM, FILE.qasm")
    parser = add_command(commands, "run", run)
    parser.add_argument("--device", help="device of a circuit")
    parser.add_argument(
        "--input", action="append", default=[], help="input of a circuit: NAME=VALUE; repeatable"
    )
    parser.add_argument("name", help="name of the run; a re-run under this name resumes it")
    add_journal(parser)
    add_limits(parser)
    _add_script(
        parser, f"{PROGRAM}; or a circuit, FILE.qasm or FILE.qpy (its name is then optional)"
    )


def _add_script(parser: argparse.ArgumentParser, text: str = PROGRAM) -> None:
    parser.add_argument("script", help=text)
    parser.add_argument("behind", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)


def _script(chosen: argparse.Namespace) -> Callable[[], None]:
    def call() -> None:
        before = sys.argv
        sys.argv = [chosen.script, *(chosen.of_program or ())]
        try:
            runpy.run_path(chosen.script, run_name="__main__")
        finally:
            sys.argv = before

    if not os.path.isfile(chosen.script):  # Path.is_file raises for names that are too long
        raise QGateError(f"There is no program {chosen.script!r}. Name a file with Python in it.")
    return call


def _budget(chosen: argparse.Namespace) -> qg.Budget | None:
    if not limits_of(chosen):
        return None
    return qg.Budget(chosen.shots, usd=chosen.usd, submissions=chosen.submissions)
