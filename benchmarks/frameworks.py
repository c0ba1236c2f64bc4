"""Time values and gradients of QNodes in JAX and PyTorch, compared with PennyLane's.

    python benchmarks/frameworks.py --python .venv-peers/bin/python

In JAX a function is compiled by ``jax.jit``, with and without qgate's ``qjit``, which records the
circuit; in PyTorch qgate's circuit is recorded.
The environment of PennyLane needs jax and torch, too. Each library has a separate interpreter with
one thread, in double precision. A round runs the same calls in each in turn. The output has the
seconds of the first call, which traces and compiles and imports what it needs, and the median over
rounds of the milliseconds of one call; all are processor time. Exit status 1 if the results do not
agree.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
import time
from functools import cache
from typing import Any

import numpy
from peer import Peer, serve
from workloads import ising, rotations

CIRCUITS = {"W3": (4, 1), "W1 n=4": (4, 3)}
"""Numbers of qubits and layers, by the name of the workload in ``workloads.py``."""

DEVICES = {"qgate": "local", "pennylane": "default.qubit"}
REPEATS = 100


def in_jax(qml: Any, energy: Any, angles: Any, call: str) -> Any:
    """Return a call of a compiled function."""
    import jax

    jax.config.update("jax_enable_x64", True)
    numbers = jax.block_until_ready(jax.numpy.asarray(angles))
    function = jax.jit(energy if call == "value" else jax.grad(energy))
    return lambda: numpy.asarray(function(numbers))


def in_torch(qml: Any, energy: Any, angles: Any, call: str) -> Any:
    """Return a call of a QNode, recorded where the library can do that for torch."""
    import torch

    torch.set_num_threads(1)
    numbers = torch.tensor(angles, requires_grad=call == "gradient")
    function = qml.qjit(energy) if qml.__name__ == "qgate" else energy

    def gradient() -> Any:
        return torch.autograd.grad(function(numbers), numbers)[0].numpy()

    return gradient if call == "gradient" else lambda: function(numbers).numpy()


def recorded_in_jax(qml: Any, energy: Any, angles: Any, call: str) -> Any:
    """Return a call of a compiled function, its circuit recorded where the library can do that."""
    return in_jax(qml, qml.qjit(energy) if qml.__name__ == "qgate" else energy, angles, call)


FRAMEWORKS = {"jax": in_jax, "jax qjit": recorded_in_jax, "torch": in_torch}


@cache
def prepared(qml: Any, framework: str, circuit: str, call: str) -> Any:
    """Return a call without arguments."""
    n, layers = CIRCUITS[circuit]
    hamiltonian = ising(qml, n)
    angles = numpy.random.default_rng(7).uniform(-numpy.pi, numpy.pi, (layers, n, 3))

    @qml.qnode(qml.device(DEVICES[qml.__name__], wires=n))
    def energy(angles: Any) -> Any:
        rotations(qml, angles, range(n))
        return qml.expval(hamiltonian)

    return FRAMEWORKS[framework](qml, energy, angles, call)


def answer(qml: Any, _: Any, request: dict[str, Any]) -> Any:
    """Return the milliseconds of a call; of a first call also its result and seconds."""
    call = prepared(qml, request["framework"], request["circuit"], request["call"])
    started = time.process_time()
    if "first" in request:
        result = call().reshape(-1).tolist()
        return {"result": result, "first_s": time.process_time() - started}
    for _ in range(REPEATS):
        call()
    return 1000 * (time.process_time() - started) / REPEATS


def run(python: str, rounds: int) -> int:
    """Measure, print, and return the exit status."""
    worst = 0.0
    print(f"{'':26} {'qgate':>9} {'first, s':>9} {'PennyLane':>9} {'first, s':>9} {'differ':>8}")
    with (
        Peer(sys.executable, __file__, "qgate") as ours,
        Peer(python, __file__, "pennylane") as theirs,
    ):
        for framework, circuit in itertools.product(FRAMEWORKS, CIRCUITS):
            for call in ("value", "gradient"):
                request = {"framework": framework, "circuit": circuit, "call": call}
                first = [peer.ask(**request, first=True) for peer in (ours, theirs)]
                times = [[peer.ask(**request) for peer in (ours, theirs)] for _ in range(rounds)]
                medians = map(statistics.median, zip(*times, strict=True))
                results = [numpy.array(each["result"]) for each in first]
                off = float(numpy.abs(results[0] - results[1]).max())
                cells = zip(medians, first, strict=True)
                shown = " ".join(f"{ms:9.4f} {each['first_s']:9.2f}" for ms, each in cells)
                print(f"{framework} {circuit} {call}".ljust(26), shown, f"{off:8.0e}", flush=True)
                worst = max(worst, off)
    return int(not worst <= 1e-12)


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", help="the interpreter that has PennyLane and jax")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.serve:
        serve(options.serve, answer)
        return 0
    if not options.python:
        parser.error("--python is needed; benchmarks/README.md says how to make its environment")
    return run(options.python, options.rounds)


if __name__ == "__main__":
    sys.exit(main())
