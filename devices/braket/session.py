"""Sessions with AWS; credentials come from AWS's own chain and stay in it."""

from __future__ import annotations

import hashlib
import os
from copy import copy
from threading import Lock
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import NoCredentialsError
from braket.aws import AwsSession

from qgate.exceptions import QGateError
from qgate.masking import learn
from qgate.sealed import Sealed

CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 1},
    connect_timeout=10,
    read_timeout=60,
    user_agent_extra="qgate",
)
"""A call is one attempt. If the client repeated a creation whose answer was lost, only the error of
the last attempt would be seen, and it says nothing about the first."""

DOWNLOADS = 32
"""So many objects of one result are downloaded at once."""

S3_CONFIG = CONFIG.merge(Config(max_pool_connections=DOWNLOADS))
"""Keeps the connections of all downloads, where the default closes those above ten."""

SIMULATOR_REGION = "us-east-1"
"""Where simulators are asked for if no region is configured."""

BUCKET_VARIABLE = "AMZN_BRAKET_OUT_S3_BUCKET"
"""By which Amazon's package is told a bucket."""


class Access:
    """A session of an account in a region, whose credentials are masked in all texts.

    Clients are made here once, because making them is not safe in several threads.

    Parameters
    ----------
    found : boto3.Session
    profile : str, optional
    bucket : str, optional

    Attributes
    ----------
    session : braket.aws.AwsSession
    s3 : botocore client
    account : str
        A name for the account and region that tells nothing about the credentials.
    """

    refusal: QGateError | None = None

    def __init__(self, found: boto3.Session, *, profile: str | None, bucket: str | None) -> None:
        self._session = Sealed(AwsSession(found, config=CONFIG, default_bucket=bucket))
        self.named_bucket = bucket or os.environ.get(BUCKET_VARIABLE)
        self._profile, self._others = profile, dict[str | None, Access]()
        self._s3 = Sealed(found.client("s3", config=S3_CONFIG))
        credentials = found.get_credentials()
        if credentials is None:
            raise NoCredentialsError
        frozen = credentials.get_frozen_credentials()
        whose = profile or hashlib.sha256(frozen.access_key.encode()).hexdigest()[:12]
        self.account = f"braket {found.region_name} {whose}"
        learn(frozen.secret_key, frozen.token, frozen.access_key)
        self._lock = Lock()

    @property
    def session(self) -> AwsSession:
        """The SDK's session."""
        return self._session.value

    @property
    def s3(self) -> Any:
        """The client of S3."""
        return self._s3.value

    def bucket(self) -> str:
        """Return where results are stored; the first time, the account may be asked."""
        with self._lock:
            return str(self.session.default_bucket())

    def storing_in(self, bucket: str | None) -> Access:
        """Return an access that stores results elsewhere; None: in the account's own bucket."""
        if bucket == self.named_bucket:
            return self
        with self._lock:
            if bucket not in self._others:
                found = self.session.boto_session
                other = Access(found, profile=self._profile, bucket=bucket)
                if bucket is None:  # whatever the variable says now
                    other.session._default_bucket = other.named_bucket = None
                self._others[bucket] = other
            return self._others[bucket]

    def __repr__(self) -> str:
        return f"<access to {self.session.region}>"


class NoAccess:
    """Stands for the session where an account could not be reached; using it raises why.

    Parameters
    ----------
    refusal : QGateError
    """

    account = "braket, from cards"
    named_bucket: str | None = None

    def __init__(self, refusal: QGateError) -> None:
        self.refusal = refusal

    @property
    def session(self) -> AwsSession:
        raise copy(self.refusal)

    @property
    def s3(self) -> Any:
        raise copy(self.refusal)

    def bucket(self) -> str:
        raise copy(self.refusal)

    def storing_in(self, bucket: str | None) -> NoAccess:
        return self


def access(region: str | None, *, profile: str | None, bucket: str | None) -> Access:
    """Open a session.

    Parameters
    ----------
    region : str, optional
        Default: the configured one.
    profile : str, optional
        One of AWS's configuration; default: what AWS's chain finds.
    bucket : str, optional
        Where results are stored; default: the account's bucket for Braket in that region.

    Raises
    ------
    botocore.exceptions.BotoCoreError
        There are no credentials.
    """
    found = boto3.Session(profile_name=profile, region_name=region)
    if found.region_name is None:
        found = boto3.Session(profile_name=profile, region_name=SIMULATOR_REGION)
    return Access(found, profile=profile, bucket=bucket)
