"""Server of the budget benchmarks, in an interpreter that has PennyLane and not qgate."""

from __future__ import annotations

import sys
from pathlib import Path

from budgets.peer_side import answer
from peer import Peer, serve


def pennylane(python: str) -> Peer:
    """Start this file in an interpreter that has PennyLane."""
    return Peer(python, str(Path(__file__)), "pennylane")


if __name__ == "__main__":
    serve(sys.argv[-1], answer)
