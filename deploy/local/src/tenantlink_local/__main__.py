"""`python -m tenantlink_local install | up | down | status | demo`."""

import argparse
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from tenantlink_cli.applying import TopologyDiffers
from tenantlink_cli.management import BrokerRefused, BrokerUnreachable
from tenantlink_local import debian, folder, process, stack
from tenantlink_local.messaging import TopologyMissing

_TOLD = (
    debian.ServersMissing,
    process.DidNotStart,
    folder.FolderNotOurs,
    TopologyMissing,
    TopologyDiffers,
    BrokerRefused,
    BrokerUnreachable,
)


def install() -> int:
    """Make sure that RabbitMQ and PostgreSQL are on this machine."""
    debian.install()
    return 0


def up() -> int:
    """Start everything and leave it running; print where it is and how to log in."""
    running = stack.Stack.load(folder.data_folder())
    if running is not None:
        print("The stack is running already. Stop it with: make down")
    else:
        print("Starting the local stack")
        running = stack.up(folder.data_folder(), usual_ports=True)
    _show(running)
    return 0


def down() -> int:
    """Stop what `up` has started, and remove its data."""
    running = stack.Stack.load(folder.data_folder())
    if running is None:
        print("Nothing is running.")
        return 0
    print("Stopping the local stack ...", flush=True)
    running.down()
    return 0


def status() -> int:
    """Say what runs and where; 1 when something that was started is missing."""
    running = stack.Stack.load(folder.data_folder())
    if running is None:
        print("Nothing is running. Start it with: make up")
        return 1
    _show(running)
    states = [(child, child.is_running()) for child in running.children]
    for child, alive in states:
        print(f"  {'runs   ' if alive else 'STOPPED'} {child.name:28} {child.log}")
    return 0 if all(alive for _, alive in states) else 1


def demo() -> int:
    """Run three whole orders on a stack of its own, narrate them, stop everything."""
    from tenantlink_local import three_orders

    # A server user has to be able to reach the folder, so it is not one of mode 0700.
    with tempfile.TemporaryDirectory(prefix="tenantlink-demo-") as private:
        place = Path(private)
        place.chmod(0o755)
        print("Starting the local stack")
        running = stack.up(place / "stack")
        try:
            return three_orders.run(running.urls, running.ca, running.upstream_urls["crm"])
        finally:
            print("\nStopping the local stack ...", flush=True)
            running.down()


def _show(running: stack.Stack) -> None:
    print()
    for name, url in running.urls.items():
        print(f"  {name:38} {url}")
    print(
        "\n  Log in to the console as Operator, Administrator or Viewer: the simulated identity\n"
        "  provider asks who you are, and wants no password. Your browser will warn of its\n"
        f"  certificate, which is signed by {running.ca}\n"
    )


def _end(_number: int, _frame: object) -> NoReturn:
    """A signal ends us like an exception, so that everything that was started is stopped."""
    raise SystemExit(1)


COMMANDS: dict[str, Callable[[], int]] = {
    each.__name__: each for each in (install, up, down, status, demo)
}


def main() -> int:
    """Run one command; errors of the surroundings are told without a traceback."""
    parser = argparse.ArgumentParser(
        prog="tenantlink_local",
        description="The whole of Tenantlink on one machine.",
        epilog="TENANTLINK_LOCAL_DIR names another data folder. TENANTLINK_AMQP_URL and "
        "TENANTLINK_POSTGRES_URL (both of administrators) name servers to use instead of "
        "private ones. With TENANTLINK_MANAGEMENT_URL such a broker gets the topology and its "
        "users, with new passwords; without it the topology has to stand there already, and all "
        "services use the user of TENANTLINK_AMQP_URL; the demo, which also orders as the upstream "
        "system crm, does not run there.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, function in COMMANDS.items():
        commands.add_parser(name, help=function.__doc__, description=function.__doc__)
    chosen = parser.parse_args().command
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    try:
        return COMMANDS[chosen]()
    except _TOLD as error:
        print(f"\n{error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
