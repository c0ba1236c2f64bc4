"""Tags of jobs: the token, by which a job is found again, and the labels of its order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qiskit_ibm_runtime import QiskitRuntimeService

from qgate.devices.cloud.remote import JOURNAL, LABEL_TAGS, RUN, TaggedJob, label_tags

TOKEN_LENGTH = 64
TAG = "qgate"
"""Tag of every job, besides its token."""


def written(tags: Mapping[str, str]) -> list[str]:
    """Return tags with a name in the form of IBM's, which have none."""
    return [f"{name} {value}" for name, value in tags.items()]


def jobs_with_label(service: QiskitRuntimeService, run: str, **which: object) -> list[TaggedJob]:
    """Return the jobs of an account that have the tag of a run, oldest first.

    Parameters
    ----------
    service : QiskitRuntimeService
    run : str
    **which
        Further filters of ``QiskitRuntimeService.jobs``.
    """
    wanted = written(label_tags({RUN: run}))
    jobs = service.jobs(limit=None, job_tags=wanted, descending=False, **which)
    return [
        TaggedJob(
            str(job.job_id()),
            next((tag for tag in job.tags if len(tag) == TOKEN_LENGTH), ""),
            _after(f"{LABEL_TAGS[JOURNAL]} ", job.tags),
            str(job.status()),
            f"{job.creation_date:%Y-%m-%d %H:%M:%S}",
        )
        for job in jobs
    ]


def _after(beginning: str, tags: Sequence[str]) -> str:
    """Return the rest of the tag with this prefix; empty: there is none."""
    return next((tag.removeprefix(beginning) for tag in tags if tag.startswith(beginning)), "")
