"""A TCP port that nobody uses."""

from tenantlink_local import ports


def free_port() -> int:
    """On 127.0.0.1; none that the system may lend to an outgoing connection meanwhile."""
    return ports.any_free()
