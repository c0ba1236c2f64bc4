"""Conditions that the outcome of every schedule must meet."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from storm.bill import Charge
from storm.life import FINISHED, HUNG, Ending
from storm.schedule import FORKED_SHOTS, Schedule

TWICE, LOST, OVER, FOREIGN, WRONG = (
    "paid twice",
    "lost",
    "over budget",
    "foreign error",
    "wrong statement",
)
KINDS = (TWICE, LOST, OVER, FOREIGN, WRONG)

NOT_CREATED = re.compile(r"Of (\d+) submissions of this request.*?(\d+) (?:was|were) not created")
"""Pattern of statements on how much of a request certainly does not exist."""

NOTHING = re.compile(
    r"(?i)nothing (was|has been|is) (sent|submitted|created|paid)"
    r"|(?<!\d )(was|were) not (sent|submitted|created)"
)
"""Pattern of statements that nothing of a request exists."""

CENT = 1e-6


def after_a_life(
    schedule: Schedule,
    ending: Ending,
    charges: Sequence[Charge],
    limit_usd: float,
    failed: Collection[str] = (),
) -> Iterator[str]:
    """Yield the broken promises at the end of a life.

    Parameters
    ----------
    schedule : Schedule
    ending : Ending
    charges : sequence of Charge
    limit_usd : float
    failed : collection of str
        Keys of jobs that had failed before this life, which resubmits them.
    """
    for each in (ending, *(Ending(**forked) for forked in ending.forked)):
        if each.how == HUNG:
            yield f"{LOST}: every thread waits for another"
        elif not each.ours:
            yield f"{FOREIGN}: {each.how}: {each.text}"
    usd = sum(charge.usd for charge in charges)
    if usd > limit_usd + CENT:
        yield f"{OVER}: {usd:.4f} of {limit_usd:.4f} USD were charged"
    if ending.cost is not None and ending.cost < usd - CENT and not ending.forked:
        yield f"{WRONG}: the run says {ending.cost:.4f} USD, {usd:.4f} USD were charged"
    if ending.how == FINISHED or len(ending.values) >= len(schedule.calls):
        return
    asked = schedule.calls[len(ending.values)].shots
    created = len({charge.shots for charge in charges if charge.key not in failed} & set(asked))
    told = NOT_CREATED.search(ending.text)
    missing = int(told[2]) if told else len(asked) if NOTHING.search(ending.text) else 0
    if created > len(asked) - missing:
        yield f"{WRONG}: {created} of {len(asked)} jobs were created, and: {ending.text}"


def at_the_end(schedule: Schedule, ending: Ending, charges: Sequence[Charge]) -> Iterator[str]:
    """Yield the broken promises of a last life without events."""
    wanted = [[(-1.0) ** bit for _ in call.shots for bit in call.bits] for call in schedule.calls]
    if ending.how != FINISHED:
        yield f"{LOST}: the last repetition ended in {ending.how}: {ending.text}"
    elif ending.values != wanted:
        yield f"{LOST}: {ending.values} came in place of {wanted}"
    keys = Counter(charge.key for charge in charges)
    paid: Counter[int] = Counter()
    for charge in charges:
        paid[charge.shots] += charge.paid
    for key, jobs in keys.items():
        if jobs > 1:
            yield f"{TWICE}: {jobs} jobs of the order {key[:12]}"
    for shots, executables in paid.items():
        if executables > 1:
            yield f"{TWICE}: {executables} results of the circuit with {shots} shots"
    for call in schedule.calls:
        for shots in call.shots:
            if ending.how == FINISHED and paid[shots] != 1:
                yield f"{LOST}: {paid[shots]} results of the circuit with {shots} shots are paid"
    if any(shots not in _known(schedule) for shots in paid):
        yield f"{TWICE}: a job of nobody's, with one of {sorted(paid)} shots"


def _known(schedule: Schedule) -> set[int]:
    return {FORKED_SHOTS, *(shots for call in schedule.calls for shots in call.shots)}
