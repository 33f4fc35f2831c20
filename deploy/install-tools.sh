#!/usr/bin/env bash
# Puts on this machine what `make image` and `make test-deploy` need and what is not here: tools
# from Debian's packages (their services are not started). As root they are installed; others are
# told what to ask for. kubectl is not Debian's: theirs is too old to know kustomize components.
set -euo pipefail

declare -A package_of=(
  [buildah]=buildah [debootstrap]=debootstrap [prometheus]=prometheus [promtool]=prometheus
  [curl]=curl
)
missing=()
for tool in "$@"; do
  command -v "$tool" >/dev/null || missing+=("${package_of[$tool]}")
done
((${#missing[@]})) || exit 0

mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "Missing: ${missing[*]}. Ask root to install these packages, then run make again." >&2
  exit 1
fi

echo "Installing ${missing[*]} (their services are not started) ..."
policy=/usr/sbin/policy-rc.d
kept=$(mktemp)
had_policy=no
[ -e "$policy" ] && { cp -p "$policy" "$kept"; had_policy=yes; }
put_back() {
  if [ "$had_policy" = yes ]; then cp -p "$kept" "$policy"; else rm -f "$policy"; fi
  rm -f "$kept"
}
trap put_back EXIT
printf '#!/bin/sh\nexit 101\n' >"$policy"
chmod 755 "$policy"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends -o Acquire::Retries=3 \
  -o Dpkg::Use-Pty=0 "${missing[@]}" >/dev/null
