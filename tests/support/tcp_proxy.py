"""A way through which a test leads a connection, so that it can take the other side away."""

import socket
import threading
from contextlib import suppress


class TcpProxy:
    """Forwards to 127.0.0.1:`target` until told that the target is gone, or frozen."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._gone = False
        self._flows = threading.Event()
        self._flows.set()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def go_away(self) -> None:
        """Cut what is connected, refuse what comes."""
        self._gone = True
        self.cut()

    def cut(self) -> None:
        """End what is connected; whoever comes again is let through."""
        for each in list(self._open):
            _cut(each)

    def freeze(self) -> None:
        """Keep every connection open and answer nothing, as a stopped process does."""
        self._flows.clear()

    def come_back(self) -> None:
        """Forward again."""
        self._gone = False
        self._flows.set()

    def close(self) -> None:
        """Stop for good."""
        self.go_away()
        self._flows.set()
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self._gone:
                    _cut(client)
                    continue
                server = socket.create_connection(("127.0.0.1", self._target))
                self._open |= {client, server}
                for source, sink in ((client, server), (server, client)):
                    threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._flows.wait()
                sink.sendall(data)
        _cut(sink)
        self._open.discard(source)


def _cut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
