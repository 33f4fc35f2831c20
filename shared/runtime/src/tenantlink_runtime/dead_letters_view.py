"""How dead letters look on a terminal and as JSON: no secrets, and nothing that moves the cursor.

Headers, reasons and bodies were written by whoever could reach the broker, so what is shown of
them has no control characters, and rich's markup in them stays text.
"""

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import Console, RenderableType
from rich.highlighter import JSONHighlighter
from rich.table import Table
from rich.text import Text

from tenantlink_runtime.dead_letters import DeadLetter, WholeLetter
from tenantlink_runtime.redaction import text_without_secrets, without_secrets

_PIPE_WIDTH = 250
_TABLE_WIDTH = 170
_LONGEST_CELL = 200
_NOTHING = "-"


def console() -> Console:
    """Standard output; into a pipe lines are as long as they have to be."""
    return Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False)


def listed(letters: Sequence[DeadLetter], now: datetime, width: int) -> Iterator[RenderableType]:
    """One row per letter; on a terminal too narrow for rows a block per letter."""
    if width >= _TABLE_WIDTH:
        yield _table(letters, now)
        return
    for letter in letters:
        identity, status, event, subject, attempts, first_seen, due, reason = _cells(letter, now)
        yield Text("  ").join([identity, status, event])
        yield Text.assemble("    about ", subject, ", attempts ", attempts)
        yield Text.assemble("    first seen ", first_seen, ", due ", due)
        yield Text.assemble("    ", reason)


def as_json(letter: DeadLetter) -> dict[str, Any]:
    """What `list --json` prints of a letter; times are ISO 8601 in UTC."""
    return {
        "id": str(letter.id),
        "status": letter.status,
        "queue": letter.queue,
        "event": letter.event,
        "event_id": letter.event_id,
        "subject": letter.subject,
        "attempts": letter.attempts,
        "first_seen": letter.first_seen.astimezone(UTC).isoformat(),
        "due_at": letter.due_at and letter.due_at.astimezone(UTC).isoformat(),
        "reason": text_without_secrets(letter.reason),
    }


def details(letter: WholeLetter, now: datetime) -> Iterator[RenderableType]:
    """Everything of a letter, part by part."""
    summary = letter.summary
    yield Text(f"Dead letter {summary.id}", style="bold")
    yield _grid(
        {
            "status": summary.status,
            "queue": summary.queue,
            "event": summary.event or _NOTHING,
            "attempts": str(summary.attempts),
            "first seen": moment(summary.first_seen),
            "due": _due(summary, now),
            "content type": letter.content_type or _NOTHING,
            "reason": text_without_secrets(summary.reason),
        }
    )
    yield Text("\nHeaders", style="bold")
    yield _grid({name: _as_text(each) for name, each in without_secrets(letter.headers).items()})
    yield Text(f"\nBody, {len(letter.body)} bytes", style="bold")
    yield _body(letter.body)


def moment(at: datetime) -> str:
    """A time as people read it, in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"


def printable(text: str) -> str:
    """The text with every character that would steer a terminal written as its escape."""
    return "".join(
        each if each.isprintable() or each == "\n" else each.encode("unicode_escape").decode()
        for each in text
    )


def _table(letters: Sequence[DeadLetter], now: datetime) -> Table:
    shown = Table(box=None, pad_edge=False, header_style="bold")
    shown.add_column("ID", no_wrap=True)
    for heading in ("STATUS", "EVENT", "SUBJECT"):
        shown.add_column(heading, overflow="fold")
    shown.add_column("ATTEMPTS", justify="right")
    for heading in ("FIRST SEEN", "DUE", "REASON"):
        shown.add_column(heading, overflow="fold")
    for letter in letters:
        shown.add_row(*_cells(letter, now))
    return shown


def _cells(letter: DeadLetter, now: datetime) -> Iterator[Text]:
    cells = (
        str(letter.id),
        letter.status,
        letter.event or _NOTHING,
        letter.subject or _NOTHING,
        str(letter.attempts),
        moment(letter.first_seen),
        _due(letter, now),
        text_without_secrets(letter.reason.strip().partition("\n")[0]),
    )
    for each in cells:
        line = " ".join(each.split())
        yield _text(line if len(line) <= _LONGEST_CELL else f"{line[: _LONGEST_CELL - 1]}…")


def _due(letter: DeadLetter, now: datetime) -> str:
    if letter.due_at is None:
        return _NOTHING
    return "now" if letter.due_at <= now else moment(letter.due_at)


def _grid(rows: Mapping[str, str]) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", overflow="fold")
    grid.add_column(overflow="fold")
    for name, value in rows.items():
        grid.add_row(_text(f"  {name}"), _text(value))
    return grid


def _body(body: bytes) -> Text:
    """Pretty JSON without secrets; of anything else what identifies it, for it may be a secret."""
    try:
        pretty = json.dumps(without_secrets(json.loads(body)), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return Text(f"not JSON; sha256 {hashlib.sha256(body).hexdigest()}")
    return JSONHighlighter()(_text(pretty))


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _text(text: str) -> Text:
    return Text(printable(text))
