#!/bin/bash
# From a bare Debian 12 machine to a running apdr with one child's history. See --help.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: deploy/run.sh [--once]

Installs the Debian packages that are missing, builds a release, starts `apdr serve` with every role
in one process on 127.0.0.1:7400 (or the next free port) and plays deploy/examples/amira.json: two
school years of an invented child, on a demonstration clock that follows the script's dates. Prints
her chronology, her stage and next action, the audit trail and what a subscriber received, and
leaves the server running; --once stops it.

The first run takes minutes, the next seconds: the store in .data/demo is kept and the same commands
are answered with the same answers.
TEXT
}

once=false
case "${1-}" in
  '') ;;
  --once) once=true ;;
  -h | --help) usage; exit 0 ;;
  *) usage >&2; exit 2 ;;
esac

cd "$(dirname "$0")/.."
apdr=.build/release/services/apdr/apdr
data=.data/demo
pid_file=$data/serve.pid
ready_file=$data/serve.address
log=$data/serve.log
script=deploy/examples/amira.json
case_id=$(sed -n 's/.*"case_id": "\([^"]*\)".*/\1/p' "$script" | head -n 1)

say() { printf '\n== %s\n' "$*"; }

is_running() {
  local pid
  pid=$(cat "$pid_file" 2>/dev/null) || return 1
  [ "$(readlink "/proc/$pid/exe" 2>/dev/null)" = "$(readlink -f "$apdr")" ]
}

stop_server() {
  local pid
  pid=$(cat "$pid_file")
  kill "$pid" 2>/dev/null || true
  while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
  rm -f "$pid_file" "$ready_file"
}

free_port() {
  local port=7400
  while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
  echo "$port"
}

start_server() {
  mkdir -p "$data"
  rm -f "$ready_file"
  setsid "$apdr" serve --data "$data" --demo-clock --listen "127.0.0.1:$(free_port)" \
    --ready-file "$ready_file" >>"$log" 2>&1 </dev/null &
  local pid=$!
  echo "$pid" >"$pid_file"
  while [ ! -s "$ready_file" ]; do
    if ! kill -0 "$pid" 2>/dev/null; then
      tail -n 5 "$log" >&2
      echo "Expected the server to start, but it ended; see $log." >&2
      rm -f "$pid_file"
      exit 1
    fi
    sleep 0.05
  done
}

deploy/install.sh
say "Building (the first time takes minutes)"
# The old binary's file goes when it is linked anew: decide beforehand whose server it is.
was_running=false
if is_running; then was_running=true; fi
before=$(stat -c %Y "$apdr" 2>/dev/null || true)
deploy/build.sh apdr
if $was_running && [ "$before" != "$(stat -c %Y "$apdr")" ]; then stop_server; was_running=false; fi

say "Starting the server"
if $was_running; then
  echo "It is running already."
else
  start_server
fi
export APDR_SERVER
APDR_SERVER=$(cat "$ready_file")
echo "apdr serves on $APDR_SERVER (process $(cat "$pid_file"), store $data, log $log)"
if $once; then trap stop_server EXIT; fi

say "Playing $script"
"$apdr" case run "$script"

say "Her case: stage, next action and chronology"
"$apdr" case show "$case_id" --chronology

say "The audit trail, newest first (6 rows; all: apdr audit --case $case_id)"
"$apdr" audit --case "$case_id" --limit 6 | sed '$ { /There are more/d }'

say "What a subscriber received"
received=$(mktemp)
"$apdr" tail --until-caught-up >"$received"
echo "$(wc -l <"$received") events; the last 6 (shard/position, recorded, happened, event, case):"
tail -n 6 "$received"
rm -f "$received"

if $once; then exit 0; fi
say "The server goes on. Try"
cat <<TEXT
  alias apdr=$PWD/$apdr
  export APDR_SERVER=$APDR_SERVER
  apdr workflow show | less                 the stages, rules with their sources, timers
  apdr case list                            who is where, and what comes next
  apdr due                                  what is due, and whose move it is
  apdr tail                                 follow events as they happen (Ctrl-C ends it)
  apdr --help
Stop it with
  kill $(cat "$pid_file")
TEXT
