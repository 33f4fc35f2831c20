#!/usr/bin/env bash
# Makes a base image of Debian 12 from Debian's packages alone, for machines that reach no image
# registry; then `BASE=tenantlink-base make image` builds on it. Needs root, debootstrap and buildah.
# Where there is a registry take Debian's official image, as deploy/Dockerfile does by itself: that
# one has the security updates.
set -euo pipefail
builder=${BUILDER:-buildah}
name=${BASE:-tenantlink-base}
if $builder images -q "$name" 2>/dev/null | grep -q .; then
  exit 0
fi
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
echo "== $name (debootstrap)"
debootstrap --variant=minbase bookworm "$root" >"$root.log" 2>&1 || { tail -20 "$root.log" >&2; exit 1; }
rm -f "$root.log" "$root"/var/cache/apt/archives/*.deb
container=$($builder from scratch)
$builder add -q "$container" "$root" /
$builder commit -q "$container" "$name"
$builder rm "$container" >/dev/null
