"""Command line interface ``qgate``: devices, plans, runs, jobs and installed packages."""

from __future__ import annotations

import argparse
import os
import runpy
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import qgate as qg
from qgate.arguments import seconds_to_wait
from qgate.budget import LIMITS, NO_LIMIT
from qgate.exceptions import QGateError, suggest
from qgate.usage import Usage

PACKAGES = (
    "qgate",
    "numpy",
    "autograd",
    "pydantic",
    "qiskit",
    "qiskit-aer",
    "qiskit-ibm-runtime",
    "amazon-braket-sdk",
    "torch",
    "jax",
    "tensorflow-cpu",
    "tensorflow",
    "keras",
    "matplotlib",
)
"""Packages whose versions ``qgate doctor`` lists."""

JOB_COLUMNS = ("run", "step", "device", "rows", "shots", "USD", "state", "job", "reason")

FOUND_COLUMNS = ("at", "created", "status", "job", "key", "journal")

KINDS_OF_LIMITS = {
    "usd": (float, "US dollars"),
    "shots": (int, "shots"),
    "submissions": (int, "submissions"),
}
"""Type and unit of each limit of a budget."""

MOST_OF_A_REASON = 60
"""Number of characters of a provider's reason that a table shows."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Execute a command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Default: those of the process.

    Returns
    -------
    int
        0; 1 after an error, whose text is on the standard error stream; 130 after Ctrl-C.
    """
    ours, of_program = _split(sys.argv[1:] if arguments is None else arguments)
    chosen = _parser().parse_args(ours)
    chosen.of_program = of_program
    try:
        _check_arguments(chosen)
        command: Callable[[argparse.Namespace], None] = chosen.command
        command(chosen)
    except QGateError as error:
        _complain(error)
        return 1
    except KeyboardInterrupt as error:
        _complain(error)
        return 130
    return 0


# Commands ------------------------------------------------------------------------------


def devices(chosen: argparse.Namespace) -> None:
    """List the devices that are available by name; sends no requests."""
    print(qg.list_devices(chosen.provider))


def plan(chosen: argparse.Namespace) -> None:
    """Report what a program would submit, without submitting it."""
    program = _script(chosen)
    print(qg.plan(program, chosen.device, budget=_budget(chosen))())


def run(chosen: argparse.Namespace) -> None:
    """Run a program as a named run: durable, within a budget, resumed where it stopped."""
    program = _script(chosen)
    with qg.run(chosen.name, chosen.journal, budget=_budget(chosen), progress=True):
        program()


def jobs(chosen: argparse.Namespace) -> None:
    """List orders; show the history of one order, or give it up."""
    journal = _journal(chosen)
    if chosen.forget is not None:
        _forget(journal, chosen)
        return
    _check_run(journal, chosen.run)
    orders = journal.orders(chosen.run)
    if chosen.key is not None:
        found = [order for order in orders if order.key.startswith(chosen.key)]
        for order in found:
            _print_history(journal, order)
        if orders and not found:
            raise QGateError(f"No order has a key that begins with {chosen.key!r}.")
        return
    _print_table(JOB_COLUMNS, [_job_row(order) for order in orders])
    total = sum((order.usage for order in orders), Usage())
    print(replace(total, submissions=len(orders)))


def budgets(chosen: argparse.Namespace) -> None:
    """List the named budgets of a journal and their usage, or change a limit."""
    journal, limits = _journal(chosen), _limits(chosen)
    if limits and chosen.name is None:
        raise QGateError("Name the budget to change, for example: qgate budgets --usd 50 shared")
    if limits:
        new = {each: None if limit == NO_LIMIT else limit for each, limit in limits.items()}
        journal.change_limits(chosen.name, new)
    known = journal.limits()
    _check_known("budget", chosen.name, [str(budget.name) for budget in known])
    for budget in known:
        if chosen.name in (None, budget.name):
            print(f"{budget!r}: {journal.spent(str(budget.name))} spent or reserved")


def resume(chosen: argparse.Namespace) -> None:
    """Fetch results of running jobs, or find jobs of a lost journal; submits nothing."""
    if chosen.find is not None:
        _find(chosen)
        return
    from qgate.jobs.resumption import resume as fetch

    if chosen.device or chosen.journal_id:
        raise QGateError(
            "--device and --journal-id belong to --find NAME; --run NAME chooses a run."
        )
    journal, timeout_s = _journal(chosen), seconds_to_wait(chosen.timeout_s)
    _check_run(journal, chosen.run)
    found = 0
    orders = fetch(journal, qg.device, run=chosen.run, timeout_s=timeout_s)
    for order, told in orders:
        found += 1
        job = order.job or "unknown"
        print(f"{order.run}, step {order.step}, {order.device}: job {job} {told}")
    print(f"{found} submissions were under way.")


