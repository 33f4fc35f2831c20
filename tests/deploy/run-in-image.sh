#!/usr/bin/env bash
# Runs a command in an image's mounted root as a container runtime would: read-only root, a small
# /tmp, files at /run/tenantlink, a user without any right and without a way to gain one. The network
# is this machine's, because the test servers listen on 127.0.0.1.
#
#   unshare --mount run-in-image.sh ROOT FILES UID:GID COMMAND...
set -euo pipefail
root=$1 files=$2 user=$3
shift 3
mount --make-rprivate /
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t tmpfs -o size=64m,mode=1777 tmpfs "$root/tmp"
mount -t tmpfs -o size=1m,mode=755 tmpfs "$root/run"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
cp -r "$files" "$root/run/tenantlink"
chown -R "root:${user#*:}" "$root/run/tenantlink"
find "$root/run/tenantlink" -type f -exec chmod 0440 {} +
find "$root/run/tenantlink" -type d -exec chmod 0750 {} +
exec chroot "$root" setpriv --reuid="${user%:*}" --regid="${user#*:}" --clear-groups \
  --inh-caps=-all --bounding-set=-all --no-new-privs "$@"
