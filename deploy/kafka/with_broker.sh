#!/bin/bash
# Runs a command beside a Kafka broker of its own. See --help.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: with_broker.sh COMMAND [ARGUMENT...]

Fetches the broker's jars if they are not there, starts a broker in a temporary folder on free
ports, runs the command with APDR_TEST_KAFKA=HOST:PORT in its environment, stops the broker and
removes the folder, whatever happens. Exits as the command does.

example: deploy/kafka/with_broker.sh ctest --test-dir .build/dev -L kafka
TEXT
}

case "${1-}" in
  '') usage >&2; exit 2 ;;
  -h | --help) usage; exit 0 ;;
esac

here=$(cd "$(dirname "$0")" && pwd)
"$here/fetch.sh"
dir=$(mktemp -d)
clean_up() {
  [ ! -e "$dir/server.properties" ] || "$here/broker.sh" stop "$dir" || true
  rm -rf "$dir"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# Below the range from which the system takes ports for outgoing connections. Somebody may still be
# quicker: then the next pair is tried.
for attempt in 1 2 3 4 5; do
  port=$((20000 + (RANDOM % 5000) * 2))
  rm -rf "${dir:?}"/*
  if "$here/broker.sh" start "$dir" "$port" $((port + 1)); then break; fi
  [ "$attempt" -lt 5 ] || exit 1
done

status=0
APDR_TEST_KAFKA=127.0.0.1:$port "$@" || status=$?
exit "$status"
