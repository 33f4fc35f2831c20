"""Servers are installed without being started, and the machine's own files come back."""

import os
from pathlib import Path

import pytest

from tenantlink_local import debian

APT = """#!/bin/sh
# A stand-in for apt-get: it writes down what it was asked and what it saw.
root={root}
{{ echo "$@"; cat $root/usr/sbin/policy-rc.d $root/etc/postgresql-common/createcluster.conf; }} \\
  >> $root/seen 2>/dev/null
case "$*" in
  *rabbitmq-server*) mkdir -p $root/usr/lib/rabbitmq/bin $root/usr/lib/erlang
    touch $root/usr/lib/rabbitmq/bin/rabbitmq-server ;;
esac
case "$*" in
  *" postgresql "*) mkdir -p $root/usr/lib/postgresql/15/bin
    touch $root/usr/lib/postgresql/15/bin/initdb ;;
esac
exit {code}
"""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may install")


@pytest.fixture(autouse=True)
def no_servers_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TENANTLINK_AMQP_URL", "TENANTLINK_POSTGRES_URL"):
        monkeypatch.delenv(name, raising=False)


def an_apt(root: Path, code: int = 0) -> str:
    path = root / "apt-get"
    path.write_text(APT.format(root=root, code=code))
    path.chmod(0o755)
    return str(path)


def test_both_servers_are_missing_on_a_bare_machine(tmp_path: Path) -> None:
    assert debian.missing_packages(tmp_path) == ["rabbitmq-server", "postgresql"]


def test_a_server_that_is_given_by_its_url_is_not_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENANTLINK_AMQP_URL", "amqp://somewhere")
    assert debian.missing_packages(tmp_path) == ["postgresql"]


def test_the_newest_postgresql_is_taken(tmp_path: Path) -> None:
    for version in ("9", "15"):
        path = tmp_path / "usr/lib/postgresql" / version / "bin/initdb"
        path.parent.mkdir(parents=True)
        path.touch()
    found = debian.postgresql_bin(tmp_path)
    assert found is not None
    assert "/15/" in f"{found}/"


@as_root
def test_while_packages_are_installed_no_service_starts_and_no_cluster_is_made(
    tmp_path: Path,
) -> None:
    debian.install(tmp_path, an_apt(tmp_path))
    seen = (tmp_path / "seen").read_text()
    assert seen.startswith("update")
    assert seen.count("exit 101") == 3
    assert seen.endswith("create_main_cluster = false\n")
    assert not (tmp_path / "usr/sbin/policy-rc.d").exists()
    assert not (tmp_path / "etc/postgresql-common/createcluster.conf").exists()


@as_root
def test_a_machines_own_policy_comes_back_even_when_apt_fails(tmp_path: Path) -> None:
    policy = tmp_path / "usr/sbin/policy-rc.d"
    policy.parent.mkdir(parents=True)
    policy.write_text("#!/bin/sh\nexit 0\n")
    policy.chmod(0o750)
    with pytest.raises(debian.ServersMissing, match="failed with exit code 7"):
        debian.install(tmp_path, an_apt(tmp_path, code=7))
    assert policy.read_text() == "#!/bin/sh\nexit 0\n"
    assert policy.stat().st_mode & 0o777 == 0o750


def test_nothing_happens_where_both_servers_are_there(tmp_path: Path) -> None:
    for path in ("rabbitmq/bin/rabbitmq-server", "postgresql/15/bin/initdb", "erlang/erl"):
        (tmp_path / "usr/lib" / path).parent.mkdir(parents=True)
        (tmp_path / "usr/lib" / path).touch()
    debian.install(tmp_path, "an-apt-that-is-not-there")


def test_who_may_not_install_is_told_the_packages_and_the_command(tmp_path: Path) -> None:
    with pytest.raises(
        debian.ServersMissing,
        match="no-apt update && no-apt install -y --no-install-recommends rabbitmq-server",
    ):
        debian.install(tmp_path, "no-apt")
