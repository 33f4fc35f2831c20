"""Says at once what is being done: `make faults` takes long, and a person waits for it."""

import time

_began = time.monotonic()


def tell(text: str) -> None:
    """A line with the seconds since the start."""
    print(f"  {time.monotonic() - _began:7.1f} s  {text}", flush=True)  # noqa: T201
