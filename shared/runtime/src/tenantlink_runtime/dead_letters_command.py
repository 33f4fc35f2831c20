"""`dead-letters list | show | replay | discard`: the same command line in every service.

The service's own settings say where the database is; nothing else of the service is started.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID

import sqlalchemy as sa
import typer
from rich.progress import MofNCompleteColumn, Progress

from tenantlink_runtime import database, dead_letters
from tenantlink_runtime import dead_letters_view as view
from tenantlink_runtime.clock import utc_now
from tenantlink_runtime.dead_letters import Batch, Candidate, DeadLetter, Selection, Status
from tenantlink_runtime.settings import ServiceSettings

_PREVIEW = 20
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_UNDEFINED_TABLE = "42P01"


class Mistake(typer.BadParameter):
    """Something that the person at the keyboard can mend; exit code 2."""

    def format_message(self) -> str:
        return self.message


@dataclass(frozen=True)
class Service:
    """Whose dead letters these are; settings are read when a command needs the database."""

    package: str
    settings: Callable[[], ServiceSettings]


def run(package: str, settings: Callable[[], ServiceSettings], arguments: Sequence[str]) -> int:
    """Run one command with these arguments; its exit code."""
    try:
        typer.main.get_command(app).main(
            args=list(arguments),
            prog_name=f"python -m {package} dead-letters",
            obj=Service(package, settings),
        )
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else 1
    return 0


def time_before(text: str, now: datetime) -> datetime:
    """`2h` or `3d` before now, or an ISO 8601 time; UTC where it names no zone."""
    number, unit = text[:-1], text[-1:]
    try:
        if number.isdecimal() and unit in _UNITS:
            return now - timedelta(**{_UNITS[unit]: int(number)})
        at = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise Mistake(
            f"{text!r} is no time. Write how long ago (30m, 2h, 3d, 1w) "
            "or an ISO time (2026-03-01, 2026-03-01T14:30, 2026-03-01T14:30+01:00)."
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _time(text: str) -> datetime:
    return time_before(text, utc_now())


Ids = Annotated[list[UUID] | None, typer.Argument(metavar="ID", help="IDs, as `list` shows them.")]
OfStatus = Annotated[
    Status | None, typer.Option("--status", help="parked: tried again by itself; dead: waits.")
]
OfEvent = Annotated[
    str | None, typer.Option("--event", metavar="NAME", help="For instance ServiceRequested.")
]
OfSubject = Annotated[
    UUID | None, typer.Option("--subject", metavar="ID", help="The onboarding it is about.")
]
OfReason = Annotated[
    str | None, typer.Option("--reason", metavar="TEXT", help="The reason contains this text.")
]
Since = Annotated[
    datetime | None,
    typer.Option(metavar="TIME", parser=_time, help="First seen then or later: 2h, 3d, ISO time."),
]
Until = Annotated[
    datetime | None,
    typer.Option(metavar="TIME", parser=_time, help="First seen before then: 2h, 3d, ISO time."),
]
Everything = Annotated[bool, typer.Option("--all", help="All of them.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show which; change nothing.")]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # it would print local variables, bodies among them
    rich_markup_mode="markdown",
    help="Messages that this service could not handle: look at them, replay or discard them.\n\n"
    "A **parked** message met an unexpected error; it is tried again every 30 seconds, at "
    "most 5 times. A **dead** one waits for a person: it could not be read, was refused, or "
    "has used up its attempts.",
    epilog="First **list**, then **show** one and mend its cause, then **replay**.",
)


@app.command(
    "list",
    epilog="Examples:\n\n"
    "  list --status dead --since 2d\n\n"
    "  list --event ServiceRequested --reason 'no such customer' --json",
)
def list_letters(
    ctx: typer.Context,
    status: OfStatus = None,
    event: OfEvent = None,
    subject: OfSubject = None,
    reason: OfReason = None,
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Show what could not be handled, newest first. Times are in UTC."""
    wanted = Selection((), status, event, subject, reason, since, until)
    with _database(ctx) as engine, engine.connect() as connection:
        total = dead_letters.count(connection, wanted)
        letters = dead_letters.find(connection, wanted, limit)
    if as_json:
        rows = [view.as_json(each) for each in letters]
        typer.echo(json.dumps({"total": total, "dead_letters": rows}, indent=2))
        return
    _print(letters)
    typer.echo(f"{len(letters)} of {total} shown." if total else "There are none.")


