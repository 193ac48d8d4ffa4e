"""What a real `apdr serve` puts on a real broker, for tests of the contract with other systems."""

import os
import pathlib
import signal
import subprocess
import sys
import time

try:
    import confluent_kafka
    import grpc
    from confluent_kafka import admin
    from google.protobuf import any_pb2, symbol_database
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

BROKER = os.environ.get("APDR_TEST_KAFKA", "")
if not BROKER:
    print("skipped: APDR_TEST_KAFKA is not set: see deploy/kafka/with_broker.sh")
    sys.exit(77)

EVENTS, NOTICES = "apdr.events.v1", "apdr.notices.v1"
SHARDS = 3
SECONDS_MAX = 60
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
TENANTS = ("la-801", "trust.7")


def generate(folder, protoc):
    """Python classes of every schema, each registered by its full name."""
    names = [str(path.relative_to("proto")) for path in pathlib.Path("proto").rglob("*.proto")]
    subprocess.run([protoc, "-I", "proto", f"--python_out={folder}", *names], check=True)
    sys.path.insert(0, folder)
    for name in names:
        __import__(name.removesuffix(".proto").replace("/", ".") + "_pb2")


def message_class(name):
    return symbol_database.Default().GetSymbol(name)


def new(name, **fields):
    return message_class(name)(**fields)


def administrator():
    return admin.AdminClient({"bootstrap.servers": BROKER})


def await_topics(client, is_so):
    """Waits until the broker's list of topics is so."""
    end = time.monotonic() + SECONDS_MAX
    while not is_so(client.list_topics(timeout=SECONDS_MAX).topics):
        assert time.monotonic() < end, "the broker's topics did not become what they should be"


def delete_topics(names):
    client = administrator()
    for done in client.delete_topics(list(names), operation_timeout=30).values():
        try:
            done.result()
        except confluent_kafka.KafkaException as error:  # It was not there.
            if error.args[0].code() != confluent_kafka.KafkaError.UNKNOWN_TOPIC_OR_PART:
                raise
    await_topics(client, lambda topics: not set(names) & set(topics))


def create_topic(name):
    delete_topics([name])
    client = administrator()
    topic = admin.NewTopic(name, num_partitions=SHARDS, replication_factor=1)
    for done in client.create_topics([topic]).values():
        done.result()
    await_topics(client, lambda topics: name in topics and len(topics[name].partitions) == SHARDS)


def produce(topic, records):
    """Sends (partition, key, value, headers) in order."""
    producer = confluent_kafka.Producer({"bootstrap.servers": BROKER, "enable.idempotence": True})
    for partition, key, value, headers in records:
        producer.produce(topic, value=value, key=key, headers=headers, partition=partition)
    assert producer.flush(SECONDS_MAX) == 0


def read(topic, count):
    """The records of a topic, in order per partition, once there are `count` of them."""
    consumer = confluent_kafka.Consumer({
        "bootstrap.servers": BROKER, "group.id": "apdr-test", "enable.auto.commit": False})
    consumer.assign([confluent_kafka.TopicPartition(topic, partition,
                                                    confluent_kafka.OFFSET_BEGINNING)
                     for partition in range(SHARDS)])
    end = time.monotonic() + SECONDS_MAX
    records = []
    while len(records) < count and time.monotonic() < end:
        message = consumer.poll(1)
        if message is not None and message.error() is None:
            records.append(message)
    consumer.close()
    assert len(records) >= count, f"{topic} holds {len(records)} of {count} records"
    return records


class Server:
    """`apdr serve` with new topics: it publishes, and asks itself over Kafka."""

    def __init__(self, binary, folder):
        delete_topics([EVENTS, NOTICES])
        self.binary = binary
        self.process = subprocess.Popen(
            [binary, "serve", "--listen", "127.0.0.1:0", "--data", folder + "/data",
             "--shards", str(SHARDS), "--kafka", BROKER, "--demo-clock",
             "--log-level", "warning"], stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().split(" on ")[1].split(" ")[0]
        self.channel = grpc.insecure_channel(self.address)

    def stop(self):
        self.channel.close()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=SECONDS_MAX)
        self.process.stdout.close()
        assert code == 0, f"apdr serve ended with {code}"

    def call(self, method, request, response, tenant, extra=()):
        caller = (("apdr-tenant", tenant), ("apdr-actor", "p-1"), ("apdr-role", "senco"), *extra)
        return self.channel.unary_unary(
            method, request_serializer=type(request).SerializeToString,
            response_deserializer=message_class(response).FromString)(
                request, metadata=caller, timeout=SECONDS_MAX)

    def register(self, number):
        """A child's case in one of two tenants; every other request is traced."""
        command = new("apdr.sen.v1.RegisterChild")
        child = command.registration
        child.given_name, child.family_name, child.date_of_birth = "Exemplary", "Kid", "2017-11-03"
        child.home_la, child.nc_year = "801", "3"
        child.setting.scheme, child.setting.value, child.setting.type = 1, "199001", 1
        packed = any_pb2.Any()
        packed.Pack(command)
        self.call("/apdr.command.v1.CommandService/Execute",
                  new("apdr.command.v1.ExecuteRequest", request_id=f"r{number}", command=packed,
                      case_id=f"018f2222-0000-7000-8000-{number:012d}", expect_new=True),
                  "apdr.command.v1.ExecuteResponse", TENANTS[number % 2],
                  (("traceparent", TRACEPARENT),) if number % 4 < 2 else ())

    def play(self):
        """Two school years of an invented child, and twelve short cases."""
        subprocess.run([self.binary, "case", "run", "deploy/examples/amira.json",
                        "--server", self.address, "--tenant", TENANTS[0]],
                       check=True, stdout=subprocess.DEVNULL)
        for number in range(12):
            self.register(number)

    def event_count(self):
        heads = self.call("/apdr.command.v1.SubscriptionService/ListShards",
                          new("apdr.command.v1.ListShardsRequest"),
                          "apdr.command.v1.ListShardsResponse", TENANTS[0]).shards
        return sum(head.position for head in heads)

    def audit_trail(self, count):
        """The events of all tenants as the audit service tells them, once it has `count`."""
        end = time.monotonic() + SECONDS_MAX
        events = []
        while len(events) < count:
            assert time.monotonic() < end, f"the audit trail has {len(events)} of {count} events"
            events = [row.event for tenant in TENANTS
                      for row in self.call("/apdr.query.v1.AuditService/ListEvents",
                                           new("apdr.query.v1.ListEventsRequest", page_size=1000),
                                           "apdr.query.v1.ListEventsResponse", tenant).rows]
        return events
