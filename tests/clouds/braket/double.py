"""Client of the double of Amazon Braket, S3 and STS for tests."""

from __future__ import annotations

from pathlib import Path

from clouds.double import Double

SERVER = Path(__file__).with_name("server.py")

KEY = "AKIDOUBLE0000000TEST"
SECRET = "planted-secret-that-nobody-may-see"
TOKEN = "planted-session-token-that-nobody-may-see"


class BraketDouble(Double):
    """Child process with the double; ``server.py`` describes its responses."""

    def __init__(self, folder: Path) -> None:
        super().__init__(SERVER, folder)

    def environment(self) -> dict[str, str]:
        return {
            **super().environment(),
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_SESSION_TOKEN": TOKEN,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/nonexistent/config",
            "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent/credentials",
        }
