"""Sessions with AWS; the credentials are found by AWS's own chain and are not stored elsewhere."""

from __future__ import annotations

import base64
import hashlib
import os
import sys
from copy import copy
from pathlib import Path
from typing import NamedTuple

import boto3
import botocore.session
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import NoCredentialsError
from braket.aws import AwsSession

from qgate.devices.cloud.connection import Connection
from qgate.exceptions import QGateError
from qgate.masking import learn

CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 1},
    connect_timeout=10,
    read_timeout=60,
    user_agent_extra="qgate",
)
"""Configuration of one attempt per call. If the client repeated a creation whose response was lost,
qgate would see only the error of the last attempt, which proves nothing about the first.
"""

DOWNLOADS = 32
"""Number of objects of one result that are downloaded at once."""

S3_CONFIG = CONFIG.merge(Config(max_pool_connections=DOWNLOADS))
"""Configuration that keeps the connections of all downloads; the default closes those above ten."""

SIMULATOR_REGION = "us-east-1"
"""Region for simulators if none is configured."""

BUCKET_VARIABLE = "AMZN_BRAKET_OUT_S3_BUCKET"
"""Environment variable from which the SDK reads the name of a bucket."""


VENDOR, HYPERVISOR = "/sys/devices/virtual/dmi/id/sys_vendor", "/sys/hypervisor/uuid"
"""Files of Linux that name the maker of a virtual machine; those of EC2 name Amazon, or ec2."""

METADATA_VARIABLE = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
"""Environment variable with the address of a service that takes the place of that of EC2."""

LENGTH_OF_KIND = 4
"""Letters of an access key id that name its kind: AKIA is a permanent key, ASIA a temporary one."""

BYTES_OF_ACCOUNT, ACCOUNT_BITS, ACCOUNT_SHIFT = 6, 0x7FFFFFFFFF80, 7
"""Number of bytes after the kind that contain the account number, and its bits in them."""


class Clients(NamedTuple):
    """Clients with the credentials of an account.

    Parameters
    ----------
    session : braket.aws.AwsSession
    s3 : botocore client
    account : str
        Key for the account and region that reveals nothing about the credentials.
    scope : str
        Account and region; equal for all credentials of the account.
    """

    session: AwsSession
    s3: BaseClient
    account: str
    scope: str


class Access(Connection[Clients]):
    """Access to an account in a region, whose credentials are masked in all texts.

    Clients are created once, because their creation is not thread-safe.

    Parameters
    ----------
    region : str, optional
        Default: the configured region.
    profile : str, optional
        Profile of AWS's configuration; default: found by AWS's chain of credentials.
    bucket : str, optional
        Bucket for results; default: the account's bucket for Braket in that region.
    """

    refusal: QGateError | None = None

    def __init__(self, region: str | None, *, profile: str | None, bucket: str | None) -> None:
        self._region, self._profile, self.named_bucket = region, profile, bucket
        self._others = dict[str | None, Access]()
        super().__init__()

    def __reduce__(self) -> tuple[object, ...]:
        return _access_again, (self._region, self._profile, self.named_bucket)

    def open(self) -> Clients:
        """Create the clients.

        Raises
        ------
        botocore.exceptions.BotoCoreError
            No credentials were found.
        """
        return _clients(self._region, self._profile)

    @property
    def session(self) -> AwsSession:
        """The SDK's session with AWS."""
        return self.opened.session

    @property
    def s3(self) -> BaseClient:
        """The client of S3."""
        return self.opened.s3

    @property
    def account(self) -> str:
        """Key for the account and region that does not reveal the credentials."""
        return self.opened.account

    @property
    def scope(self) -> str:
        """Account and region; equal for all credentials of the account."""
        return self.opened.scope

    def bucket(self) -> str:
        """Return the bucket for results; the first call may send a request."""
        if self.named_bucket is not None:
            return self.named_bucket
        session = self.session
        with self._lock:
            return str(session.default_bucket())

    def storing_in(self, bucket: str | None) -> Access:
        """Return an access with another bucket for results; None: the account's own bucket."""
        if bucket == self.named_bucket:
            return self
        with self._lock:
            if bucket not in self._others:
                self._others[bucket] = _access_again(self._region, self._profile, bucket)
                self._others[bucket]._opened = self._opened
            return self._others[bucket]

    def __repr__(self) -> str:
        return f"<access to {self._region}>"


