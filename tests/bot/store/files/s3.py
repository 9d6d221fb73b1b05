"""An S3 server of the tests' own: moto's, on a port of this machine."""

from __future__ import annotations

import logging
import uuid
from typing import Any

REGION = "us-east-1"


class Server:
    """A running server; every bucket is a new one. `stop` forgets nothing, so that `start` brings it all back."""

    def __init__(self) -> None:
        logging.getLogger("werkzeug").setLevel(logging.WARNING)  # a line for each request
        self.port = 0  # any that is free
        self.start()
        _, self.port = self._server.get_host_and_port()

    @property
    def options(self) -> dict[str, Any]:
        """What s3fs needs to know of it."""
        return {
            "key": "tests",
            "secret": "secret-of-the-tests",
            "client_kwargs": {"endpoint_url": f"http://127.0.0.1:{self.port}", "region_name": REGION},
        }

    def bucket(self) -> str:
        """A new bucket's name."""
        import boto3

        name = f"bucket-{uuid.uuid4().hex}"
        kwargs = self.options["client_kwargs"]
        keys = {"aws_access_key_id": "tests", "aws_secret_access_key": "secret-of-the-tests"}
        boto3.client("s3", **kwargs, **keys).create_bucket(Bucket=name)
        return name

    def stop(self) -> None:
        self._server.stop()

    def start(self) -> None:
        """On the same port as before."""
        from moto.server import ThreadedMotoServer

        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=self.port, verbose=False)
        self._server.start()
