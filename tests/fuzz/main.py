"""Change the arguments of right calls, and see that every error is one of qgate's.

``python tests/fuzz/main.py --examples 10000`` makes so many calls of each entry point and prints
each kind of failure once: an exception that is none of ours, a call of more than five seconds of
processor time, or one that needs more memory than a device may use.
"""

from __future__ import annotations

import argparse
import os
import pickle
import resource
import signal
import sys
import tempfile
import traceback
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ["QGATE_JOURNAL"] = ":memory:"
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"

from fuzz.calls import Entry, UsersOwn, entries
from fuzz.values import ANYTHING
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

from qgate.exceptions import QGateError

HANG_S = 5
"""Processor time after which a call is taken to hang, and is interrupted."""

STUCK_S = 8
"""Processor time after which it is killed, where it does not come back to the interpreter."""

SHOWN = 300
"""Characters of a call that are printed."""

OURS = (QGateError, UsersOwn)


class Hung(BaseException):
    """A call took more processor time than any should."""


@dataclass(frozen=True)
class Failure:
    """One kind of failure.

    Parameters
    ----------
    entry : str
    kind : str
        The exception's class, and where in qgate it was raised.
    call : str
        One call that meets it.
    """

    entry: str
    kind: str
    call: str


@contextmanager
def _bounded() -> Iterator[None]:
    def stop(*_: Any) -> None:
        raise Hung

    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, HANG_S)
    signal.setitimer(signal.ITIMER_VIRTUAL, STUCK_S)  # ends the process
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


@st.composite
def changed(draw: Any, entry: Entry) -> dict[str, Any]:
    """Draw the arguments of a call, of which one or two are something else."""
    names = sorted(entry.arguments)
    replaced = draw(st.sets(st.sampled_from(names), min_size=1, max_size=2)) if names else ()
    return {
        name: draw(ANYTHING) if name in replaced else value
        for name, value in entry.arguments.items()
    }


def failures(entry: Entry, examples: int, seed: int, last: Path) -> list[Failure]:
    """Call an entry point ``examples`` times; return each kind of failure once.

    Parameters
    ----------
    entry : Entry
    examples : int
    seed : int
    last : Path
        Where the call under way is written down.
    """
    found: dict[str, Failure] = {}

    def attempt(arguments: dict[str, Any]) -> None:
        call = _shown(arguments)
        last.write_text(call, errors="replace")
        try:
            with warnings.catch_warnings(), _bounded():
                warnings.simplefilter("ignore")
                entry.function(**arguments)
        except OURS:
            return
        except (Exception, Hung) as error:
            kind = _kind(error)
            found.setdefault(kind, Failure(entry.name, kind, call))

    run = settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )(given(changed(entry))(attempt))
    seeded(seed)(run)()
    return list(found.values())


def _kind(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/tests/" not in frame.filename]
    inside = [frame for frame in ours if "site-packages" not in frame.filename]
    place = (inside or ours or frames)[-1]
    file = "/".join(Path(place.filename).parts[-2:])
    return f"{type(error).__name__} in {file}:{place.lineno} {place.name}: {str(error)[:80]!r}"


def _shown(arguments: dict[str, Any]) -> str:
    try:
        return ", ".join(f"{name}={value!r}"[:SHOWN] for name, value in arguments.items())
    except Exception as error:
        return f"arguments that cannot be shown ({type(error).__name__})"


def in_child(entry: Entry, examples: int, seed: int, memory_gib: float) -> list[Failure]:
    """Fuzz an entry point in a process of its own, which may use so much memory.

    Parameters
    ----------
    entry : Entry
    examples : int
    seed : int
    memory_gib : float
        More than this raises a MemoryError; 0: no limit.
    """
    with tempfile.TemporaryDirectory() as folder:
        last, answer = Path(folder, "last"), Path(folder, "answer")
        pid = os.fork()
        if pid == 0:
            try:
                _limit(memory_gib)
                os.chdir(folder)
                answer.write_bytes(pickle.dumps(failures(entry, examples, seed, last)))
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(0)
        _, status = os.waitpid(pid, 0)
        if answer.exists():
            found: list[Failure] = pickle.loads(answer.read_bytes())
            return found
        call = last.read_text() if last.exists() else ""
        return [Failure(entry.name, f"the process ended with status {status}", call)]


def _limit(memory_gib: float) -> None:
    if memory_gib:
        size = int(memory_gib * 2**30)
        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz entry points; return 1 if any failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="entry points; default: all")
    parser.add_argument("--examples", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--memory-gib", type=float, default=8.0)
    parsed = parser.parse_args(arguments)
    chosen = [entry for entry in entries() if not parsed.names or entry.name in parsed.names]

    def fuzz(entry: Entry) -> list[Failure]:
        found = in_child(entry, parsed.examples, parsed.seed, parsed.memory_gib)
        for failure in found:
            print(f"{entry.name}: {failure.kind}\n    {failure.call}", flush=True)
        return found

    with ThreadPoolExecutor(parsed.workers) as pool:
        failed = sum(map(len, pool.map(fuzz, chosen)))
    print(f"{len(chosen)} entry points, {parsed.examples} calls of each, {failed} kinds of failure")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
