"""Starts the mailbox: `python -m tenantlink_local.mailbox --folder ... --smtp-port ...`."""

import argparse
from pathlib import Path

from tenantlink_local.mailbox import pages, smtp
from tenantlink_local.serving import server


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(
        description="A mail server that keeps everything, and shows it."
    )
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--page-port", type=int, required=True)
    parser.add_argument("--certificate", type=Path, required=True)
    parser.add_argument("--key", type=Path, required=True)
    asked = parser.parse_args()
    smtp.start(asked.folder, asked.smtp_port, asked.certificate, asked.key)
    server(pages.build(asked.folder), asked.page_port).serve_forever()


if __name__ == "__main__":
    main()
