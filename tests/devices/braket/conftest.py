"""The devices of Amazon Braket, answered by a double on this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from clouds.braket.double import BraketDouble


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BraketDouble]:
    double = BraketDouble(tmp_path_factory.mktemp("braket"))
    yield double
    double.stop()


@pytest.fixture
def double(started: BraketDouble, monkeypatch: pytest.MonkeyPatch) -> BraketDouble:
    """Return the double after a reset; the SDK finds it by environment variables."""
    started.reset()
    for name, value in started.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AMZN_BRAKET_OUT_S3_BUCKET", raising=False)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.delenv("AWS_REGION", raising=False)
    return started
