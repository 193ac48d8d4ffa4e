#!/bin/bash
# Creates the topics of topics.yaml. See --help.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: topics.sh create BOOTSTRAP PARTITIONS [REPLICAS]

Creates the topics of topics.yaml; one that exists is left as it is. PARTITIONS is the shard count
of the store, REPLICAS (1 if not given) the number of copies. Needs the jars of fetch.sh and Java.

environment:
  APDR_KAFKA_LIB      the folder with the jars, if not .build/kafka/lib of this checkout
  APDR_KAFKA_CONFIG   a properties file for the connection (TLS, SASL), as Kafka's tools take it

example: deploy/kafka/topics.sh create 127.0.0.1:29092 8
TEXT
}

case "${1-}" in
  -h | --help) usage; exit 0 ;;
  create) [ $# -ge 3 ] && [ $# -le 4 ] || { usage >&2; exit 2; } ;;
  *) usage >&2; exit 2 ;;
esac

here=$(cd "$(dirname "$0")" && pwd)
lib=${APDR_KAFKA_LIB:-$(cd "$here/../.." && pwd)/.build/kafka/lib}
bootstrap=$2 partitions=$3 replicas=${4-1}
connection=(--bootstrap-server "$bootstrap")
[ -z "${APDR_KAFKA_CONFIG-}" ] || connection+=(--command-config "$APDR_KAFKA_CONFIG")
insync=1
[ "$replicas" -lt 2 ] || insync=2

# One line for each topic: its name, then --config NAME=VALUE for each setting.
awk '
  $1 == "-" && $2 == "name:" { if (line) print line; line = $3; config = 0; next }
  $1 == "config:" { config = 1; next }
  config && $1 !~ /^#/ && NF == 2 { sub(/:$/, "", $1); line = line " --config " $1 "=" $2 }
  END { print line }
' "$here/topics.yaml" | while read -r name settings; do
  # shellcheck disable=SC2086 # The settings are several words.
  java -XX:TieredStopAtLevel=1 -Dorg.slf4j.simpleLogger.defaultLogLevel=error \
    -Dlog4j2.loggerContextFactory=org.apache.logging.log4j.simple.SimpleLoggerContextFactory \
    -cp "$lib/*" org.apache.kafka.tools.TopicCommand "${connection[@]}" --create --if-not-exists \
    --topic "$name" --partitions "$partitions" --replication-factor "$replicas" \
    --config "min.insync.replicas=$insync" $settings < /dev/null
done
