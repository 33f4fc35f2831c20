#!/usr/bin/env bash
# A bare Debian has Python without venv. As root it is installed; others are told what to ask for.
set -euo pipefail
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "Python's venv module is missing. Ask for the package python3-venv, then run make again." >&2
  exit 1
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv
