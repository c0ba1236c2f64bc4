"""PennyLane's trainings from shots, in its own interpreter.

Optimizers, shift rule and groups are PennyLane's. Only the sampling is replaced: ``default.qubit``
draws each shot of each circuit separately, which takes 5 s and more for a step of LiH; here all
shots of a step are drawn at once from the distributions of the same circuits. ``check`` compares
numbers and moments of both.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import numpy

from .circuits import CIRCUITS, Circuit, hamiltonian, word
from .peer_side import groups

TURNS = {
    "X": numpy.array([[1, 1], [1, -1]]) / 2**0.5,
    "Y": numpy.array([[1, -1j], [1, 1j]]) / 2**0.5,
}
"""From the eigenvectors of a letter to those of Z."""


class Sampler:
    """Samples the circuits of a gradient.

    Parameters
    ----------
    qml : module
    circuit : Circuit

    Attributes
    ----------
    rule : array, shape (n, R)
        From the values at R shifted rows to the derivatives.
    offsets : array, shape (R + 1, n)
        The rows, the unshifted one first.
    terms : sequence of (float, str)
        All terms but the identity.
    tapes : array of int, shape (T,)
        Number of circuits that PennyLane runs for each term separately, the unshifted one included.
    idle : int
        The same for the identity, which its adaptive optimizer samples with weighted terms.
    """

    def __init__(self, qml: Any, circuit: Circuit) -> None:
        self.qml, self.circuit, record = qml, circuit, circuit.record
        every = [(value, letters) for value, letters in record["terms"]]
        self.constant = sum(value for value, letters in every if set(letters) == {"I"})
        self.terms = [(value, letters) for value, letters in every if set(letters) != {"I"}]
        self.size = circuit.size(record)
        self.rule, self.offsets = self._rule()
        self.tapes = numpy.array([self._count(letters) for _, letters in self.terms])
        self.idle = self._count("I" * record["qubits"])
        values = {letters: value for value, letters in self.terms}
        self.words = groups(qml, circuit.data)
        self.turns = [_turn(group) for group in self.words]
        self.signs = [numpy.array([_signs(letters) for letters in group]) for group in self.words]
        self.weights = [numpy.array([values[letters] for letters in g]) for g in self.words]
        device = qml.device("default.qubit")

        @qml.qnode(device)
        def state(weights: Any) -> Any:
            circuit.apply(qml, weights, record)
            return qml.state()

        self._state = state

    def _shifted(self, observable: Any) -> tuple[Any, Any, Any]:
        x = numpy.random.default_rng(7).uniform(0.1, 1, self.size)
        with self.qml.queuing.AnnotatedQueue() as queue:
            self.circuit.apply(self.qml, x, self.circuit.record)
            self.qml.expval(observable)
        tape = self.qml.tape.QuantumScript.from_queue(queue)
        places = [at for at, info in enumerate(tape.par_info) if info["op"].num_params]
        tape.trainable_params = places[: self.size]
        tapes, process = self.qml.gradients.param_shift(tape)
        return x, tapes, process

    def _rule(self) -> tuple[Any, Any]:
        x, tapes, process = self._shifted(hamiltonian(self.qml, self.circuit.record))
        columns = [process(list(unit)) for unit in numpy.eye(len(tapes))]
        offsets = [numpy.array(tape.get_parameters()[: self.size]) - x for tape in tapes]
        rule = numpy.array(columns, dtype=float).reshape(len(tapes), self.size).T
        return rule, numpy.array([numpy.zeros(self.size), *offsets])

    def _count(self, letters: str) -> int:
        return 1 + len(self._shifted(word(self.qml, letters))[1])

    def distributions(self, x: Any) -> list[Any]:
        """Return the probabilities at all rows in each group, (R + 1, 2**n)."""
        states = numpy.asarray(self._state((self.offsets + numpy.asarray(x)).T))
        return [numpy.abs(states @ turn.T) ** 2 for turn in self.turns]

    def means(self, distributions: list[Any]) -> dict[str, Any]:
        """Return the expectation value of each Pauli word at all rows."""
        return {
            letters: chances @ signs
            for chances, group, rows in zip(distributions, self.words, self.signs, strict=True)
            for letters, signs in zip(group, rows, strict=True)
        }

    def energy(self, distributions: list[Any]) -> float:
        """Return the exact energy at the unshifted row."""
        means = self.means(distributions)
        return float(
            self.constant + sum(value * means[letters][0] for value, letters in self.terms)
        )

    def shots_of_groups(self, distributions: list[Any], shots: int, random: Any) -> Any:
        """Return the sum of single shots of all groups at the shifted rows, (R, shots)."""
        total = numpy.zeros((len(self.rule[0]), shots))
        for chances, signs, weights in self._groups(distributions):
            values = weights @ signs
            for row, sums in enumerate(numpy.cumsum(chances[1:], axis=1)):
                places = numpy.searchsorted(sums / sums[-1], random.random(shots), side="right")
                total[row] += values[numpy.minimum(places, len(values) - 1)]
        return total

    def means_of_groups(self, distributions: list[Any], shots: int, random: Any) -> Any:
        """Return the mean of shots of all groups at the shifted rows, (R,)."""
        total = numpy.zeros(len(self.rule[0]))
        for chances, signs, weights in self._groups(distributions):
            counts = random.multinomial(shots, chances[1:] / chances[1:].sum(axis=1)[:, None])
            total += counts @ (weights @ signs) / shots
        return total

    def _groups(self, distributions: list[Any]) -> Iterator[tuple[Any, Any, Any]]:
        return zip(distributions, self.signs, self.weights, strict=True)


def _turn(group: list[str]) -> Any:
    found = numpy.eye(1)
    for column in zip(*group, strict=True):
        letter = next((each for each in column if each != "I"), "Z")
        found = numpy.kron(found, TURNS.get(letter, numpy.eye(2)))
    return found


def _signs(letters: str) -> Any:
    found = numpy.ones(1)
    for letter in letters:
        found = numpy.kron(found, [1.0, 1.0] if letter == "I" else [1.0, -1.0])
    return found


def adaptive(qml: Any, sampler: Sampler, random: Any) -> type:
    """Return PennyLane's optimizer; shots, except the identity's, are drawn here and counted."""

    class Counted(qml.ShotAdaptiveOptimizer):  # type: ignore[misc, name-defined]
        shots = tasks = idle = 0

        def _single_shot_qnode_gradients(self, qnode: Any, args: Any, kwargs: Any) -> Any:
            if self.lipschitz is None:
                self.check_learning_rate([sampler.constant, *(v for v, _ in sampler.terms)])
            known, shots = sampler.distributions(args[0]), int(self.max_shots)
            if self.term_sampling is None:
                rows, groups = len(sampler.offsets), len(sampler.words)
                self.shots, self.tasks = rows * groups * shots, -(-rows * groups // 100)
                return [(sampler.rule @ sampler.shots_of_groups(known, shots, random)).T]
            return [self._by_terms(sampler.means(known), shots)]

        def _by_terms(self, means: Mapping[str, Any], shots: int) -> Any:
            sizes = numpy.abs([sampler.constant, *(value for value, _ in sampler.terms)])
            drawn = random.multinomial(shots, sizes / sizes.sum())
            found = [numpy.zeros((drawn[0], sampler.size))]
            for (value, letters), size, count in zip(
                sampler.terms, sizes[1:], drawn[1:], strict=True
            ):
                chances = (1 + means[letters][1:, None]) / 2
                read = numpy.where(random.random((len(chances), count)) < chances, 1.0, -1.0)
                found.append((sampler.rule @ read).T * value * sizes.sum() / size)
            self.shots, self.tasks = int(drawn[1:] @ sampler.tapes), int((drawn[1:] > 0).sum())
            self.idle = int(drawn[0]) * sampler.idle
            return numpy.concatenate(found)

    return Counted


@cache
def sampler_of(qml: Any, name: str) -> Sampler:
    """Return the sampler of a circuit, cached."""
    return Sampler(qml, CIRCUITS[name])


def train(qml: Any, np: Any, request: Mapping[str, Any]) -> dict[str, Any]:
    """Train from zeros; return the exact energy and the usage before each step.

    A training ends at an energy, or at a limit on shots, steps or seconds.
    """
    sampler = sampler_of(qml, request["circuit"])
    random = numpy.random.default_rng(request["seed"])
    x = np.zeros(sampler.size, requires_grad=True)
    if request["way"] == "fixed":
        optimizer = qml.GradientDescentOptimizer(request["rate"])
    else:
        optimizer = adaptive(qml, sampler, random)(
            min_shots=request["setting"],
            stepsize=request["rate"],
            term_sampling=None if request["way"] == "adaptive" else "weighted_random_sampling",
        )
    node = qml.set_shots(shots=1)(
        qml.QNode(sampler.circuit.function(qml), qml.device("default.qubit"))
    )
    energies, shots, tasks, started = [], [0], [0], time.process_time()
    while True:
        known = sampler.distributions(x)
        energies.append(sampler.energy(known))
        if energies[-1] <= request["until"] or len(shots) > request["steps"]:
            break
        if shots[-1] >= request["shots"] or time.process_time() - started > request["seconds"]:
            break
        if request["way"] == "fixed":
            read = sampler.means_of_groups(known, request["setting"], random)
            slopes = sampler.rule @ read
            x = optimizer.step(node, x, grad_fn=lambda _, slopes=slopes: slopes)
            rows, number = len(sampler.offsets), len(sampler.words)
            shots.append(shots[-1] + rows * number * request["setting"])
            tasks.append(tasks[-1] - (-rows * number // 100))
        else:
            with numpy.errstate(all="ignore"):
                x = optimizer.step(node, x)
            shots.append(shots[-1] + optimizer.shots)
            tasks.append(tasks[-1] + optimizer.tasks)
    return {"energies": energies, "shots": shots, "tasks": tasks}


def check(qml: Any, np: Any, request: Mapping[str, Any]) -> dict[str, Any]:
    """Compare a gradient of single shots drawn by PennyLane with one that is drawn here.

    Returned are how many shots were drawn, the identity's among them and counted where
    ``default.qubit`` draws, and the sum over all angles of the variances of one shot. With weighted
    terms the two draw different numbers of each.
    """
    sampling = importlib.import_module("pennylane.devices.qubit.sampling")
    original, drawn = sampling.sample_state, [0]

    def counted(state: Any, shots: int, *args: Any, **kwargs: Any) -> Any:
        drawn[0] += shots
        return original(state, shots, *args, **kwargs)

    sampler, random = sampler_of(qml, request["circuit"]), numpy.random.default_rng(5)
    x = np.array(random.normal(0, 0.1, sampler.size), requires_grad=True)
    device = qml.device("default.qubit", seed=6)
    node = qml.set_shots(shots=1)(
        qml.QNode(sampler.circuit.function(qml), device, diff_method="parameter-shift")
    )
    found: dict[str, Any] = {}
    sampling.sample_state = counted
    try:
        for ours, sampled, shots in (
            (False, None, request["shots"]),
            (True, None, request["shots"]),
            (False, "weighted_random_sampling", 10 * request["shots"]),
            (True, "weighted_random_sampling", 10 * request["shots"]),
        ):
            drawn[0] = 0
            kind = adaptive(qml, sampler, random) if ours else qml.ShotAdaptiveOptimizer
            optimizer = kind(min_shots=shots, term_sampling=sampled)
            optimizer.trainable_args, optimizer.max_shots = {0}, shots
            (slopes,) = optimizer._single_shot_qnode_gradients(node, (x,), {})
            found[f"{'ours' if ours else 'theirs'}, {sampled}"] = {
                "shots": optimizer.shots + optimizer.idle if ours else drawn[0],
                "variance": float(numpy.var(slopes, axis=0, ddof=1).sum()),
            }
    finally:
        sampling.sample_state = original
    return found