def _access_again(region: str | None, profile: str | None, bucket: str | None) -> Access:
    return Access(region, profile=profile, bucket=bucket)


def _clients(region: str | None, profile: str | None) -> Clients:
    found = _session(region, profile)
    if found.region_name is None:
        found = _session(SIMULATOR_REGION, profile)
    session = AwsSession(found, config=CONFIG)
    session._default_bucket = None  # ignores the environment variable; see ``Access.bucket``
    s3 = found.client("s3", config=S3_CONFIG)
    credentials = found.get_credentials()
    if credentials is None:
        raise NoCredentialsError
    frozen = credentials.get_frozen_credentials()
    learn(frozen.secret_key, frozen.token, frozen.access_key)
    whose = profile or hashlib.sha256(frozen.access_key.encode()).hexdigest()[:12]
    owner = getattr(credentials, "account_id", None) or account_of_key(frozen.access_key) or whose
    scope = f"account {owner} of AWS in {found.region_name}"
    return Clients(session, s3, f"braket {found.region_name} {whose}", scope)


def _session(region: str | None, profile: str | None) -> boto3.Session:
    """Return a session that asks the metadata service of EC2 only on a machine of EC2.

    Elsewhere the last step of AWS's search for credentials would wait for an address that nobody
    answers.
    """
    core = botocore.session.Session(profile=profile)
    if not _may_be_on_ec2():
        core.get_component("credential_provider").remove("iam-role")
    return boto3.Session(botocore_session=core, region_name=region)


def _may_be_on_ec2() -> bool:
    if sys.platform != "linux" or METADATA_VARIABLE in os.environ:
        return True
    return any(_begins(file, name) for file, name in ((VENDOR, "amazon"), (HYPERVISOR, "ec2")))


def _begins(file: str, name: str) -> bool:
    """Return whether a file begins with a name; one that cannot be read does not."""
    try:
        return Path(file).read_text(encoding="utf-8").lower().startswith(name)
    except (OSError, UnicodeDecodeError):
        return False


def account_of_key(access_key: str) -> str | None:
    """Return the account number that an access key id contains; None: it contains none.

    Keys of one account differ, and temporary ones change every hour. AWS encodes the account in
    their ids (the operation sts:GetAccessKeyInfo returns it, too), so that no request is needed.
    """
    try:
        decoded = base64.b32decode(access_key[LENGTH_OF_KIND:])
    except ValueError:
        return None
    if len(decoded) < BYTES_OF_ACCOUNT:
        return None
    number = int.from_bytes(decoded[:BYTES_OF_ACCOUNT], "big") & ACCOUNT_BITS
    return f"{number >> ACCOUNT_SHIFT:012d}"


class NoAccess:
    """Placeholder for the session of an unreachable account; its use raises the reason.

    Parameters
    ----------
    refusal : QGateError
    """

    account = "braket, from cards"
    scope = ""
    named_bucket: str | None = None

    def __init__(self, refusal: QGateError) -> None:
        self.refusal = refusal

    @property
    def session(self) -> AwsSession:
        raise copy(self.refusal)

    @property
    def s3(self) -> BaseClient:
        raise copy(self.refusal)

    def bucket(self) -> str:
        raise copy(self.refusal)

    def storing_in(self, bucket: str | None) -> NoAccess:
        return self


def access(region: str | None, *, profile: str | None, bucket: str | None) -> Access:
    """Open a session with AWS; arguments as in ``Access``.

    The SDK's variable for a bucket replaces a default bucket.

    Raises
    ------
    botocore.exceptions.BotoCoreError
        No credentials were found.
    """
    made = Access(region, profile=profile, bucket=bucket or os.environ.get(BUCKET_VARIABLE))
    made.opened  # noqa: B018
    return made
