#!/bin/sh
# Fetches the jars that a Kafka broker runs on (pom.xml) and checks them against jars.sha256. See --help.
set -eu

usage() {
  cat <<'TEXT'
usage: fetch.sh [--pin]

Fetches the jars of a Kafka broker into .build/kafka/lib of this checkout and checks every one of
them against jars.sha256. With good jars there already it needs neither the network nor Maven.

  --pin   after a change of pom.xml: fetch anew and write jars.sha256. Review the difference.

environment:
  APDR_KAFKA_LIB   another folder for the jars; nothing else may be in it

example: deploy/kafka/fetch.sh
TEXT
}

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
lib=${APDR_KAFKA_LIB:-$root/.build/kafka/lib}
pin=no
case "${1-}" in
  '') ;;
  --pin) pin=yes ;;
  -h | --help) usage; exit 0 ;;
  *) usage >&2; exit 2 ;;
esac

# Whether the folder $1 holds exactly the pinned jars.
is_good() {
  [ -d "$1" ] || return 1
  [ "$(find "$1" -type f | wc -l)" -eq "$(wc -l < "$here/jars.sha256")" ] || return 1
  (cd "$1" && sha256sum --strict --quiet -c "$here/jars.sha256")
}

if [ "$pin" = no ] && is_good "$lib" 2> /dev/null; then
  echo "kafka: $(wc -l < "$here/jars.sha256") jars are in place"
  exit 0
fi

if ! command -v mvn > /dev/null; then
  echo "kafka: Expected to fetch the broker's jars, but there is no mvn: apt-get install maven" >&2
  exit 1
fi

mkdir -p "$(dirname "$lib")"
exec 9> "$(dirname "$lib")/fetch.lock"
flock 9 # Two at once: the second finds what the first fetched.
if [ "$pin" = no ] && is_good "$lib" 2> /dev/null; then
  echo "kafka: $(wc -l < "$here/jars.sha256") jars are in place"
  exit 0
fi
if [ -d "$lib" ] && [ -n "$(find "$lib" -mindepth 1 ! -name '*.jar' | head -n 1)" ]; then
  echo "kafka: Expected only jars in $lib, but there are other files: not touched." >&2
  exit 1
fi
new=$(mktemp -d "$(dirname "$lib")/fetch.XXXXXX")
trap 'rm -rf "$new"' EXIT
trap 'exit 130' INT TERM

# Shows how many jars have come while Maven is at work.
show_progress() {
  while sleep 2; do
    echo "kafka: $(find "$new/m2" -name '*.jar' 2> /dev/null | wc -l) files, $(du -sm "$new" | cut -f1) MB so far"
  done
}

echo "kafka: fetching the broker's jars (about 60 MB, once)"
show_progress &
progress=$!
trap 'kill "$progress" 2> /dev/null || true; rm -rf "$new"' EXIT
# -C: a wrong or missing checksum is an error. A repository of its own, so that nothing on this
# machine is trusted or changed.
if ! mvn -B -ntp -q -C -f "$here/pom.xml" -Dmaven.repo.local="$new/m2" \
  dependency:copy-dependencies -DoutputDirectory="$new/lib"; then
  echo "kafka: Expected to fetch the broker's jars, but Maven failed (above). Is the network there?" >&2
  exit 1
fi
kill "$progress"
wait "$progress" 2> /dev/null || true

if [ "$pin" = yes ]; then
  (cd "$new/lib" && LC_ALL=C sha256sum -- *.jar) > "$here/jars.sha256"
elif ! is_good "$new/lib"; then
  echo "kafka: Expected the jars that jars.sha256 names, but other ones came (above)." >&2
  exit 1
fi
rm -rf "$lib"
mv "$new/lib" "$lib"
echo "kafka: $(find "$lib" -type f | wc -l) jars are in place"
