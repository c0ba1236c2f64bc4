"""Batching: distribute the rows of many sweeps over submissions and join the results.

A row is the unit of work. A row with more shots than the device accepts is split into shot chunks
(``ShotChunk``). A submission batch (``SubmissionBatch``) is filled greedily with chunks in order
until the next would exceed one of the device's limits (rows, shots, circuits, bytes). Results are
joined by adding the counts of the chunks of a row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from qgate.devices.capabilities import Capabilities
from qgate.devices.job import Job, JobStatus, RowFailure, SweepResult, status_of_all
from qgate.exceptions import InvalidShots, SubmissionTooLarge
from qgate.outcomes import Outcomes
from qgate.sweep import Sweep

if TYPE_CHECKING:
    from qgate.devices.base import Device

EXACT = 0
"""Value of ``ShotChunk.shots`` for a row that is computed exactly."""

Weight = tuple[int, int]
"""Size in bytes of a circuit, and of each of its rows."""


@dataclass(frozen=True, slots=True)
class ShotChunk:
    """Shot chunk: some shots of one row, or all of them."""

    sweep: int
    row: int
    shots: int


@dataclass(frozen=True, slots=True)
class SubmissionBatch:
    """Submission batch: the contents of one submission.

    Parameters
    ----------
    chunks : tuple of ShotChunk
        Shot chunks, those of one sweep next to each other.
    """

    chunks: tuple[ShotChunk, ...]

    @property
    def shots(self) -> int:
        """Total number of shots of all rows."""
        return sum(chunk.shots for chunk in self.chunks)

    @property
    def groups(self) -> Iterator[tuple[int, list[ShotChunk]]]:
        """Indices of the sweeps in the batch, each with its shot chunks."""
        for sweep, chunks in groupby(self.chunks, key=lambda chunk: chunk.sweep):
            yield sweep, list(chunks)

    def sweeps(self, whole: Sequence[Sweep]) -> list[Sweep]:
        """Return the sweeps to submit, each with its selected rows."""
        return [_part(whole[sweep], chunks) for sweep, chunks in self.groups]


def pack(
    sweeps: Sequence[Sweep],
    capabilities: Capabilities,
    *,
    device: str,
    weigh: Callable[[Sweep], Weight] | None = None,
    extra_rows: int = 0,
) -> tuple[SubmissionBatch, ...]:
    """Distribute rows over as few submissions as the limits allow.

    Rows are taken in order; a submission is closed when the next row would exceed a limit. If the
    device requires equal shots, rows are grouped by their number of shots first.

    Parameters
    ----------
    sweeps : sequence of Sweep
    capabilities : Capabilities
        Capabilities with the limits.
    device : str
        Name of the device, for error messages.
    weigh : callable, optional
        Function that returns the bytes of a sweep's circuit and of each of its rows; called if the
        capabilities have a ``max_bytes``.
    extra_rows : int
        Number of rows of one more sweep that will be added to each submission.

    Returns
    -------
    tuple of SubmissionBatch

    Raises
    ------
    InvalidShots
        A row, or a submission, has fewer shots than the device accepts.
    SubmissionTooLarge
        A single row exceeds the maximum size of a submission.

    Examples
    --------
    >>> from qgate.tape import Tape
    >>> from qgate.measurements import counts
    >>> from qgate.operations import RX
    >>> sweep = Tape([RX(0.1, 0)], [counts(wires=0)], shots=(10, 20, 10)).sweep()
    >>> limits = Capabilities(max_rows=2, equal_shots=True)
    >>> for batch in pack([sweep], limits, device="local"):
    ...     print([(chunk.row, chunk.shots) for chunk in batch.chunks])
    [(0, 10), (2, 10)]
    [(1, 20)]
    """
    weights = [(0, 0)] * len(sweeps)
    if weigh is not None and capabilities.max_bytes is not None:
        weights = [weigh(sweep) for sweep in sweeps]
    chunks = [chunk for sweep in enumerate(sweeps) for chunk in _chunks(*sweep, capabilities)]
    batches = tuple(
        SubmissionBatch(tuple(content))
        for group in _together(chunks, capabilities)
        for content in _levelled(
            list(_cut(group, capabilities, weights, device, extra_rows)), capabilities, weights
        )
    )
    for batch in batches:
        _check_total(batch, capabilities, device)
    return batches


def unpack(
    batches: Sequence[SubmissionBatch],
    results: Sequence[Sequence[SweepResult]],
    sweeps: Sequence[Sweep],
) -> list[SweepResult]:
    """Join the results of submissions into the results of the packed sweeps.

    Parameters
    ----------
    batches : sequence of SubmissionBatch
    results : sequence
        For each submission, the results of its sweeps.
    sweeps : sequence of Sweep
        The sweeps given to ``pack``.

    Returns
    -------
    list of SweepResult
    """
    if len(batches) == 1 and _is_whole(batches[0], sweeps):
        return list(results[0])
    found: list[list[list[list[Any]]]] = [
        [[[] for _ in range(len(sweep))] for _ in sweep.structure.measurements] for sweep in sweeps
    ]
    for batch, parts in zip(batches, results, strict=True):
        for (sweep, chunks), entries in zip(batch.groups, parts, strict=True):
            for measurement, entry in enumerate(entries):
                for chunk, value in zip(chunks, entry, strict=True):
                    found[sweep][measurement][chunk.row].append(value)
    return [
        tuple(_joined(rows, exact=sweep.shots is None) for rows in entries)
        for sweep, entries in zip(sweeps, found, strict=True)
    ]


def raised(sweeps: Sequence[Sweep], capabilities: Capabilities) -> list[Sweep]:
    """Return sweeps with more shots if together they have fewer than a submission requires.

    Parameters
    ----------
    sweeps : sequence of Sweep
        Contents of one submission.
    capabilities : Capabilities

    Returns
    -------
    list of Sweep
        Sweeps with the missing shots distributed evenly over all rows.
    """
    rows = [sweep.shots for sweep in sweeps if sweep.shots is not None]
    missing = capabilities.min_total_shots - sum(int(shots.sum()) for shots in rows)
    if len(rows) < len(sweeps) or missing <= 0:
        return list(sweeps)
    each, rest = divmod(missing, sum(map(len, rows)))
    if capabilities.equal_shots and rest:
        each, rest = each + 1, 0
    found = []
    for sweep, shots in zip(sweeps, rows, strict=True):
        more = shots + each + (np.arange(len(shots)) < rest)
        rest = max(0, rest - len(shots))
        found.append(sweep.with_rows(sweep.rows, more))
    return found


def submit_packed(device: Device, sweeps: Sequence[Sweep]) -> Job:
    """Submit sweeps that need more than one submission; all are sent before the first wait."""
    batches = pack(sweeps, device.capabilities, device=device.name, weigh=device.weigh)
    if len(batches) == 1 and _is_whole(batches[0], sweeps):
        return device.submit(sweeps)
    jobs = [device.submit(batch.sweeps(sweeps)) for batch in batches]
    return JoinedJob(jobs, batches, sweeps)


class JoinedJob(Job):
    """Job made of several submissions whose results are joined.

    Parameters
    ----------
    jobs : sequence of Job
    batches : sequence of SubmissionBatch
        Contents of each submission.
    sweeps : sequence of Sweep
        The sweeps given to ``pack``.
    """

    def __init__(
        self, jobs: Sequence[Job], batches: Sequence[SubmissionBatch], sweeps: Sequence[Sweep]
    ) -> None:
        self.jobs, self.batches, self.sweeps = tuple(jobs), tuple(batches), tuple(sweeps)
        self.id = ",".join(job.id for job in jobs)
        self.submissions = sum(job.submissions for job in jobs)

    @property
    def status(self) -> JobStatus:
        return status_of_all(job.status for job in self.jobs)

    def result(self, timeout_s: float | None = None) -> tuple[SweepResult, ...]:
        results = [job.result(timeout_s) for job in self.jobs]
        return tuple(unpack(self.batches, results, self.sweeps))

    def cancel(self) -> None:
        for job in self.jobs:
            job.cancel()


def _chunks(index: int, sweep: Sweep, capabilities: Capabilities) -> Iterator[ShotChunk]:
    """Split rows with more shots than the device accepts into shot chunks that it accepts."""
    if sweep.shots is None:
        yield from (ShotChunk(index, row, EXACT) for row in range(len(sweep)))
        return
    most = _most_shots(capabilities)
    for row, shots in enumerate(sweep.shots.tolist()):
        if capabilities.shot_counts:
            yield from (ShotChunk(index, row, part) for part in _allowed_parts(shots, capabilities))
            continue
        parts = 1 if most is None else -(-shots // most)
        yield from (
            ShotChunk(index, row, shots // parts + (part < shots % parts)) for part in range(parts)
        )


def _allowed_parts(shots: int, capabilities: Capabilities) -> Iterator[int]:
    """Decompose a number of shots into those that the device accepts, the largest first."""
    left = shots
    for count in sorted(capabilities.shot_counts, reverse=True):
        yield from [count] * (left // count)
        left %= count
    if left:
        allowed = ", ".join(map(str, sorted(capabilities.shot_counts)))
        raise InvalidShots(
            f"{shots} shots of one circuit cannot be run: the device takes {allowed} only, and "
            "sums of these. Ask for such a number."
        )


def _most_shots(capabilities: Capabilities) -> int | None:
    limits = (capabilities.max_shots, capabilities.max_total_shots)
    return min((limit for limit in limits if limit is not None), default=None)


def _together(chunks: Sequence[ShotChunk], capabilities: Capabilities) -> Iterable[list[ShotChunk]]:
    """Group chunks that may share a submission, in the order in which each group first occurs."""
    groups: dict[Any, list[ShotChunk]] = defaultdict(list)
    for chunk in chunks:
        exact = chunk.shots == EXACT
        groups[chunk.shots if capabilities.equal_shots else exact].append(chunk)
    return groups.values()


def _cut(
    chunks: Sequence[ShotChunk],
    capabilities: Capabilities,
    weights: Sequence[Weight],
    device: str,
    extra_rows: int,
) -> Iterator[list[ShotChunk]]:
    """Fill one submission after the other."""
    content: list[ShotChunk] = []
    empty = _Held(rows=extra_rows, shots=extra_rows * chunks[0].shots, sweeps=min(extra_rows, 1))
    held = empty
    for chunk in chunks:
        grown = held.with_chunk(chunk, weights)
        if content and not grown.fits(capabilities):
            yield content
            content, grown = [], empty.with_chunk(chunk, weights)
        if not grown.fits(capabilities):
            raise SubmissionTooLarge(
                device=device, size=grown.size, most=capabilities.max_bytes or 0
            )
        content.append(chunk)
        held = grown
    if content:
        yield content


def _levelled(
    contents: list[list[ShotChunk]], capabilities: Capabilities, weights: Sequence[Weight]
) -> list[list[ShotChunk]]:
    """Move rows from the last submission but one to a last one that has too few shots."""
    if len(contents) < 2 or contents[-1][0].shots == EXACT:
        return contents
    *others, before, last = contents
    fewest = capabilities.min_total_shots
    while _shots(last) < fewest and _shots(before[:-1]) >= fewest:
        moved = [before[-1], *last]
        if not _held(moved, weights).fits(capabilities):
            break
        before, last = before[:-1], moved
    return [*others, before, last]


def _shots(chunks: Sequence[ShotChunk]) -> int:
    return sum(chunk.shots for chunk in chunks)


def _held(chunks: Sequence[ShotChunk], weights: Sequence[Weight]) -> _Held:
    held = _Held()
    for chunk in chunks:
        held = held.with_chunk(chunk, weights)
    return held


@dataclass(frozen=True, slots=True)
class _Held:
    """Contents of a submission as counted by the device's limits."""

    rows: int = 0
    shots: int = 0
    sweeps: int = 0
    size: int = 0
    last: int = -1
    exact: bool = False

    def with_chunk(self, chunk: ShotChunk, weights: Sequence[Weight]) -> _Held:
        circuit, row = weights[chunk.sweep]
        new = chunk.sweep != self.last
        return _Held(
            self.rows + 1,
            self.shots + chunk.shots,
            self.sweeps + new,
            self.size + row + new * circuit,
            chunk.sweep,
            chunk.shots == EXACT,
        )

    def fits(self, limits: Capabilities) -> bool:
        rows = limits.max_exact_rows if self.exact else limits.max_rows
        return all(
            most is None or held <= most
            for held, most in (
                (self.rows, rows),
                (self.shots, limits.max_total_shots),
                (self.sweeps, limits.max_sweeps),
                (self.size, limits.max_bytes),
            )
        )