@app.command(
    epilog="Examples:\n\n"
    "  show 0195fd1e-97c2-7d3f-8f0a-5d0e9a9f3c11\n\n"
    "  show 0195fd1e-97c2-7d3f-8f0a-5d0e9a9f3c11 --raw-to /tmp/body",
)
def show(
    ctx: typer.Context,
    ids: Annotated[list[UUID], typer.Argument(metavar="ID", help="As `list` shows them.")],
    raw_to: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the body as it is, secrets and all (mode 0600)."),
    ] = None,
) -> None:
    """Show everything of a message: headers, reason and body.

    A sealed field is replaced by its key and its length, and what stands in clear under the name
    of a secret is hidden. Of a body that is not JSON only length and checksum are shown.
    """
    if raw_to and len(ids) != 1:
        raise Mistake("--raw-to writes one body; give one ID.")
    letters = []
    with _database(ctx) as engine, engine.connect() as connection:
        for each in ids:
            letters.append((each, dead_letters.whole(connection, each)))
    _all_are_there([each for each, letter in letters if letter is None])
    for _, letter in letters:
        if letter and raw_to:
            _write_privately(raw_to, letter.body)
        elif letter:
            for part in view.details(letter, utc_now()):
                view.console().print(part, soft_wrap=True)
            typer.echo()


@app.command(
    epilog="Examples:\n\n"
    "  replay 0195fd1e-97c2-7d3f-8f0a-5d0e9a9f3c11\n\n"
    "  replay --event ServiceRequested --since 2h --dry-run\n\n"
    "  replay --all",
)
def replay(
    ctx: typer.Context,
    ids: Ids = None,
    status: OfStatus = None,
    event: OfEvent = None,
    subject: OfSubject = None,
    reason: OfReason = None,
    since: Since = None,
    until: Until = None,
    everything: Everything = False,
    dry_run: DryRun = False,
    force: Annotated[
        bool, typer.Option("--force", help="Even events older than 35 days (see above).")
    ] = False,
) -> None:
    """Let the running work process try messages again, now and with all attempts before them.

    A message stays until its effect is committed; if it fails again it comes back under a new ID.
    Whoever has had its effect already has none a second time, because the inbox remembers 35
    days. Older events are skipped and named, unless you --force them.
    """
    wanted = Selection(tuple(ids or ()), status, event, subject, reason, since, until)
    _is_meant(wanted, everything)
    with _database(ctx) as engine:
        chosen = _chosen(engine, wanted)
        ready, old = _by_age(chosen, force)
        _name_the_old(old)
        if dry_run:
            _preview(engine, ready)
            typer.echo(f"Dry run: {len(ready)} would be replayed, {len(old)} skipped.")
            return
        done = _with_progress("Replaying", dead_letters.replay(engine, ready), len(ready))
    typer.echo(f"{done} due now: a running work process tries them within 5 seconds.")
    _tell_the_rest(len(ready) - done)
    if old:
        raise typer.Exit(1)


