"""A network between a client and a double that a test can interrupt."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Thread
from urllib.parse import urlsplit

CHUNK = 65536


class Gate:
    """Forwards connections to an address; while it is closed, they are refused.

    After ``fall_silent`` it accepts connections, but no request on them gets a response.

    Parameters
    ----------
    url : str
        Address of the double.
    """

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self._target = (str(address.hostname), int(address.port or 80))
        self._port = 0
        self._open: list[socket.socket] = []
        self.open()

    @property
    def url(self) -> str:
        """Address for clients."""
        return f"http://127.0.0.1:{self._port}"

    def open(self) -> None:
        """Accept connections, always on the same port."""
        self._silent = False
        self._listener = socket.create_server(("127.0.0.1", self._port))
        self._port = self._listener.getsockname()[1]
        Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def fall_silent(self) -> None:
        """Break existing connections, and send no responses on others until ``close``."""
        self._silent = True
        self._disconnect(*self._open)

    def close(self) -> None:
        """Refuse connections, and break existing ones."""
        self._disconnect(self._listener, *self._open)

    def _disconnect(self, *sockets: socket.socket) -> None:
        for each in sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self._open.clear()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        """Forward a connection; disconnect a client whose double does not respond."""
        if self._silent:
            self._open.append(client)
            return
        try:
            server = socket.create_connection(self._target)
        except OSError:
            client.close()
            return
        self._open += [client, server]
        for ends in ((client, server), (server, client)):
            Thread(target=_forward, args=ends, daemon=True).start()


def _forward(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(CHUNK):
            sink.sendall(data)
    for each in (source, sink):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
