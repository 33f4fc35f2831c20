"""A stock nameko service, as others would write it: prints what it hears, one line of JSON each.

`python -m tests.support.stock_nameko AMQP_URL`
"""

import sys
import warnings

warnings.filterwarnings("ignore", message=r"(?s).*Eventlet is deprecated")

import eventlet  # noqa: E402

eventlet.monkey_patch()

import json  # noqa: E402
from typing import Any  # noqa: E402

from nameko.events import event_handler  # noqa: E402
from nameko.runners import ServiceRunner  # noqa: E402


class Listener:
    """Knows nothing of Tenantlink but an exchange and an event's name."""

    name = "stock-listener"

    @event_handler("onboarding", "ServiceCreated")
    def service_created(self, payload: dict[str, Any]) -> None:
        """Any JSON that the event carries."""
        print(json.dumps(payload), flush=True)


if __name__ == "__main__":
    runner = ServiceRunner({"AMQP_URI": sys.argv[1]})
    runner.add_service(Listener)
    runner.start()
    print("listening", flush=True)
    runner.wait()
