#!/usr/bin/env python3
"""Follows the events of apdr on Kafka, and gives each of them exactly one effect.

A model for a consumer of your own. Its effect is a row in an SQLite database, and how far it has
come is written in the same transaction: after a crash it goes on with no loss and no second effect.
It needs the topic and the schemas in proto/, and nothing else of apdr.
"""

from __future__ import annotations

import argparse
import base64
import importlib
import json
import pathlib
import signal
import sqlite3
import subprocess
import sys
import tempfile
from typing import Any, Iterable

try:
    from confluent_kafka import (
        OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition)
    from google.protobuf import json_format, symbol_database
    from google.protobuf.message import DecodeError
except ImportError as missing:
    sys.exit(f"consumer: {missing}: apt-get install python3-confluent-kafka python3-protobuf")

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
EVENT_SCHEMA = b"https://type.googleapis.com/apdr.event.v1.Event"
EXAMPLES = """\
examples:
  consumer.py --bootstrap 127.0.0.1:9092 --database mine.db
  consumer.py --bootstrap 127.0.0.1:9092 --database mine.db --stop-at-end --json
  consumer.py --bootstrap kafka:9093 --database mine.db \\
      --set security.protocol=SSL --set ssl.ca.location=ca.pem
  sqlite3 mine.db 'SELECT case_id, COUNT(*) FROM history GROUP BY case_id'

needs: apt-get install python3-confluent-kafka python3-protobuf protobuf-compiler
What a record holds, and what is promised of it: docs/kafka.md.
"""

# The effect is `history`; nothing in it keeps an event from being written twice but `progress`.
TABLES = """
CREATE TABLE IF NOT EXISTS progress (
  shard INTEGER PRIMARY KEY, position INTEGER NOT NULL, next_offset INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS history (
  tenant_id TEXT NOT NULL, case_id TEXT NOT NULL, version INTEGER NOT NULL, type TEXT NOT NULL,
  occurred_on TEXT NOT NULL, event_id TEXT NOT NULL, shard INTEGER NOT NULL,
  position INTEGER NOT NULL);
"""


class Refused(Exception):
    """The topic is not what it must be; somebody has to look at it."""


def load_schemas(protos: pathlib.Path, protoc: str, folder: str) -> Any:
    """Generates Python classes of every schema into `folder`; returns the class of the envelope.

    By hand: protoc -I proto --python_out=generated $(cd proto && find . -name '*.proto')
    """
    names = sorted(str(path.relative_to(protos)) for path in protos.rglob("*.proto"))
    subprocess.run([protoc, "-I", str(protos), f"--python_out={folder}", *names], check=True)
    sys.path.insert(0, folder)
    for name in names:  # Each module registers its types, so that the content of an event is found.
        importlib.import_module(name.removesuffix(".proto").replace("/", ".") + "_pb2")
    return symbol_database.Default().GetSymbol("apdr.event.v1.Event")


def type_of(event: Any) -> str:
    """The full name of what happened, such as apdr.sen.v1.PlanAgreed."""
    return event.data.type_url.rpartition("/")[2]


def content_of(event: Any) -> Any:
    """What happened, as JSON. Personal data. A type newer than our schemas stays as it is."""
    if event.key_id:
        return {"sealed_with": event.key_id}
    try:
        message = symbol_database.Default().GetSymbol(type_of(event))()
    except KeyError:
        return {"unknown_type": base64.b64encode(event.data.value).decode()}
    message.ParseFromString(event.data.value)
    return json_format.MessageToDict(message, preserving_proto_field_name=True)


def print_event(event: Any, arguments: argparse.Namespace) -> None:
    """One line, without personal data unless that was asked for."""
    fields = {"shard": event.shard, "position": event.position, "occurred_on": event.occurred_on,
              "type": type_of(event), "tenant_id": event.tenant_id, "case_id": event.case_id,
              "version": event.version, "event_id": event.event_id}
    if arguments.show_data:
        fields["data"] = content_of(event)
    if arguments.json:
        print(json.dumps(fields, ensure_ascii=False), flush=True)
        return
    line = "{shard}/{position}  {occurred_on}  {type}  {case_id} version {version}".format(**fields)
    data = json.dumps(fields["data"], ensure_ascii=False) if "data" in fields else ""
    print(f"{line}  {data}".rstrip(), flush=True)


class Store:
    """What became of the events, and up to where, in one database."""

    def __init__(self, path: str) -> None:
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.executescript(TABLES)

    def next_offset(self, partition: int) -> int:
        """Where to look for the next record. Only a hint: the position decides."""
        row = self._database.execute(
            "SELECT next_offset FROM progress WHERE shard = ?", (partition,)).fetchone()
        return row[0] if row else OFFSET_BEGINNING

    def take(self, records: Iterable[tuple[Any, int]]) -> tuple[list[Any], dict[int, int]]:
        """Gives each event that is the next of its shard its effect, all in one transaction.

        Returns those events, and of each shard whose next position was not there that position.
        """
        taken, gaps = [], {}
        with self._database:
            self._database.execute("BEGIN IMMEDIATE")
            last = dict(self._database.execute("SELECT shard, position FROM progress"))
            for event, offset in records:
                expected = last.get(event.shard, 0) + 1
                if event.position > expected:
                    gaps[event.shard] = expected
                if event.position != expected:  # Before it: a duplicate. After it: too early.
                    continue
                self._database.execute(
                    "INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (event.tenant_id, event.case_id, event.version, type_of(event),
                     event.occurred_on, event.event_id, event.shard, event.position))
                self._database.execute(
                    "INSERT OR REPLACE INTO progress VALUES (?, ?, ?)",
                    (event.shard, event.position, offset + 1))
                last[event.shard] = event.position
                gaps.pop(event.shard, None)
                taken.append(event)
        return taken, gaps


