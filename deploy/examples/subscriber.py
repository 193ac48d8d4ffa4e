#!/usr/bin/env python3
"""Takes part in a durable subscription of apdr, over gRPC, and gives each event exactly one effect.

A model for a service of your own where there is no Kafka. Its effect is a row in an SQLite database
under the event's id, so that what comes twice has no second effect; events are acknowledged once
the row is committed. It needs the schemas in proto/, and nothing else of apdr.
"""

from __future__ import annotations

import argparse
import importlib
import pathlib
import queue
import sqlite3
import subprocess
import sys
import tempfile
import time
from typing import Any

try:
    import grpc
except ImportError as missing:
    sys.exit(f"subscriber: {missing}: apt-get install python3-grpcio python3-protobuf")

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
METHOD = "/apdr.subscription.v1.DurableSubscriptionService/Consume"
EXAMPLES = """\
examples:
  apdr subscription create reminders --type ReviewOverdue
  subscriber.py --subscription reminders --member worker-1 --database mine.db
  sqlite3 mine.db 'SELECT case_id, COUNT(*) FROM history GROUP BY case_id'

needs: apt-get install python3-grpcio python3-protobuf protobuf-compiler
What is promised of a subscription: docs/subscriptions.md.
"""
TABLE = """
CREATE TABLE IF NOT EXISTS history (
  event_id TEXT PRIMARY KEY, case_id TEXT NOT NULL, version INTEGER NOT NULL, type TEXT NOT NULL,
  shard INTEGER NOT NULL, position INTEGER NOT NULL);
"""
# Join again after these: the server restarts, or had to put us out. Not if it did so for a newer
# call under our own member id: two processes would put each other out for ever.
TRY_AGAIN = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.ABORTED)
REPLACED = "MEMBER_REPLACED"
WAIT_SECONDS = (0.5, 1, 2, 5, 10)


def load_schemas(protos: pathlib.Path, protoc: str, folder: str) -> tuple[Any, Any]:
    """Generates Python classes of every schema into `folder`; returns the service's and errors'."""
    names = sorted(str(path.relative_to(protos)) for path in protos.rglob("*.proto"))
    subprocess.run([protoc, "-I", str(protos), f"--python_out={folder}", *names], check=True)
    sys.path.insert(0, folder)
    return (importlib.import_module("apdr.subscription.v1.durable_subscription_service_pb2"),
            importlib.import_module("apdr.error.v1.error_info_pb2"))


def reason_of(error: grpc.RpcError, errors: Any) -> str:
    """The error's code in the catalogue (docs/errors.md); empty: it is not one of apdr's."""
    details, info = errors.StatusDetails(), errors.ErrorInfo()
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            details.ParseFromString(value)
    if details.details:
        info.ParseFromString(details.details[0].value)
    return info.reason


class Subscriber:
    """One member of the subscription."""

    def __init__(self, arguments: argparse.Namespace, schema: Any) -> None:
        self._arguments, self._schema = arguments, schema
        self._database = sqlite3.connect(arguments.database, isolation_level=None)
        self._database.executescript(TABLE)
        self.heard = False  # In this call.

    def consume(self, channel: grpc.Channel) -> None:
        """Joins, and stays until the call ends."""
        self.heard = False
        outgoing: queue.SimpleQueue[Any] = queue.SimpleQueue()
        outgoing.put(self._schema.ConsumeRequest(join=self._schema.JoinSubscription(
            subscription=self._arguments.subscription, member_id=self._arguments.member)))
        call = channel.stream_stream(
            METHOD, request_serializer=self._schema.ConsumeRequest.SerializeToString,
            response_deserializer=self._schema.ConsumeResponse.FromString)
        caller = (("apdr-tenant", self._arguments.tenant), ("apdr-actor", self._arguments.actor),
                  ("apdr-role", self._arguments.role))
        try:
            for response in call(iter(outgoing.get, None), metadata=caller):
                self.heard = True
                for acknowledgement in self._take(response.deliveries.deliveries):
                    outgoing.put(acknowledgement)
                if response.HasField("caught_up") and self._arguments.stop_at_end:
                    outgoing.put(None)  # We have said all that we wanted to say.
                if response.HasField("refusal"):
                    print(f"subscriber: {response.refusal.reason}", file=sys.stderr)
        finally:
            outgoing.put(None)  # Whoever still waits for what we say need not.

    def _take(self, deliveries: Any) -> list[Any]:
        """Gives each event its effect, in one transaction; returns what to acknowledge then.

        An event that this service cannot deal with would be answered with a NackDelivery instead.
        """
        last, lines = {}, []
        with self._database:
            self._database.execute("BEGIN IMMEDIATE")
            for delivery in deliveries:
                event = delivery.event
                kind = event.data.type_url.rpartition("/")[2]
                new = self._database.execute(
                    "INSERT OR IGNORE INTO history VALUES (?, ?, ?, ?, ?, ?)",
                    (event.event_id, event.case_id, event.version, kind, event.shard,
                     event.position)).rowcount
                last[event.shard] = delivery
                if new:
                    lines.append(f"{event.shard}/{event.position}  {kind}  {event.case_id} version "
                                 f"{event.version}")
        for line in lines:
            print(line, flush=True)
        return [self._schema.ConsumeRequest(acknowledge=self._schema.AcknowledgeDeliveries(
                    shard=shard, generation=delivery.generation,
                    delivery_tag=delivery.delivery_tag)) for shard, delivery in last.items()]


def stay(subscriber: Subscriber, channel: grpc.Channel, errors: Any) -> None:
    """Joins again, ever more slowly, while that may help."""
    tries = 0
    while True:
        try:
            return subscriber.consume(channel)
        except grpc.RpcError as error:
            if error.code() not in TRY_AGAIN or reason_of(error, errors) == REPLACED:
                raise
            tries = 0 if subscriber.heard else tries + 1
            print(f"subscriber: joining again: {error.details()}", file=sys.stderr, flush=True)
            time.sleep(WAIT_SECONDS[min(tries, len(WAIT_SECONDS) - 1)])


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, epilog=EXAMPLES,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", default="127.0.0.1:7400", metavar="HOST:PORT")
    parser.add_argument("--subscription", required=True, help="its name")
    parser.add_argument("--member", required=True,
                        help="an id of this process alone, the same after a restart")
    parser.add_argument("--database", required=True, metavar="FILE", help="ours; made if absent")
    parser.add_argument("--tenant", default="la-801")
    parser.add_argument("--actor", default="subscriber", help="an opaque id, never a name")
    parser.add_argument("--role", default="system")
    parser.add_argument("--stop-at-end", action="store_true", help="do not wait for new events")
    parser.add_argument("--protos", type=pathlib.Path, default=REPOSITORY / "proto",
                        help="the folder with the schemas")
    parser.add_argument("--protoc", default="protoc", help="the schema compiler")
    return parser.parse_args()


def main() -> int:
    arguments = parse_arguments()
    with tempfile.TemporaryDirectory() as generated:
        schema, errors = load_schemas(arguments.protos, arguments.protoc, generated)
        with grpc.insecure_channel(arguments.server) as channel:
            try:
                stay(Subscriber(arguments, schema), channel, errors)
            except grpc.RpcError as error:
                print(f"subscriber: {error.details()}", file=sys.stderr)
                if reason_of(error, errors) == REPLACED:
                    print("subscriber: another process has our --member id: give each its own",
                          file=sys.stderr)
                return 1
            except KeyboardInterrupt:  # What is not acknowledged comes again.
                pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
