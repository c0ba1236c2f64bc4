"""Results in S3: one object, or a tree of objects that refer to each other."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from qgate.devices.braket.results import Found, Measured
from qgate.devices.braket.session import DOWNLOADS
from qgate.devices.job import RowFailure
from qgate.exceptions import ResultMissing, WrongResult
from qgate.masking import masked_error

RESULT = "results.json"
MISSING = frozenset({"404", "NoSuchKey", "NotFound"})
Document = dict[str, Any]
"""Content of an object, as parsed from JSON."""

FAILURE = "braket.task_result.program_set_executable_failure"


@dataclass(frozen=True, slots=True)
class Folder:
    """Folder of S3 objects with a common prefix.

    Parameters
    ----------
    client : botocore client
        S3 client with the credentials of the device.
    bucket, prefix : str
    job, device : str
        Names for error messages.
    """

    client: BaseClient
    bucket: str
    prefix: str
    job: str
    device: str

    def read(self, name: str) -> Document:
        """Download an object and parse it.

        Raises
        ------
        ResultMissing, WrongResult
            The object does not exist, or is not JSON.
        """
        key = f"{self.prefix.rstrip('/')}/{name}"
        try:
            content = self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") not in MISSING:
                raise
            reason = f"there is no s3://{self.bucket}/{key}"
            missing = ResultMissing(device=self.device, job=self.job, reason=reason)
            raise missing from masked_error(error)
        return self._document(content, key)

    def _document(self, content: bytes, key: str) -> Document:
        try:
            document = json.loads(content)
        except ValueError as error:
            reason = f"s3://{self.bucket}/{key} has {len(content)} bytes that are not JSON"
            raise WrongResult(device=self.device, reason=reason) from masked_error(error)
        if not isinstance(document, dict):
            reason = f"s3://{self.bucket}/{key} is not a document"
            raise WrongResult(device=self.device, reason=reason)
        return document

    def at(self, prefix: str) -> Folder:
        """Return the folder with another prefix."""
        return Folder(self.client, self.bucket, prefix, self.job, self.device)


def read_single(folder: Folder) -> Document:
    """Read the result of a task with one circuit."""
    return folder.read(RESULT)


def read_programs(folder: Folder) -> list[list[Found]]:
    """Read the measured data of each executable of each program of a set.

    Sources and metadata are not downloaded. If the result is split into many objects, this takes
    one request for the result, one for each program and one for each executable.
    """
    document, shape = folder.read(RESULT), _Shape(folder.device)
    place = document.get("s3Location")
    base = folder.at(place[1]) if place else folder
    programs = shape.entries(document, "programResults")
    folders = [_folder_of(program, base) for program in programs]
    read = _read_all([(base, program) for program in programs])
    entries = [shape.entries(program, "executableResults") for program in read]
    parts = zip(folders, entries, strict=True)
    found = iter(_read_all([(each, entry) for each, listed in parts for entry in listed]))
    return [[measured(next(found), folder.device) for _ in listed] for listed in entries]


def _folder_of(program: object, base: Folder) -> Folder:
    """Return the folder to which the names in a program's object are relative."""
    if not isinstance(program, str):
        return base
    return base.at(f"{base.prefix.rstrip('/')}/{program}".rpartition("/")[0])


def _read_all(places: Sequence[tuple[Folder, object]]) -> list[object]:
    """Return the content of each place; download it if the place is the name of an object.

    Objects are downloaded in parallel: a request to S3 takes tens of milliseconds, nearly all of it
    waiting. The threads end with the call, so that none is shared with a forked child.
    """
    named = [(folder, name) for folder, name in places if isinstance(name, str)]
    if not named:
        return [entry for _, entry in places]
    with ThreadPoolExecutor(min(len(named), DOWNLOADS), thread_name_prefix="qgate-s3") as pool:
        downloads = [pool.submit(folder.read, name) for folder, name in named]
        try:
            found = iter([download.result() for download in downloads])
        finally:
            for download in downloads:
                download.cancel()
    return [next(found) if isinstance(entry, str) else entry for _, entry in places]


@dataclass(frozen=True, slots=True)
class _Shape:
    """Check of a document for required lists."""

    device: str

    def entries(self, document: object, name: str) -> list[object]:
        found = document.get(name) if isinstance(document, dict) else None
        if not isinstance(found, list):
            raise WrongResult(device=self.device, reason=f"it has no list {name!r}")
        return found


def measured(entry: Any, device: str) -> Found:
    """Parse the result of one executable, or of a task with one circuit.

    Raises
    ------
    WrongResult
        The result has neither bits nor frequencies, or bits that are not zeros and ones.
    """
    try:
        return _measured(entry)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        reason = f"a circuit's outcomes cannot be read ({type(error).__name__}: {error})"
        raise WrongResult(device=device, reason=reason) from masked_error(error)


def _measured(entry: Document) -> Found:
    if entry["braketSchemaHeader"]["name"] == FAILURE or "failureMetadata" in entry:
        return RowFailure(str(entry["failureMetadata"]["failureReason"]))
    qubits = tuple(int(qubit) for qubit in entry["measuredQubits"])
    if entry.get("measurements") is None:
        shares = entry["measurementProbabilities"]
        return Measured(qubits, frequencies={str(k): float(v) for k, v in shares.items()})
    bits = np.array(entry["measurements"], dtype=np.int64)
    if bits.ndim != 2 or not np.isin(bits, (0, 1)).all():
        raise ValueError("the bits are not rows of zeros and ones")
    return Measured(qubits, bits=bits)