@app.command(
    epilog="Examples:\n\n"
    "  discard 0195fd1e-97c2-7d3f-8f0a-5d0e9a9f3c11\n\n"
    "  discard --status dead --reason 'unknown event type' --until 30d --dry-run",
)
def discard(
    ctx: typer.Context,
    ids: Ids = None,
    status: OfStatus = None,
    event: OfEvent = None,
    subject: OfSubject = None,
    reason: OfReason = None,
    since: Since = None,
    until: Until = None,
    everything: Everything = False,
    dry_run: DryRun = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete messages for good, after asking. What they say will never have an effect."""
    wanted = Selection(tuple(ids or ()), status, event, subject, reason, since, until)
    _is_meant(wanted, everything)
    with _database(ctx) as engine:
        chosen = [each.id for each in _chosen(engine, wanted)]
        if dry_run or not yes:
            _preview(engine, chosen)
        if dry_run:
            typer.echo(f"Dry run: {len(chosen)} would be discarded.")
            return
        if chosen and not yes:
            _confirm(len(chosen))
        done = _with_progress("Discarding", dead_letters.discard(engine, chosen), len(chosen))
    typer.echo(f"{done} discarded.")
    _tell_the_rest(len(chosen) - done)


@contextmanager
def _database(ctx: typer.Context) -> Iterator[sa.Engine]:
    """The service's own database; what is wrong with it is said in one line."""
    service: Service = ctx.obj
    try:
        engine = database.connect(service.settings().database_url.get_secret_value())
    except sa.exc.ArgumentError:
        raise Mistake(f"{service.package.upper()}_DATABASE_URL is no database URL.") from None
    try:
        yield engine
    except sa.exc.DBAPIError as error:
        raise Mistake(_trouble(error, service.package)) from None
    finally:
        engine.dispose()


def _trouble(error: sa.exc.DBAPIError, package: str) -> str:
    if getattr(error.orig, "pgcode", None) == _UNDEFINED_TABLE:
        return f"The database has no tables yet. Run: python -m {package} migrate"
    words = database.explain(error).partition("\n")[0]
    return f"The database of {package} does not do it: {view.printable(words)}"


def _is_meant(wanted: Selection, everything: bool) -> None:
    """A person has to name what is to be changed, by IDs or filters or --all."""
    if everything and not wanted.is_everything:
        raise Mistake("--all means everything: leave out --all, or IDs and filters.")
    if wanted.is_everything and not everything:
        raise Mistake("Which? Give IDs, or a filter such as --event or --since, or --all.")
    if wanted.ids and wanted != Selection(wanted.ids):
        raise Mistake("Give IDs or filters, not both.")


def _chosen(engine: sa.Engine, wanted: Selection) -> list[Candidate]:
    with engine.connect() as connection:
        found = dead_letters.candidates(connection, wanted)
    _all_are_there(sorted(set(wanted.ids) - {each.id for each in found}))
    return found


def _all_are_there(missing: Sequence[UUID]) -> None:
    if missing:
        raise Mistake(
            f"There is no dead letter {', '.join(map(str, missing))}; nothing was done. "
            "One that was tried again and failed has a new ID; see `list`."
        )


def _by_age(chosen: Sequence[Candidate], force: bool) -> tuple[list[UUID], list[UUID]]:
    """Those whose effect cannot be doubled, and those of which nobody knows."""
    now = utc_now()
    ready, old = list[UUID](), list[UUID]()
    for each in chosen:
        (old if each.may_be_forgotten(now) and not force else ready).append(each.id)
    return ready, old


def _name_the_old(old: Sequence[UUID]) -> None:
    for each in old:
        typer.echo(
            f"Skipped {each}: its event is older than 35 days, so nobody remembers whether it "
            "has had its effect. --force replays it.",
            err=True,
        )


def _preview(engine: sa.Engine, chosen: Sequence[UUID]) -> None:
    if not chosen:
        return
    with engine.connect() as connection:
        first = Selection(tuple(chosen[:_PREVIEW]))
        letters = dead_letters.find(connection, first, _PREVIEW)
    _print(letters)
    if len(chosen) > _PREVIEW:
        typer.echo(f"... and {len(chosen) - _PREVIEW} more.")


def _print(letters: Sequence[DeadLetter]) -> None:
    out = view.console()
    for part in view.listed(letters, utc_now(), out.width) if letters else ():
        out.print(part)


def _confirm(how_many: int) -> None:
    if not sys.stdin.isatty():
        raise Mistake("There is no terminal to ask on; give --yes if you are sure.")
    typer.confirm(f"Discard {how_many} for good?", abort=True)


def _with_progress(what: str, batches: Iterator[Batch], total: int) -> int:
    """Run all batches with a bar on a terminal; how many rows were changed."""
    done = 0
    shown = Progress(*Progress.get_default_columns(), MofNCompleteColumn(), transient=True)
    shown.disable = not sys.stdout.isatty()
    with shown as progress:
        task = progress.add_task(what, total=total)
        for batch in batches:
            done += batch.done
            progress.advance(task, batch.asked)
    return done


def _tell_the_rest(left: int) -> None:
    if left:
        typer.echo(f"{left} left alone: being tried at this moment, or gone.", err=True)


def _write_privately(path: Path, body: bytes) -> None:
    """Never over another file: its owner or its mode may be others than meant."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise Mistake(f"Cannot write {path}: {error.strerror}.") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(body)
    typer.echo(f"{len(body)} bytes written to {path}.")
