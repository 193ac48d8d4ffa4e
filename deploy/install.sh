#!/bin/bash
# Installs the Debian packages that apdr is built from. See --help.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: install.sh [--test]

Installs what is missing of the Debian 12 packages to build apdr; with --test also those of the
tests (a Kafka broker's Java, clients in other languages, a headless browser). Needs root or sudo
only if something is missing.
TEXT
}

packages=(
  cmake g++ ninja-build pkg-config ccache mold
  libgrpc++-dev protobuf-compiler protobuf-compiler-grpc libprotobuf-dev libabsl-dev
  librdkafka-dev librocksdb-dev libcurl4-openssl-dev libpq-dev libssl-dev libjemalloc-dev libisal-dev
  libcli11-dev libfmt-dev libkainjow-mustache-dev libspdlog-dev libtomlplusplus-dev nlohmann-json3-dev
  libgtest-dev libgmock-dev libbenchmark-dev
  # Deadlines are dates in Europe/London.
  tzdata
)
test_packages=(
  libprotoc-dev openjdk-17-jre-headless maven kcat
  python3 python3-grpcio python3-protobuf python3-confluent-kafka python3-jsonschema python3-yaml
  python3-aiosmtpd python3-cryptography
  # The sink copies into a real server, one of the test's own.
  postgresql
  # Documents are opened and printed by a browser.
  chromium-headless-shell fonts-liberation
)
# npm brings axe-core; one that came with another Node.js will do, and would not stand Debian's beside it.
command -v npm >/dev/null || test_packages+=(npm)

case "${1-}" in
  '') ;;
  --test) packages+=("${test_packages[@]}") ;;
  -h | --help) usage; exit 0 ;;
  *) usage >&2; exit 2 ;;
esac

missing=()
for package in "${packages[@]}"; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing+=("$package")
done
[ "${#missing[@]}" -gt 0 ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
  as_root=()
elif command -v sudo >/dev/null; then
  as_root=(sudo)
else
  echo "Expected to install ${missing[*]}, but this is neither root nor is there sudo." >&2
  exit 1
fi
apt_get() {
  ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get \
    -o Dpkg::Use-Pty=0 -o APT::Install-Recommends=false "$@"
}

echo "Installing ${#missing[@]} Debian packages and what they need: ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
show_progress() {
  awk '/^Setting up / { done++; if (done % 25 == 0) { printf "  %d packages set up\n", done; fflush() } }'
}
if ! { apt_get -qq update && apt_get -q -y install "${missing[@]}"; } 2>&1 | tee "$log" | show_progress; then
  tail -n 30 "$log" >&2
  echo "Expected to install the packages above, but apt-get failed." >&2
  exit 1
fi
