"""Change the arguments of valid calls, and check that every error is one of qgate's.

``python tests/fuzz/main.py --examples 10000`` makes that number of calls of each entry point and
prints each kind of failure once: an exception that is not qgate's, a call of more than five seconds
of processor time, or one that needs more memory than a device may use.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ["QGATE_JOURNAL"] = ":memory:"
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"

from fuzz.calling import Limits, Session, run_all
from fuzz.drawing import Pools
from fuzz.entries import entries

DRAWS = 30_000
"""Values that hypothesis draws; about one in twelve is a new one."""


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="entry points; default: all")
    parser.add_argument("--examples", type=int, default=10_000, help="calls of each")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--memory-gib", type=float, default=8.0, help="0: no limit")
    parser.add_argument("--times", action="store_true", help="print the time of each entry point")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz entry points; return 1 if any failed."""
    parsed, start = _parsed(arguments), time.monotonic()
    chosen = [entry for entry in entries() if not parsed.names or entry.name in parsed.names]
    pools, limits = Pools(DRAWS, parsed.seed), Limits(memory_gib=parsed.memory_gib)
    failed, seconds = 0, 0.0
    sessions = [Session(entry, parsed.examples, pools, limits) for entry in chosen]
    for module in sorted({module for entry in chosen for module in entry.modules}):
        importlib.import_module(module)  # which children then have
    pools.draw_all(kind for entry in chosen for kind in entry.kinds.values())
    for session in run_all(sessions, parsed.workers):
        failed, seconds = failed + len(session.failures), seconds + session.seconds
        for failure in session.failures:
            print(failure, flush=True)
        if parsed.times:
            print(f"{session.entry.name}: {session.seconds:.1f} s", flush=True)
    print(
        f"{len(chosen)} entry points, {parsed.examples} calls of each, {failed} kinds of failure; "
        f"{seconds:.0f} s of processor time, {time.monotonic() - start:.0f} s"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
