"""Time the local statevector engine, compared with lightning.qubit, qulacs and Aer.

    python benchmarks/statevector.py --python .venv-peers/bin/python
    python benchmarks/statevector.py --python ... --only "W1 n=4" --rounds 3
    python benchmarks/statevector.py --threads 2
    python benchmarks/statevector.py --engines avx2 baseline numpy

Each contender has a separate interpreter with one thread; a round runs the same calls in each in
turn. The output has medians of one call over rounds, by processor time and by wall time. The
results of all are compared; exit status 1 if they do not agree.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from document import filled
from engines.contenders import CONTENDERS, ENGINE, NODE, PEERS, answer
from engines.measuring import Row, measure
from engines.page import large_table, peers_table, variants_table
from engines.picture import draw
from engines.workloads import EVERY, LARGE, WORKLOADS
from peer import Peer, respond

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"
PICTURE = ROOT / "docs" / "images" / "statevector.svg"
LINK = "![Time against the number of qubits](images/statevector.svg)\n"
THREADED = ("W1 n=20", "W2 n=20")
VARIED = ("W1 n=12", "W1 n=16", "W1 n=20", "W2 n=16", "W6 n=16", "W4", "LiH")
LEAST_S, QUICK_S = 0.1, 0.02
"""A call is repeated until it has taken this long."""


@dataclass
class Run:
    """Results of a measurement.

    Parameters
    ----------
    part : {"peers", "threads", "engines"}
    heads : dict
        Title of each contender that took part.
    note : str
        Date, versions, rounds.
    rows, alone : list of Row
        Rows of the table, and rows of qgate alone.
    """

    part: str
    heads: dict[str, str]
    note: str
    rows: list[Row] = field(default_factory=list)
    alone: list[Row] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> Run:
        """Load a file written by ``save``."""
        data = json.loads(path.read_text(encoding="utf-8"))
        lists = {name: [Row(**row) for row in data.pop(name)] for name in ("rows", "alone")}
        return cls(**data, **lists)

    def save(self, path: Path) -> None:
        """Save everything to a file."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    def table(self, clock: str) -> str:
        """Return the table in Markdown, by processor time or by wall time."""
        made = peers_table if self.part == "peers" else variants_table
        return made(self.rows, self.heads, clock)


@dataclass(frozen=True)
class Limits:
    """Limits of the measurement."""

    only: str
    rounds: int
    quick: bool

    def takes(self, name: str) -> bool:
        """Return whether a workload is to be run."""
        return self.only in name and (EVERY[name].quick or not self.quick)

    def measure(self, peers: Mapping[str, Peer], name: str, call: str) -> Row:
        """Measure a call, and log it on standard error."""
        row = measure(
            peers,
            name,
            call,
            within=EVERY[name].within,
            rounds=self.rounds,
            least_s=QUICK_S if self.quick else LEAST_S,
        )
        found = ", ".join(f"{peer} {1000 * wall:.3g} ms" for peer, wall in row.wall.items())
        print(f"{name} {call}: {found}", file=sys.stderr, flush=True)
        if not row.agrees:
            print(f"{name} {call}: RESULTS DIFFER by {row.off}", file=sys.stderr, flush=True)
        return row


def note(versions: Mapping[str, str], rounds: int) -> str:
    """Return a note on date, machine, versions and rounds."""
    listed = ", ".join(f"{name} {version}" for name, version in versions.items())
    where = f"{processor()}, {os.cpu_count()} cores"
    return f"{datetime.now(UTC):%Y-%m-%d}, {where}, {listed}; medians of {rounds} rounds."


def processor() -> str:
    """Return the model of the processor if the system reports it, else its architecture."""
    listed = Path("/proc/cpuinfo")
    lines = listed.read_text(encoding="utf-8").splitlines() if listed.exists() else []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.machine())


def beside_peers(python: str, wanted: list[str], limits: Limits, save: Any) -> Run:
    """Measure qgate and its peers, and the workloads of qgate alone."""
    with ExitStack() as stack:
        peers = {
            name: stack.enter_context(
                Peer(python if name in PEERS else sys.executable, __file__, name)
            )
            for name in (ENGINE, NODE, *wanted)
        }
        versions = {name: peer.ask() for name, peer in peers.items()}
        for name in [name for name in wanted if versions[name] is None]:
            print(f"{CONTENDERS[name].needs} is not installed in {python}.", file=sys.stderr)
            del peers[name]
        listed = {CONTENDERS[name].needs: str(versions[name]) for name in peers}
        heads = {name: CONTENDERS[name].title for name in peers}
        run = Run("peers", heads, note(listed, limits.rounds))
        for name in filter(limits.takes, WORKLOADS):
            allowed = EVERY[name].peers or tuple(PEERS)
            taking = {who: peers[who] for who in peers if who not in PEERS or who in allowed}
            for call in EVERY[name].calls:
                run.rows.append(limits.measure(taking, name, call))
                save(run)
    for name in filter(limits.takes, LARGE):
        with Peer(sys.executable, __file__, ENGINE) as fresh:
            for call in EVERY[name].calls:
                run.alone.append(limits.measure({ENGINE: fresh}, name, call))
                save(run)
    return run


