#!/usr/bin/env bash
# Writes what is said in templates into every catalogue; what is new waits there for a translation.
set -euo pipefail
cd "$(dirname "$0")"
pybabel="${1:-../../.venv/bin/pybabel}"
template="$(mktemp)"
trap 'rm -f "$template"' EXIT
"$pybabel" -q extract -F babel.cfg --no-location --sort-output --omit-header -o "$template" .
for catalogue in src/notifier/locale/*/LC_MESSAGES/messages.po; do
  language="$(basename "$(dirname "$(dirname "$catalogue")")")"
  "$pybabel" -q update -N -w 100 --omit-header --ignore-obsolete --ignore-pot-creation-date \
    -i "$template" -l "$language" -o "$catalogue"
done
