"""Failure reasons after which a resubmission can only fail again.

No vendor marks them reliably: a task of Amazon Braket has a ``failureReason`` as text, a job of IBM
a reason with a code, and others have less. A reason counts as permanent if it is about the
submission and not about the present state of the device or the service. If it is about both or
neither, the failure counts as transient, and the circuits are resubmitted a few times.
"""

from __future__ import annotations

import re

PERMANENT = re.compile(
    r"""validat|invalid|malformed|syntax|pars(?:e|ing)\b|unsupported|unrecogni[sz]ed
    |not\s+(?:\w+\s+)?(?:support|valid|allow|permit)|does\s+not\s+(?:support|exist)
    |too\s+(?:many|large|long|deep|big|wide)|exceed|maximum|at\s+most|more\s+than|out\s+of\s+range
    |must\s+(?:be|not|have)|requires?\s+(?:at\s+least|more)|undefined""",
    re.IGNORECASE | re.VERBOSE,
)
"""Pattern of reasons about the submission: it is invalid, or exceeds a limit of the device."""

TRANSIENT = re.compile(
    r"""internal|time[d]?[\s-]*out|temporar|\bagain\b|unavailable|throttl|rate\s+exceeded|quota|capacity
    |calibrat|overload|offline|maintenance|interrupt|connection|network|lost
    |no\s+reason|^$""",
    re.IGNORECASE | re.VERBOSE,
)
"""Pattern of reasons about a transient state of the device or service; also matches an empty
reason.
"""


def is_permanent(reason: str) -> bool:
    """Return whether a failure reason is about the submission itself.

    >>> is_permanent("ValidationException: 20 target qubits exceed the maximum of 15")
    True
    >>> is_permanent("Internal error while the program was validated. Please try again.")
    False
    >>> is_permanent("The laser is tired.")
    False
    """
    return bool(PERMANENT.search(reason)) and may_not_pass(reason)


def may_not_pass(reason: str) -> bool:
    """Return whether a failure reason does not mention the state of the device or service."""
    return not TRANSIENT.search(reason)
