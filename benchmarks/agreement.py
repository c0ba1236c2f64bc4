"""Run the same programs under qgate and under PennyLane and compare their results.

    python benchmarks/agreement.py --python .venv-peers/bin/python
    python benchmarks/agreement.py --python ... --only "gate: RX" --show

Compared are containers (tuple, list, dict and its keys), shapes, values (to 1e-7) and, except
for matrices and other facts of operators, dtypes. Not compared is the class of an array or a
number: ndarray, tensor and float behave alike. Exit status 1 if a program differs that is not
in ``KNOWN``, or one in ``KNOWN`` does not differ any more.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import Any

import numpy
from peer import Peer, serve
from programs import PROGRAMS

TOLERANCE = 1e-7

EXACT_DTYPE = ("circuit", "derivative", "noise", "return", "template")
"""Groups in which dtypes are compared; qgate's matrices are complex128, PennyLane's vary."""

COUNTS = (
    "counts",
    "counts of wires",
    "counts of an observable",
    "counts, all outcomes",
    "counts of an observable, all outcomes",
)

SHOTS = ("shots", "shots list")

KNOWN: dict[str, str] = {
    "gate: PSWAP, 2 wires, frequencies": "PennyLane has none; qgate reads them off the gate",
    "template: RandomLayers": "the seed draws another circuit; which one is no part of the API",
    "return: float32": "single precision in gives single precision out",
    **dict.fromkeys(
        (f"return: {what}, {shots} and broadcast" for what in COUNTS for shots in SHOTS),
        "a list, as for a plain array; PennyLane makes a tuple of it for its own tensors",
    ),
    "derivative: shift rules": "eigvals_to_frequencies gives sorted floats",
    "optimizer: the value of Nesterov": "the value at the arguments, not at the shifted point",
}
"""Programs that differ on purpose, with the reason."""


def encoded(value: Any) -> Any:
    """Return a value as JSON: containers by name, arrays with dtype and shape."""
    if isinstance(value, tuple | list):
        return {"type": type(value).__name__, "items": [encoded(item) for item in value]}
    if isinstance(value, dict):
        items = sorted((str(key), encoded(item)) for key, item in value.items())
        return {"type": "dict", "keys": [key for key, _ in items], "items": [i for _, i in items]}
    array = numpy.asarray(value)
    if array.dtype.kind not in "bifuc":
        return {"type": "text", "text": str(value)}
    flat = array.reshape(-1).astype(complex)
    return {
        "type": "array",
        "dtype": str(array.dtype),
        "shape": list(array.shape),
        "values": [flat.real.tolist(), flat.imag.tolist()],
    }


def answer(qml: Any, np: Any, request: dict[str, Any]) -> Any:
    """Run the requested program."""
    try:
        return encoded(PROGRAMS[request["program"]](qml, np))
    except Exception as error:
        return {"type": "error", "error": type(error).__name__, "message": str(error)[:200]}


def differences(ours: Any, theirs: Any, facts: tuple[str, ...], place: str = "") -> Iterator[str]:
    """Yield the differences, with their places in the containers."""
    here = place or "result"
    if ours.get("error") != theirs.get("error"):
        failed = [pair for pair in (("qgate", ours), ("PennyLane", theirs)) if "error" in pair[1]]
        yield from (f"{who}: {what['error']}: {what['message']}" for who, what in failed)
        return
    for fact in facts:
        if ours.get(fact) != theirs.get(fact):
            yield f"{here}: {fact} is {ours.get(fact)}, PennyLane's {theirs.get(fact)}"
    pairs = ours.get("items", []), theirs.get("items", [])
    if len(pairs[0]) != len(pairs[1]):
        yield f"{here}: {len(pairs[0])} items, PennyLane's {len(pairs[1])}"
        return
    for index, (left, right) in enumerate(zip(*pairs, strict=True)):
        key = ours["keys"][index] if "keys" in ours else index
        yield from differences(left, right, facts, f"{place}[{key}]")
    if "values" in ours and ours["shape"] == theirs.get("shape"):
        off = numpy.abs(numpy.subtract(ours["values"], theirs["values"])).max(initial=0)
        if not off <= TOLERANCE:
            yield f"{here}: values differ by {off:.1e}"


def compare(name: str, ours: Peer, theirs: Peer) -> list[str]:
    """Return the differences of one program."""
    facts = ("type", "keys", "text", "shape")
    if name.startswith(EXACT_DTYPE):
        facts += ("dtype",)
    return list(differences(ours.ask(program=name), theirs.ask(program=name), facts))


def judge(name: str, found: list[str]) -> tuple[str, str]:
    """Return a program's verdict and a remark; a verdict in capitals fails the run."""
    if name in KNOWN:
        return ("known", KNOWN[name]) if found else ("AGREES NOW", "take it out of KNOWN")
    return ("DIFFERS", found[0]) if found else ("agrees", "")


def run(python: str, only: str, *, show: bool) -> int:
    """Compare, print a line for each program, and return the exit status."""
    verdicts = []
    with (
        Peer(sys.executable, __file__, "qgate") as ours,
        Peer(python, __file__, "pennylane") as theirs,
    ):
        for name in (name for name in PROGRAMS if only in name):
            found = compare(name, ours, theirs)
            verdict, remark = judge(name, found)
            verdicts.append(verdict)
            print(f"{verdict:10} {name}{': ' * bool(remark)}{remark}")
            if show:
                print(*(f"{'':11}{line}\n" for line in found), sep="", end="")
    print(", ".join(f"{verdicts.count(v)} {v}" for v in dict.fromkeys(verdicts)))
    return int(any(verdict.isupper() for verdict in verdicts))


def main(arguments: list[str] | None = None) -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", help="the interpreter that has PennyLane")
    parser.add_argument("--only", default="", help="programs whose name contains this")
    parser.add_argument("--show", action="store_true", help="print every difference")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.serve:
        serve(options.serve, answer)
        return 0
    if not options.python:
        parser.error("--python is needed; benchmarks/README.md says how to make its environment")
    return run(options.python, options.only, show=options.show)


if __name__ == "__main__":
    sys.exit(main())
