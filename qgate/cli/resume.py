"""Command ``qgate resume``: results of running jobs, and the jobs of a lost journal."""

from __future__ import annotations

import argparse
import sys
from functools import partial

import qgate as qg
from qgate.arguments import seconds_to_wait
from qgate.cli.json_output import add_json, print_json
from qgate.cli.options import Commands, add_command, add_journal, check_run, journal_of
from qgate.devices.cloud.remote import TaggedJob
from qgate.exceptions import QGateError
from qgate.jobs import resumption
from qgate.jobs.finding import find_jobs
from qgate.jobs.journal import Journal
from qgate.jobs.journals import default_journal
from qgate.text_table import table_lines

FOUND_COLUMNS = ("at", "created", "status", "job", "key", "journal")


def resume(chosen: argparse.Namespace) -> None:
    """Fetch results of running jobs, or find jobs of a lost journal; submits nothing."""
    if chosen.find is not None:
        _find(chosen)
        return
    if chosen.device or chosen.journal_id:
        raise QGateError(
            "--device and --journal-id belong to --find NAME; --run NAME chooses a run."
        )
    journal, timeout_s = journal_of(chosen), seconds_to_wait(chosen.timeout_s)
    check_run(journal, chosen.run)
    orders = resumption.resume(journal, qg.device, run=chosen.run, timeout_s=timeout_s)
    if chosen.json:
        names = ("run", "step", "device", "job", "key")
        print_json(
            [
                {**{name: getattr(order, name) for name in names}, "report": report}
                for order, report in orders
            ]
        )
        return
    found = 0
    for order, report in orders:
        found += 1
        job = f"job {order.job} " if order.job else ""
        print(f"{order.run}, step {order.step}, {order.device}: {job}{report}", flush=True)
    print(f"{found} submissions were under way.")


def add_to(commands: Commands) -> None:
    """Add the command to a parser."""
    parser = add_command(commands, "resume", resume)
    add_journal(parser)
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
    add_json(parser)


def _find(chosen: argparse.Namespace) -> None:
    """List the jobs of a run at its providers; record them where their journal is lost."""
    if chosen.run is not None or chosen.timeout_s is not None:
        raise QGateError("--find NAME takes neither --run nor --timeout-s; NAME is the run.")
    found: list[TaggedJob] = []
    for name, jobs in find_jobs(chosen.find, [qg.device(each) for each in chosen.device]):
        if isinstance(jobs, QGateError):
            print(f"{name} was not asked: {jobs}", file=sys.stderr)
            continue
        found += jobs
        if not chosen.json:
            lines = table_lines(FOUND_COLUMNS, [(name, *_found_row(job)) for job in jobs])
            print(*lines, sep="\n")
    journals = {job.journal for job in found} & {chosen.journal_id or job.journal for job in found}
    say = partial(print, file=sys.stderr if chosen.json else sys.stdout)
    if chosen.json:
        print_json(found)
    say(f"{len(found)} jobs of the run {chosen.find!r} were found.")
    if len(journals) > 1:
        say("They are of several journals. Choose one with --journal-id to record its jobs.")
    if len(journals) != 1:
        return
    (identity,) = journals
    file = chosen.journal or default_journal()
    jobs_by_key = {job.token: job.id for job in found if job.journal == identity}
    Journal(file).adopt(chosen.find, identity, jobs_by_key)
    say(
        f"The journal {file} has {len(jobs_by_key)} of them now. Run the program again under this "
        "name and with this journal: their results are used, and only missing ones are submitted."
    )


def _found_row(job: TaggedJob) -> tuple[str, ...]:
    return job.created, job.status, job.id, job.token[:16], job.journal
