"""Find the jobs of a run whose journal was lost, at their providers, by the tags of the jobs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qgate.devices.base import Device
from qgate.devices.cloud.remote import RemoteDevice, TaggedJob
from qgate.devices.cloud.retries import with_retries
from qgate.devices.plugins import PLUGINS
from qgate.exceptions import NotListed, QGateError

Found = tuple[str, Sequence[TaggedJob] | QGateError]
"""Name of a provider, and its jobs or the error of the search."""


def find_jobs(run: str, devices: Sequence[Device] = ()) -> Iterator[Found]:
    """Search providers for the jobs of a run, oldest first.

    Parameters
    ----------
    run : str
    devices : sequence of Device
        Default: all devices of every provider that has tags, with the credentials that it finds.

    Yields
    ------
    name : str
        Of the device or the provider.
    jobs : sequence of TaggedJob, or QGateError
        An error explains why this one could not be searched.
    """
    for device in devices:
        yield device.name, _of_device(device, run)
    if not devices:
        for provider in PLUGINS.loadable():
            try:
                jobs = provider.jobs_of(run)
            except QGateError as error:
                yield provider.name, error
            else:
                if jobs is not None:
                    yield provider.name, jobs


def _of_device(device: Device, run: str) -> Sequence[TaggedJob] | QGateError:
    if not isinstance(device, RemoteDevice):
        return NotListed(device=device.name)
    try:
        return with_retries(device, lambda: device.jobs_of(run), question=True)
    except QGateError as error:
        return error
