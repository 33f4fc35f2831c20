"""Where a checkout's private servers keep their data, and which user they run as."""

import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).parents[4]
SERVER_USER = "postgres"
_MARK = ".tenantlink-local"


class FolderNotOurs(Exception):
    """The data folder cannot be used; the text says why and what to choose instead."""


def data_folder() -> Path:
    """`.local` in the checkout, or, where an unprivileged user cannot reach it, a folder in the
    system's temporary directory. TENANTLINK_LOCAL_DIR overrides both."""
    given = os.environ.get("TENANTLINK_LOCAL_DIR")
    if given:
        return Path(given).resolve()
    if os.geteuid() != 0 or _reachable(CHECKOUT):
        return CHECKOUT / ".local"
    name = hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"tenantlink-{name}"


def prepare(folder: Path) -> None:
    """Make it, empty and marked as ours: it is removed whole at the end, so a folder with
    anybody else's files in it is refused."""
    folder.mkdir(parents=True, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise FolderNotOurs(f"{folder} belongs to somebody else.")
    if not (folder / _MARK).exists() and any(folder.iterdir()):
        raise FolderNotOurs(f"{folder} holds other files; set TENANTLINK_LOCAL_DIR to a new one.")
    if os.geteuid() == 0 and not _reachable(folder.parent):
        raise FolderNotOurs(
            f"{folder} cannot be reached by the user {SERVER_USER}, as whom PostgreSQL runs."
        )
    for left in folder.iterdir():  # of a run that was cut off
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    folder.chmod(0o755)
    (folder / _MARK).touch()


def remove(folder: Path) -> None:
    """Remove it, if it is ours."""
    if (folder / _MARK).exists():
        shutil.rmtree(folder, ignore_errors=True)


def as_server_user(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root, so root runs it as an unprivileged user."""
    if os.geteuid() != 0:
        return command
    user = ["--reuid", SERVER_USER, "--regid", SERVER_USER, "--clear-groups"]
    return ["setpriv", *user, "--", *command]


def give_to_server_user(folder: Path) -> None:
    """Let that user write there."""
    if os.geteuid() == 0:
        owner = pwd.getpwnam(SERVER_USER)
        shutil.chown(folder, owner.pw_uid, owner.pw_gid)


def _reachable(folder: Path) -> bool:
    return all(
        stat.S_IMODE(each.stat().st_mode) & stat.S_IXOTH for each in (folder, *folder.parents)
    )
