#!/bin/bash
# Runs a Kafka broker (KRaft, one node, loopback only) for development and tests. See --help.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: broker.sh start DIR PORT CONTROLLER_PORT [NAME=VALUE...]
       broker.sh stop | kill | run | status DIR

Runs one Kafka broker on 127.0.0.1 from the jars that fetch.sh brought. Everything it writes is in
DIR. There is no access control and no copy of the data: for development and tests only.

  start    makes DIR, starts the broker and returns when it answers; NAME=VALUE are further broker
           properties
  stop     SIGTERM, and waits until it is gone; a broker that is not running is fine
  kill     SIGKILL, as a crash would
  run      starts the broker of DIR again with what it left behind
  status   exits 0 if the broker answers, and prints its address

environment:
  APDR_KAFKA_LIB   the folder with the jars, if not .build/kafka/lib of this checkout

example: deploy/kafka/fetch.sh && deploy/kafka/broker.sh start /tmp/broker 29092 29093
         kcat -b 127.0.0.1:29092 -L
TEXT
}

here=$(cd "$(dirname "$0")" && pwd)
lib=${APDR_KAFKA_LIB:-$(cd "$here/../.." && pwd)/.build/kafka/lib}
quiet=(-Dlog4j2.loggerContextFactory=org.apache.logging.log4j.simple.SimpleLoggerContextFactory
  -Dorg.slf4j.simpleLogger.defaultLogLevel=warn)
ready_seconds=60
stop_seconds=20

fail() {
  echo "broker: $*" >&2
  exit 1
}

class_path() {
  local jars=("$lib"/*.jar)
  [ -e "${jars[0]}" ] || fail "Expected the broker's jars in $lib, but there are none: run fetch.sh"
  command -v java > /dev/null ||
    fail "Expected to start a broker, but there is no java: apt-get install openjdk-17-jre-headless"
  local IFS=:
  echo "${jars[*]}"
}

# An empty command line is a zombie; another one, a process that got the number later.
is_alive() {
  local pid
  pid=$(cat "$dir/pid" 2> /dev/null) || return 1
  tr '\0' '\n' 2> /dev/null < "/proc/$pid/cmdline" | grep -qxF "$dir/server.properties"
}

port() { sed -n 's/^listeners=PLAINTEXT:\/\/127.0.0.1:\([0-9]*\),.*/\1/p' "$dir/server.properties"; }

# A client that knocks too early waits a second before it knocks again: first see the port open.
answers() {
  (: < "/dev/tcp/127.0.0.1/$1") 2> /dev/null || return 1
  if command -v kcat > /dev/null; then
    kcat -b "127.0.0.1:$1" -L -m 2 > /dev/null 2>&1
  else
    java "${quiet[@]}" -cp "$(class_path)" org.apache.kafka.tools.TopicCommand \
      --bootstrap-server "127.0.0.1:$1" --list > /dev/null 2>&1
  fi
}

write_properties() {
  cat > "$dir/server.properties" <<TEXT
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$2
listeners=PLAINTEXT://127.0.0.1:$1,CONTROLLER://127.0.0.1:$2
advertised.listeners=PLAINTEXT://127.0.0.1:$1
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=$dir/data
# Topics are made on purpose, with their settings.
auto.create.topics.enable=false
# A broker that was killed is let in again when its old session has ended.
broker.session.timeout.ms=1000
broker.heartbeat.interval.ms=200
# One node: one copy.
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
# Small and quick to start.
log.cleaner.dedupe.buffer.size=4194304
group.initial.rebalance.delay.ms=0
metric.reporters=
log.retention.check.interval.ms=1000
log.initial.task.delay.ms=0
log.segment.delete.delay.ms=1000
TEXT
  shift 2
  printf '%s\n' "$@" >> "$dir/server.properties"
}

launch() {
  local classes broker_port waited=0
  classes=$(class_path)
  broker_port=$(port)
  # Its own session, so that Ctrl-C on the caller leaves stopping to the caller; no descriptor of
  # the caller's, so that no lock or pipe is kept.
  (
    exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
    MALLOC_ARENA_MAX=2 exec setsid java -Xms64m -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
      -XX:-UsePerfData "${quiet[@]}" -cp "$classes" kafka.Kafka "$dir/server.properties" \
      < /dev/null >> "$dir/broker.log" 2>&1
  ) &
  echo $! > "$dir/pid"
  disown
  until answers "$broker_port"; do
    if [ "$waited" -ge 5 ] && ! is_alive; then
      tail -n 20 "$dir/broker.log" >&2
      fail "Expected the broker to start, but it ended (above)."
    fi
    [ "$waited" -lt $((ready_seconds * 10)) ] ||
      fail "Expected the broker to answer within $ready_seconds s, but it does not: $dir/broker.log"
    sleep 0.1
    waited=$((waited + 1))
  done
  echo "broker: ready at 127.0.0.1:$broker_port"
}

signal() {
  local waited=0
  is_alive || return 0
  kill "-$1" "$(cat "$dir/pid")"
  while is_alive; do
    [ "$waited" -ne $((stop_seconds * 10)) ] || kill -KILL "$(cat "$dir/pid")"
    sleep 0.1
    waited=$((waited + 1))
  done
}

case "${1-}" in
  -h | --help) usage; exit 0 ;;
  start) [ $# -ge 4 ] || { usage >&2; exit 2; } ;;
  stop | kill | run | status) [ $# -eq 2 ] || { usage >&2; exit 2; } ;;
  *) usage >&2; exit 2 ;;
esac
command=$1
[ "$command" != start ] || mkdir -p "$2"
dir=$(cd "$2" 2> /dev/null && pwd) || fail "Expected a broker's folder, but there is no $2"
if [ "$command" != start ] && [ ! -e "$dir/server.properties" ]; then
  fail "Expected a broker's folder, but $dir has no server.properties"
fi

case "$command" in
  start)
    [ ! -e "$dir/server.properties" ] || fail "Expected an empty folder, but $dir has a broker: use run"
    for number in "$3" "$4"; do
      [[ "$number" =~ ^[0-9]+$ ]] || fail "Expected a port, but got $number"
      ! (: < "/dev/tcp/127.0.0.1/$number") 2> /dev/null ||
        fail "Expected port $number to be free, but something answers on it"
    done
    write_properties "${@:3}"
    java "${quiet[@]}" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$(class_path)" \
      kafka.tools.StorageTool format -t AAAAAAAAAAAAAAAAAAAAAQ -c "$dir/server.properties" \
      > "$dir/format.log" 2>&1 || { cat "$dir/format.log" >&2; fail "Expected to format $dir, but it failed (above)"; }
    launch
    ;;
  run)
    ! is_alive || fail "Expected to start the broker of $dir, but it is running"
    launch
    ;;
  stop) signal TERM ;;
  kill) signal KILL ;;
  status)
    is_alive || fail "the broker of $dir is not running"
    answers "$(port)" || fail "the broker of $dir is running and does not answer"
    echo "broker: ready at 127.0.0.1:$(port)"
    ;;
esac
