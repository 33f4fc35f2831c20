"""`python -m notifier preview-mail`: every mail as its recipient gets it, without sending any."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from notifier.app.preview_mails import PreviewMails
from notifier.domain.samples import SAMPLES


def preview(verb: Callable[[Path | None], PreviewMails], arguments: Sequence[str]) -> int:
    """Write files; needs neither database nor mail server."""
    parser = argparse.ArgumentParser(
        prog="python -m notifier preview-mail",
        description="Write mails as HTML, as text and as a mail program stores them.",
    )
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--all", action="store_true", help="every mail")
    which.add_argument("--mail", choices=sorted(SAMPLES), action="append", help="this mail")
    parser.add_argument("--brands", type=Path, help="folder of brand files, as in BRANDS")
    parser.add_argument("folder", type=Path, metavar="DIR", help="where to write")
    asked = parser.parse_args(arguments)
    written = verb(asked.brands).run(asked.folder, asked.mail or list(SAMPLES))
    sys.stdout.write(f"{len(written)} files; look at {asked.folder / 'index.html'}\n")
    return 0