def variants(
    part: str, environments: Mapping[str, dict[str, str]], names: Any, limits: Limits, save: Any
) -> Run:
    """Measure qgate in several environments, compared with the first."""
    with ExitStack() as stack:
        peers = {
            title: stack.enter_context(Peer(sys.executable, __file__, ENGINE, variables))
            for title, variables in environments.items()
        }
        version = next(iter(peers.values())).ask()
        heads = {title: title for title in peers}
        run = Run(part, heads, note({"qgate": version}, limits.rounds))
        for name in filter(limits.takes, names):
            for call in EVERY[name].calls:
                run.rows.append(limits.measure(peers, name, call))
                save(run)
    return run


def report(run: Run) -> None:
    """Print the tables."""
    print(run.note)
    for clock, words in (("cpu", "processor time"), ("wall", "wall time")):
        if run.rows:
            print(f"\nMilliseconds of {words}\n\n{run.table(clock)}", end="")
    if run.alone:
        print(f"\n{large_table(run.alone)}", end="")


def write(run: Run) -> None:
    """Write the tables to the document, and the picture."""
    clock = "wall" if run.part == "threads" else "cpu"
    text = f"{run.note}\n\n{run.table(clock)}"
    if run.part == "peers":
        draw(run.rows, PICTURE)
        text = f"{LINK}\n{text}\n{large_table(run.alone)}"
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(filled(page, f"statevector {run.part}", text), encoding="utf-8")


def measured(options: argparse.Namespace) -> Run:
    """Run the requested measurements."""
    limits = Limits(options.only, options.rounds or (2 if options.quick else 7), options.quick)
    save = (lambda run: run.save(options.save)) if options.save else (lambda run: None)
    if options.threads:
        counts = {
            f"{count} threads" if count > 1 else "1 thread": {"QGATE_NUM_THREADS": str(count)}
            for count in (1, options.threads)
        }
        return variants("threads", counts, THREADED, limits, save)
    if options.engines:
        engines = {name: {"QGATE_ENGINE": name} for name in options.engines}
        return variants("engines", engines, VARIED, limits, save)
    return beside_peers(options.python, options.peers, limits, save)


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", help="the interpreter that has the peers")
    parser.add_argument("--only", default="", help="workloads whose name contains this")
    parser.add_argument("--rounds", type=int, help="default: 7")
    parser.add_argument("--quick", action="store_true", help="small workloads, two rounds")
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS))
    part = parser.add_mutually_exclusive_group()
    part.add_argument("--threads", type=int, help="compare N threads of qgate with one")
    part.add_argument("--engines", nargs="+", help="compare engines of qgate with each other")
    part.add_argument("--load", type=Path, help="measure nothing, take what was saved")
    parser.add_argument("--save", type=Path, help="keep the numbers in this file")
    parser.add_argument("--picture", type=Path, help="draw W1 to this file, .svg or .png")
    parser.add_argument("--write", action="store_true", help="write them to docs/benchmarks.md")
    parser.add_argument("--serve", choices=CONTENDERS, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    alone = options.threads or options.engines or options.load or options.serve
    if not alone and options.peers and not options.python:
        parser.error("--python is needed; benchmarks/README.md says how to make its environment")
    if options.write and (options.only or options.quick or len(options.peers) < len(PEERS)):
        parser.error("--write is for whole runs; leave out --only, --quick and --peers")
    return options


def main(arguments: list[str] | None = None) -> int:
    """Serve, or measure, print, and return the exit status."""
    options = parsed(arguments)
    if options.serve:
        respond(partial(answer, options.serve))
        return 0
    run = Run.read(options.load) if options.load else measured(options)
    report(run)
    if options.picture:
        draw(run.rows, options.picture)
    if options.write:
        write(run)
    return int(not all(row.agrees for row in (*run.rows, *run.alone)))


if __name__ == "__main__":
    sys.exit(main())