class Follower:
    """Reads every partition of the topic from where the store is."""

    def __init__(self, arguments: argparse.Namespace, event_class: Any, store: Store) -> None:
        self._arguments, self._event_class, self._store = arguments, event_class, store
        # Partitions are assigned by hand and nothing is committed to Kafka: our progress is in our
        # own database, so there is no group to join and no rebalance. The client wants a name.
        self._consumer = Consumer({
            **dict(arguments.set), "bootstrap.servers": arguments.bootstrap,
            "group.id": "apdr-example", "enable.auto.commit": False,
            "auto.offset.reset": "earliest", "enable.partition.eof": True})
        self._at_end: set[int] = set()
        self._rewound: dict[int, int] = {}  # By shard: the position that was looked for again.
        self._partitions = self._find_partitions()
        self.stopping = False

    def _find_partitions(self) -> list[int]:
        topic = self._consumer.list_topics(self._arguments.topic, timeout=30).topics[
            self._arguments.topic]
        if topic.error is not None:
            raise Refused(f"Expected topic {self._arguments.topic}, but {topic.error.str()}.")
        return sorted(topic.partitions)

    def _place(self, partition: int, offset: int) -> TopicPartition:
        return TopicPartition(self._arguments.topic, partition, offset)

    def run(self) -> None:
        self._consumer.assign([self._place(partition, self._store.next_offset(partition))
                               for partition in self._partitions])
        try:
            while not self.stopping:
                # Waits for one record, and takes with it those that are there already.
                first = self._consumer.poll(0.5)
                if first is not None:
                    self._take([first, *self._consumer.consume(self._arguments.batch - 1, 0)])
                if self._arguments.stop_at_end and self._at_end.issuperset(self._partitions):
                    break
        finally:
            self._consumer.close()
        if self._arguments.stop_at_end and self._rewound:
            shard, position = next(iter(self._rewound.items()))
            raise Refused(f"Expected position {position} of shard {shard} on the topic, "
                          "but it is not there.")

    def _take(self, messages: list[Any]) -> None:
        records, refusal = [], None
        for message in messages:
            if message.error() is not None:
                if message.error().code() != KafkaError._PARTITION_EOF:
                    raise KafkaException(message.error())
                self._at_end.add(message.partition())
                continue
            self._at_end.discard(message.partition())
            try:
                event = self._decode(message)
            except Refused as refused:  # What came before it has its effect all the same.
                refusal = refused
                break
            if event is not None:
                records.append((event, message.offset()))
        taken, gaps = self._store.take(records)
        for event in taken:
            self._rewound.pop(event.shard, None)
            print_event(event, self._arguments)
        for shard, position in gaps.items():
            self._rewind(shard, position)
        if refusal is not None:
            raise refusal

    def _decode(self, message: Any) -> Any:
        """The event of a record; None: it is not one. Bytes that do not read back stop us."""
        place = f"offset {message.offset()} of partition {message.partition()}"
        if dict(message.headers() or []).get("ce_dataschema") != EVENT_SCHEMA:
            print(f"consumer: skipped {place}: not an event of apdr", file=sys.stderr)
            return None
        try:
            return self._event_class.FromString(message.value())
        except DecodeError as error:
            raise Refused(f"Expected an event at {place}, but its bytes do not parse.") from error

    def _rewind(self, shard: int, position: int) -> None:
        """Looks for a position from the beginning, once: the topic may have been made anew, so that
        our offset was none of its. If it is not there, whatever comes later waits until it comes:
        apdr sends again what a broker has lost."""
        if self._rewound.get(shard) == position:
            return
        self._rewound[shard] = position
        print(f"consumer: position {position} of shard {shard} is missing: looking for it from the "
              "beginning of the topic", file=sys.stderr)
        self._at_end.discard(shard)
        self._consumer.seek(self._place(shard, OFFSET_BEGINNING))


def setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError("expected NAME=VALUE")
    return name, value


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, epilog=EXAMPLES,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bootstrap", required=True, metavar="HOST:PORT", help="Kafka's address")
    parser.add_argument("--database", required=True, metavar="FILE", help="ours; made if absent")
    parser.add_argument("--topic", default="apdr.events.v1", help="if a mirror calls it otherwise")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE",
                        type=setting,
                        help="a further setting of librdkafka, for TLS and SASL; repeat it")
    parser.add_argument("--batch", type=int, default=500, help="events in a transaction at most")
    parser.add_argument("--stop-at-end", action="store_true", help="do not wait for new events")
    parser.add_argument("--json", action="store_true", help="one JSON object for each event")
    parser.add_argument("--show-data", action="store_true",
                        help="UNSAFE: print what happened, too: names, dates of birth, free text")
    parser.add_argument("--protos", type=pathlib.Path, default=REPOSITORY / "proto",
                        help="the folder with the schemas")
    parser.add_argument("--protoc", default="protoc", help="the schema compiler")
    return parser.parse_args()


def main() -> int:
    arguments = parse_arguments()
    with tempfile.TemporaryDirectory() as generated:
        event_class = load_schemas(arguments.protos, arguments.protoc, generated)
        try:
            follower = Follower(arguments, event_class, Store(arguments.database))
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: setattr(follower, "stopping", True))
            follower.run()
        except (Refused, KafkaException) as error:
            print(f"consumer: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
