"""A TCP port that nobody uses."""

import socket


def free_port() -> int:
    """On 127.0.0.1; the system chooses."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
