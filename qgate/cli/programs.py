"""Commands that call a program: ``qgate plan``, ``qgate specs`` and ``qgate run``."""

from __future__ import annotations

import argparse
import os
import runpy
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout
from functools import partial
from typing import TypeAlias

import qgate as qg
from qgate.cli.circuit_files import is_circuit, qnode_of_file, results_of_file
from qgate.cli.json_output import add_json, print_json
from qgate.cli.options import Commands, add_command, add_journal, add_limits, limits_of
from qgate.cli.program_errors import is_of_program
from qgate.devices.config import DeviceConfig
from qgate.devices.registry import device_for_plan
from qgate.exceptions import QGateError
from qgate.jobs.plan_table import comparison
from qgate.jobs.planning import Plan
from qgate.resource.circuit_specs import CircuitSpecs
from qgate.resource.program_specs import ProgramSpecs, specs_of_program

Plans: TypeAlias = list[tuple[str | None, Plan[None]]]
"""Plans, each with the device that replaces those of the program."""

EMULATED = "calibration"
"""Value of the option ``emulate`` of devices in rehearsals."""

PROGRAM = "a Python program; its own arguments follow after --"

OR_CIRCUIT = f"{PROGRAM}; or a circuit, FILE.qasm or FILE.qpy"


def plan(chosen: argparse.Namespace) -> None:
    """Report what a program would submit, without submitting it."""
    program = _script(chosen)
    if is_circuit(chosen.script):
        circuit, inputs = qnode_of_file(chosen.script, "local")
        program = partial(circuit, *inputs)
    with redirect_stdout(sys.stderr) if chosen.json else nullcontext():
        plans = (_rehearsed if chosen.emulate else _plans)(program, chosen)
    if chosen.json:
        print_json([_as_data(device, each) for device, each in plans])
    elif chosen.emulate:
        print(
            *(each for _, each in plans),
            comparison({str(name): each for name, each in plans}),
            sep="\n\n",
        )
    else:
        print(*(each for _, each in plans), sep="\n")


def _plans(program: Callable[[], None], chosen: argparse.Namespace) -> Plans:
    """Return the plans of a program on the chosen devices, or on its own."""
    devices = chosen.device or [None]
    return [(each, qg.plan(program, each, budget=_budget(chosen))()) for each in devices]


def _rehearsed(program: Callable[[], None], chosen: argparse.Namespace) -> Plans:
    """Return the plans of a program on emulated devices."""
    names = chosen.device or qg.plan(program)().paid_devices
    if not names:
        raise QGateError(
            "The program names no paid device that could be emulated. Name one, for example "
            "--device ibm:ibm_torino; the option may be repeated."
        )
    configs = [DeviceConfig.parse(name).with_options({"emulate": EMULATED}) for name in names]
    limit = _budget(chosen)
    return [
        (name, qg.plan(program, str(config), budget=limit)())
        for name, config in zip(names, configs, strict=True)
    ]


def _as_data(device: str | None, found: Plan[None]) -> dict[str, object]:
    """Return a plan as data; ``device`` is the one that replaces those of the program."""
    names = ("submissions", "rows", "shots", "price", "budget", "paid_devices", "sources")
    lists = ("entries", "prior_errors", "rehearsed")
    return {"device": device, **{name: getattr(found, name) for name in (*names, *lists)}}


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
    if chosen.json:
        print_json(found.to_dict())
    else:
        print(found)


def run(chosen: argparse.Namespace) -> None:
    """Run a program or circuit as a named run: durable, within a budget, resumed if it stopped."""
    program = _script(chosen)
    if is_circuit(chosen.script):
        _run_circuit(chosen)
        return
    if chosen.device is not None or chosen.input or chosen.json:
        raise QGateError(
            "--device, --input and --json are for circuits. A program names its own devices, and "
            "prints its own results; 'qgate jobs --json' lists what it submitted."
        )
    with _resumable(chosen):
        program()


@contextmanager
def _resumable(chosen: argparse.Namespace) -> Iterator[None]:
    """Open the run of a command; after Ctrl-C, add how to continue it."""
    try:
        with qg.run(chosen.name, chosen.journal, budget=_budget(chosen), progress=True):
            yield
    except KeyboardInterrupt as error:
        error.add_note(f"Run the same command again to continue the run {chosen.name!r}.")
        raise


def _run_circuit(chosen: argparse.Namespace) -> None:
    """Run the circuit of a file, and print what it measures; ``--shots`` are its shots."""
    shots, chosen.shots = chosen.shots, None
    with _resumable(chosen):
        found = results_of_file(chosen.script, chosen.device, shots, chosen.input)
    if chosen.json:
        print_json(found)
        return
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
    add_json(parser)
    _add_script(parser, OR_CIRCUIT)
    parser = add_command(commands, "specs", specs)
    parser.add_argument("--device", help="replaces every device that the program names")
    add_json(parser)
    _add_script(parser, OR_CIRCUIT)
    parser = add_command(commands, "run", run)
    parser.add_argument("--device", help="device of a circuit")
    parser.add_argument(
        "--input", action="append", default=[], help="input of a circuit: NAME=VALUE; repeatable"
    )
    parser.add_argument(
        "name", metavar="NAME", help="name of the run; a re-run under this name resumes it"
    )
    add_journal(parser)
    add_limits(parser)
    add_json(parser)
    _add_script(parser, f"{OR_CIRCUIT} (its name is then optional)")


def _add_script(parser: argparse.ArgumentParser, text: str = PROGRAM) -> None:
    parser.add_argument("script", metavar="PROGRAM", help=text)
    behind = parser.add_argument("behind", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    behind.required = False  # or errors name it


def _script(chosen: argparse.Namespace) -> Callable[[], None]:
    def call() -> None:
        before, folders = sys.argv, sys.path
        sys.argv = [chosen.script, *(chosen.of_program or ())]
        sys.path = [os.path.dirname(os.path.abspath(chosen.script)), *folders]  # as Python does
        try:
            runpy.run_path(chosen.script, run_name="__main__")
        except (SyntaxError, ValueError) as error:
            if is_of_program(error, chosen.script):
                raise
            raise QGateError(f"{chosen.script} cannot be read as Python: {error}.") from None
        finally:
            sys.argv, sys.path = before, folders

    if not os.path.isfile(chosen.script):  # Path.is_file raises for names that are too long
        raise QGateError(f"There is no program {chosen.script!r}. Name a file with Python in it.")
    if chosen.script.endswith(".ipynb"):
        raise QGateError(
            f"{chosen.script} is a notebook. Write its code to a program, for example with: "
            f"jupyter nbconvert --to script {chosen.script}"
        )
    return call


def _budget(chosen: argparse.Namespace) -> qg.Budget | None:
    if not limits_of(chosen):
        return None
    return qg.Budget(chosen.shots, usd=chosen.usd, submissions=chosen.submissions)
