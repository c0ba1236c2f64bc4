"""Results in many objects: downloaded concurrently, read in order."""

from __future__ import annotations

import io
import json
import threading

import numpy as np
import pytest
from botocore.exceptions import ClientError

from qgate.devices.braket.objects import Folder, read_programs
from qgate.devices.braket.session import DOWNLOADS
from qgate.exceptions import ResultMissing, WrongResult

GUARD_S = 240.0
"""Seconds that a thread waits for the others; a guard against hanging."""


class Bucket:
    """A client of S3 with objects in memory.

    Parameters
    ----------
    objects : dict
        Contents by key.
    together : int
        Number of downloads of executables that wait for each other.
    """

    def __init__(self, objects, together=1):
        self.objects = objects
        self.barrier = threading.Barrier(together)
        self.lock = threading.Lock()
        self.active = self.most = self.reads = 0

    def get_object(self, *, Bucket, Key):
        with self.lock:
            self.active += 1
            self.reads += 1
            self.most = max(self.most, self.active)
        try:
            if "/executables/" in Key:
                self.barrier.wait(GUARD_S)
            return {"Body": io.BytesIO(self.objects[Key])}
        except KeyError:
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject") from None
        finally:
            with self.lock:
                self.active -= 1


def executable(bit):
    return {
        "braketSchemaHeader": {"name": "braket.task_result.program_set_executable_result"},
        "measurements": [[bit]],
        "measuredQubits": [0],
    }


def objects(sizes):
    """Objects of a set with these numbers of executables in its programs; the bits alternate."""
    found, names, number = {}, [], 0
    for program, size in enumerate(sizes):
        folder = f"programs/{program}"
        parts = [f"executables/{index}.json" for index in range(size)]
        for part in parts:
            found[f"task/{folder}/{part}"] = executable(number % 2)
            number += 1
        names.append(f"{folder}/results.json")
        found[f"task/{names[-1]}"] = {"executableResults": parts}
    found["task/results.json"] = {"s3Location": ["b", "task"], "programResults": names}
    return {key: json.dumps(content).encode() for key, content in found.items()}


def read(bucket):
    return read_programs(Folder(bucket, "b", "task", "a job", "a device"))


def test_executables_are_downloaded_at_the_same_time_and_stay_in_their_order():
    bucket = Bucket(objects([5, 3]), together=4)

    found = read(bucket)

    assert [[int(each.bits[0, 0]) for each in row] for row in found] == [[0, 1, 0, 1, 0], [1, 0, 1]]
    assert bucket.reads == 1 + 2 + 8


def test_no_more_downloads_are_under_way_than_have_a_connection():
    bucket = Bucket(objects([100]))

    assert np.shape(read(bucket)) == (1, 100)
    assert bucket.most <= DOWNLOADS


def test_no_thread_is_left_behind():
    read(Bucket(objects([40])))

    assert not [each for each in threading.enumerate() if each.name.startswith("qgate-s3")]


def test_an_object_that_is_missing_is_named():
    bucket = Bucket(objects([3]))
    del bucket.objects["task/programs/0/executables/1.json"]

    with pytest.raises(ResultMissing, match=r"programs/0/executables/1\.json"):
        read(bucket)


def test_an_object_that_is_damaged_is_named():
    bucket = Bucket(objects([3]))
    bucket.objects["task/programs/0/executables/2.json"] = b"{"

    with pytest.raises(WrongResult, match=r"executables/2\.json has 1 bytes"):
        read(bucket)