def _check_total(batch: SubmissionBatch, capabilities: Capabilities, device: str) -> None:
    exact = batch.chunks[0].shots == EXACT
    fewest = min(chunk.shots for chunk in batch.chunks)
    if exact:
        return
    if fewest < capabilities.min_shots:
        raise InvalidShots(
            f"{device} was asked for {fewest} shots of one circuit, it takes at least "
            f"{capabilities.min_shots}. Request at least as many."
        )
    if batch.shots < capabilities.min_total_shots:
        raise InvalidShots(
            f"{device} was asked for {batch.shots} shots in one submission, it takes at least "
            f"{capabilities.min_total_shots}. Ask for more shots of each circuit."
        )


def _part(sweep: Sweep, chunks: Sequence[ShotChunk]) -> Sweep:
    rows = [chunk.row for chunk in chunks]
    shots = None
    if sweep.shots is not None:
        shots = np.array([chunk.shots for chunk in chunks], dtype=np.int64)
        if rows == list(range(len(sweep))) and np.array_equal(shots, sweep.shots):
            return sweep
    elif rows == list(range(len(sweep))):
        return sweep
    return sweep.with_rows(sweep.rows[rows], shots)


def _is_whole(batch: SubmissionBatch, sweeps: Sequence[Sweep]) -> bool:
    """Return whether a batch holds all sweeps unchanged."""
    places = [(chunk.sweep, chunk.row) for chunk in batch.chunks]
    return places == [
        (index, row) for index, sweep in enumerate(sweeps) for row in range(len(sweep))
    ]


def _joined(rows: Sequence[Sequence[Any]], *, exact: bool) -> Any:
    if exact:
        return np.array([values[0] for values in rows])
    return [_added(chunks) for chunks in rows]


def _added(chunks: Sequence[Any]) -> Any:
    """Add the counts of the chunks of one row; if a chunk failed, the row failed."""
    failed = next((chunk for chunk in chunks if isinstance(chunk, RowFailure)), None)
    if failed is not None or len(chunks) == 1:
        return failed or chunks[0]
    return Outcomes.joined(chunks)
