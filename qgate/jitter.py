"""Random pauses, so that many programs do not retry or poll at the same moment.

They have a random generator of their own: a program that seeds ``random`` gets the same numbers
from it, however often a request was retried meanwhile.
"""

from __future__ import annotations

from random import Random

from tenacity import RetryCallState, wait_exponential

from qgate.forks import at_fork

_random = Random()
at_fork(in_child=_random.seed)


def random_between(low: float, high: float) -> float:
    """Return a random number between two others."""
    return _random.uniform(low, high)


class RandomExponentialPause(wait_exponential):
    """Random pause below a bound that doubles with each attempt.

    See https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter.
    """

    def __call__(self, retry_state: RetryCallState) -> float:
        return random_between(0.0, super().__call__(retry_state))
