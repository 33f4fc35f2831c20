"""`python -m tenantlink_local install | up | down | status | demo`."""

import argparse
import sys
import tempfile
from pathlib import Path

from tenantlink_local import debian, folder, process, stack


def install() -> int:
    """Make sure that the servers are on this machine."""
    debian.install()
    return 0


def up() -> int:
    """Start everything and leave it running."""
    running = stack.Stack.load(folder.data_folder())
    if running is not None:
        print("The stack is running already. Stop it with: make down\n")
    else:
        print("Starting the local stack")
        running = stack.up(folder.data_folder())
    _show(running)
    return 0


def down() -> int:
    """Stop what `up` has started."""
    running = stack.Stack.load(folder.data_folder())
    if running is None:
        print("Nothing is running.")
        return 0
    print("Stopping the local stack ...", flush=True)
    running.down()
    return 0


def status() -> int:
    """Say what runs; 1 where something is missing."""
    running = stack.Stack.load(folder.data_folder())
    if running is None:
        print("Nothing is running. Start it with: make up")
        return 1
    _show(running)
    states = [(child.name, child.is_running()) for child in running.children]
    for name, alive in states:
        print(f"  {'runs   ' if alive else 'STOPPED'} {name}")
    return 0 if all(alive for _, alive in states) else 1


def demo() -> int:
    """Run the whole procedure on a stack of its own."""
    from tenantlink_local import demo as procedure

    # A server user has to be able to reach the folder, so it is not one of mode 0700.
    with tempfile.TemporaryDirectory(prefix="tenantlink-demo-") as private:
        place = Path(private)
        place.chmod(0o755)
        print("Starting the local stack")
        running = stack.up(place / "stack")
        try:
            return procedure.run(running.urls, running.ca)
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


COMMANDS = {each.__name__: each for each in (install, up, down, status, demo)}


def main() -> int:
    """Run one command; errors of the surroundings are told without a traceback."""
    parser = argparse.ArgumentParser(
        prog="tenantlink_local", description="The whole of Tenantlink on one machine."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, function in COMMANDS.items():
        commands.add_parser(name, help=function.__doc__, description=function.__doc__)
    chosen = parser.parse_args().command
    try:
        return COMMANDS[chosen]()
    except (debian.ServersMissing, process.DidNotStart) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
