"""Free ports on 127.0.0.1: the usual ones for `make up` where nobody has them, else any.

What starts and stops by itself takes any ports: two runs that begin at the same moment would both
find the usual ones free.
"""

import random
import socket

# Below the ports that the system lends to outgoing connections (32768 and up): one of those may be
# lent to somebody between our look and the moment at which a server listens there.
ANY = range(10_000, 30_000)
PREFERRED = {
    "console": 8100,
    "wizard": 8101,
    "entra": 8102,
    "mailbox": 8103,
    "smtp": 8125,
    "onboarding_work": 8110,
    "onboarding_web": 8111,
    "invitation_work": 8112,
    "invitation_web": 8113,
    "credential_validator_work": 8114,
    "notifier_work": 8115,
    "amqp": 8130,
    "rabbit_dist": 8131,
    "epmd": 8132,
    "rabbit_management": 8133,
    "postgres": 8140,
}


def choose(names: tuple[str, ...] = tuple(PREFERRED), usual: bool = False) -> dict[str, int]:
    """A port for each name; all different. `usual` prefers those that people may know."""
    chosen: dict[str, int] = {}
    for name in names:
        first = PREFERRED[name] if usual else any_free()
        chosen[name] = first_free(first, set(chosen.values()))
    return chosen


def first_free(preferred: int, taken: set[int]) -> int:
    """The preferred port, or any other that is free and not taken."""
    port = preferred
    while port in taken or not is_free(port):
        port = any_free()
    return port


def is_free(port: int) -> bool:
    """Whether somebody could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def any_free() -> int:
    """A port that nobody listens on now; by chance, so that runs side by side take others."""
    while not is_free(port := random.choice(ANY)):
        continue
    return port
