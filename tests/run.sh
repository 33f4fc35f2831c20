#!/usr/bin/env bash
# Runs the named parts of the tests one after the other and prints the time of each.
# Every part runs even if one before it has failed; the exit code tells whether all held.
set -u
cd "$(dirname "$0")/.."
bin=.venv/bin
failed=()
times=()

lint() {
  "$bin/ruff" check -q shared services deploy/local tests &&
    "$bin/ruff" format --check -q shared services deploy/local tests &&
    "$bin/mypy" &&
    "$bin/lint-imports" --no-logo
}
unit() { "$bin/pytest" tests/unit; }
contract() { "$bin/pytest" tests/contract tests/architecture; }
# These mostly wait for servers, so several share the cores; each process has servers of its own.
integration() { "$bin/pytest" -n 3 --dist loadfile tests/integration; }
# The image is built and started for real, so this is apart from what every save needs.
# Building them takes longer than the pause after which a test counts as hanging elsewhere.
deploy() { "$bin/pytest" -o faulthandler_timeout=1200 tests/deploy; }
# Pages in Chromium, two at a time.
browser() { "$bin/pytest" -n 2 --dist load -o faulthandler_timeout=300 tests/browser; }
# Two whole systems at once; people in them wait for mails.
e2e() { "$bin/pytest" -n 2 --dist loadfile -o faulthandler_timeout=300 tests/e2e; }
# The rest of the fault tests takes half an hour: make faults.
faults() { "$bin/pytest" -s -o faulthandler_timeout=600 tests/faults/test_selection.py; }

for part in "$@"; do
  printf '\n== %s\n' "$part"
  start=$SECONDS
  "$part" || failed+=("$part")
  times+=("$part $((SECONDS - start)) s")
done

printf '\n== time of each part\n'
printf '%s\n' "${times[@]}"
if ((${#failed[@]})); then
  printf 'FAILED: %s\n' "${failed[*]}"
  exit 1
fi
