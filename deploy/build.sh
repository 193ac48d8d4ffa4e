#!/bin/bash
# Configures and builds a release, showing progress. Called by run.sh and test.sh.
# usage: build.sh [TARGET...]    nothing named: everything
set -euo pipefail
cd "$(dirname "$0")/.."

log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! cmake --preset release >"$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi

# On a terminal ninja rewrites one line; elsewhere every 25th step is enough.
export NINJA_STATUS='  [%f/%t] '
if [ -t 1 ]; then
  ninja -C .build/release "$@"
else
  ninja -C .build/release "$@" 2>&1 |
    awk '!/^  \[/ || /FAILED/ { print; fflush(); next }
         { match($1, /[0-9]+/); if (substr($1, RSTART, RLENGTH) % 25 == 0) { print; fflush() } }'
fi
