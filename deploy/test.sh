#!/bin/bash
# Builds apdr and runs every test, with a real Kafka broker. See --help.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: deploy/test.sh [CTEST ARGUMENT...]

Installs the Debian packages that are missing, builds a release with its tests, starts a Kafka
broker (KRaft, one node, pinned jars), runs every test with CTest, stops the broker. Exits non-zero
on any failure. Arguments go to ctest:

example: deploy/test.sh -R command
TEXT
}

case "${1-}" in
  -h | --help) usage; exit 0 ;;
esac

cd "$(dirname "$0")/.."
deploy/install.sh --test
echo "== Building"
deploy/build.sh
echo "== Testing, beside a Kafka broker"
deploy/kafka/with_broker.sh ctest --test-dir .build/release --output-on-failure --no-tests=error \
  --parallel "$(nproc)" "$@"