def demo(chosen: argparse.Namespace) -> None:
    """Find the ground state of two coupled spins, energy -3, by gradient descent."""
    device = qg.device(chosen.device)
    energy = _energy(device)
    angles = qg.numpy.array([0.4, 0.3, 0.2, 0.1], requires_grad=True)
    gradient = qg.grad(energy)
    print(f"device {device.name}, shots {device.shots.total_shots or 'none (exact)'}")
    for step in range(chosen.steps + 1):
        if step % 10 == 0:
            print(f"step {step:3d}   energy {float(energy(angles)):8.4f}")
        angles = angles - 0.2 * gradient(angles)
    print("exact      energy  -3.0000")


def doctor(chosen: argparse.Namespace) -> None:
    """List versions of installed packages, the simulator, and paths of settings and journals."""
    from qgate.devices.settings import Settings, project_file, user_file
    from qgate.jobs.runs import default_journal, user_journal

    print(f"python  {sys.version.split()[0]}")
    for package in PACKAGES:
        print(f"{package}  {_version(package)}")
    engine = getattr(qg.device("local"), "engine", None)
    print(f"simulator  {engine}")
    print(f"default device  {Settings.current().default.place('').strip() or 'local'}")
    print(
        f"settings  {project_file(Path.cwd()) or 'none here'}; {user_file() or 'none of the user'}"
    )
    print(f"journal of runs  {default_journal()}; outside of runs  {user_journal()}")
    print(qg.list_devices())


# Arguments of the commands --------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="qgate", description=__doc__)
    parser.add_argument("--version", action="version", version=f"qgate {qg.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_devices(commands)
    _add_plan(commands)
    _add_run(commands)
    _add_jobs(commands)
    _add_budgets(commands)
    _add_resume(commands)
    shown = _command(commands, "demo", demo)
    shown.add_argument("device", nargs="?", default="local", help="default: local")
    shown.add_argument("--steps", type=int, default=50)
    _command(commands, "doctor", doctor)
    return parser


def _command(
    commands: Any, name: str, function: Callable[[argparse.Namespace], None]
) -> argparse.ArgumentParser:
    text = (function.__doc__ or "").strip()
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(command=function)
    return parser


def _add_devices(commands: Any) -> None:
    parser = _command(commands, "devices", devices)
    parser.add_argument("provider", nargs="?", help="only those of one provider")


def _add_plan(commands: Any) -> None:
    parser = _command(commands, "plan", plan)
    parser.add_argument("--device", help="replaces every device that the program names")
    _add_limits(parser)
    _add_script(parser)


def _add_run(commands: Any) -> None:
    parser = _command(commands, "run", run)
    parser.add_argument("name", help="name of the run; a re-run under this name resumes it")
    _add_journal(parser)
    _add_limits(parser)
    _add_script(parser)


def _add_jobs(commands: Any) -> None:
    parser = _command(commands, "jobs", jobs)
    _add_journal(parser)
    parser.add_argument("--run", help="only this run")
    parser.add_argument("--key", help="the beginning of an order's key: show its history")
    parser.add_argument(
        "--forget",
        metavar="KEY",
        help="give up the one order whose key begins with KEY: the next run submits it again, "
        "and what it cost stays counted",
    )


def _add_budgets(commands: Any) -> None:
    parser = _command(commands, "budgets", budgets)
    parser.add_argument("name", nargs="?", help="name of a budget to show; with a limit, to change")
    _add_journal(parser)
    _add_limits(parser, removable=True)


def _add_resume(commands: Any) -> None:
    parser = _command(commands, "resume", resume)
    _add_journal(parser)
    parser.add_argument("--run", help="only this run")
    parser.add_argument("--timeout-s", type=float, help="how long to wait for each job")
    parser.add_argument(
        "--find",
        metavar="NAME",
        help="list the jobs of a run at its providers, by their tags, and record them in the "
        "journal if theirs was lost",
    )
    parser.add_argument(
        "--device", action="append", default=[], help="look for jobs of this device only"
    )
    parser.add_argument("--journal-id", help="record the jobs of this journal only")


def _add_journal(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--journal", help="default: $QGATE_JOURNAL, else qgate.db")


def _add_limits(parser: argparse.ArgumentParser, *, removable: bool = False) -> None:
    more = f"; {NO_LIMIT!r} removes it" if removable else ""
    for name, (kind, unit) in KINDS_OF_LIMITS.items():
        limit = partial(_limit_or_none, kind) if removable else kind
        parser.add_argument(f"--{name}", type=limit, help=f"limit on {unit}{more}")


def _limit_or_none(kind: Callable[[str], float], text: str) -> float | str:
    return text if text == NO_LIMIT else kind(text)


def _add_script(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("script", help="a Python program; its own arguments follow after --")
    parser.add_argument("behind", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)


# Helpers -------------------------------------------------------------------------------


def _split(arguments: Sequence[str]) -> tuple[list[str], list[str] | None]:
    """Split arguments into ours and those of the program after ``--``; None: there is no ``--``."""
    if "--" not in arguments:
        return list(arguments), None
    place = list(arguments).index("--")
    return list(arguments[:place]), list(arguments[place + 1 :])


def _check_arguments(chosen: argparse.Namespace) -> None:
    """Refuse arguments after a program without ``--``: a limit there would be ignored silently."""
    script = getattr(chosen, "script", None)
    if script is None and chosen.of_program is not None:
        raise QGateError("This command runs no program, so nothing may follow after --.")
    if script is not None and chosen.behind:
        behind = " ".join(chosen.behind)
        raise QGateError(
            f"{behind!r} stands after the program {script!r}. Put the options of qgate before the "
            f"program, and the program's own arguments after --, for example: {script} -- {behind}"
        )


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
    limits = _limits(chosen)
    return qg.Budget(**limits) if limits else None


def _limits(chosen: argparse.Namespace) -> dict[str, Any]:
    """Return the limits that were given, by name."""
    limits = {name: getattr(chosen, name) for name in LIMITS}
    return {name: limit for name, limit in limits.items() if limit is not None}


def _find(chosen: argparse.Namespace) -> None:
    """List the jobs of a run at its providers; record them where their journal is lost."""
    if chosen.run is not None or chosen.timeout_s is not None:
        raise QGateError("--find NAME takes neither --run nor --timeout-s; NAME is the run.")
    from qgate.jobs.finding import find_jobs
    from qgate.jobs.journal import Journal
    from qgate.jobs.runs import default_journal

    found: list[Any] = []
    for name, jobs in find_jobs(chosen.find, [qg.device(each) for each in chosen.device]):
        if isinstance(jobs, QGateError):
            print(f"{name} was not asked: {jobs}", file=sys.stderr)
            continue
        found += jobs
        _print_table(FOUND_COLUMNS, [(name, *_found_row(job)) for job in jobs])
    journals = {job.journal for job in found} & {chosen.journal_id or job.journal for job in found}
    print(f"{len(found)} jobs of the run {chosen.find!r} were found.")
    if len(journals) > 1:
        print("They are of several journals. Choose one with --journal-id to record its jobs.")
    if len(journals) != 1:
        return
    (identity,) = journals
    file = chosen.journal or default_journal()
    jobs_by_key = {job.token: job.id for job in found if job.journal == identity}
    Journal(file).adopt(chosen.find, identity, jobs_by_key)
    print(
        f"The journal {file} has {len(jobs_by_key)} of them now. Run the program again under this "
        "name and with this journal: their results are used, and only missing ones are submitted."
    )


def _found_row(job: Any) -> tuple[str, ...]:
    return job.created, job.status, job.id, job.token[:16], job.journal


def _forget(journal: Any, chosen: argparse.Namespace) -> None:
    from qgate.jobs.giving_up import give_up

    order = give_up(journal, chosen.forget, run=chosen.run)
    print(
        f"Gave up the order {order.key} of the run {order.run!r}, which was {order.state.value}. "
        f"Its {order.held_usd:.2f} USD and {order.held_shots} shots stay counted; the next run "
        "submits it again."
    )


def _journal(chosen: argparse.Namespace) -> Any:
    from qgate.jobs.journal import Journal
    from qgate.jobs.runs import default_journal

    file = chosen.journal or default_journal()
    if not os.path.isfile(os.path.expanduser(file)):
        raise QGateError(
            f"There is no journal {file!r}. Name one with --journal; jobs submitted outside of "
            "any run are in the journal that 'qgate doctor' shows."
        )
    return Journal(file)


def _check_run(journal: Any, name: str | None) -> None:
    _check_known("run", name, journal.runs())


def _check_known(kind: str, name: str | None, known: Sequence[str]) -> None:
    """Refuse a name that the journal does not have: it would select nothing without a word."""
    if name is not None and name not in known:
        listed = ", ".join(map(repr, known)) or "none"
        raise QGateError(
            f"The journal has no {kind} {name!r}.{suggest(name, known)} It has: {listed}."
        )


def _job_row(order: Any) -> tuple[str, ...]:
    reason = order.reason.replace("\n", " ")
    return (
        order.run,
        f"{order.step}.{order.part}" + (f" again {order.attempt}" if order.attempt else ""),
        order.device,
        str(order.rows),
        str(order.shots),
        f"{order.held_usd:.2f}" if order.price is not None else "unknown",
        order.state.value,
        order.job or "",
        reason if len(reason) <= MOST_OF_A_REASON else f"{reason[:MOST_OF_A_REASON]}...",
    )


def _print_history(journal: Any, order: Any) -> None:
    _print_table(JOB_COLUMNS, [_job_row(order)])
    print(f"key {order.key}")
    for at, what, detail in journal.history(order.key):
        print(
            f"{time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(at))}  {what}  {detail}".rstrip()
        )


def _print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())


def _energy(device: Any) -> qg.QNode:
    @qg.qnode(device)
    def energy(angles: Any) -> Any:
        for place in (0, 1):
            qg.RY(angles[place], wires=place)
        qg.CNOT(wires=[0, 1])
        for place in (0, 1):
            qg.RY(angles[2 + place], wires=place)
        return qg.expval(qg.X(0) @ qg.X(1) + qg.Y(0) @ qg.Y(1) + qg.Z(0) @ qg.Z(1))

    return energy


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _complain(error: BaseException) -> None:
    name = type(error).__name__
    print(f"{name}: {error}" if str(error) else name, file=sys.stderr)
    for note in getattr(error, "__notes__", ()):
        print(note, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
