"""docs/asyncapi.yaml against every record that a real server puts on a real broker.

usage: asyncapi_test.py APDR_BINARY PROTOC
Exit code 77: no broker, or this Python lacks a package; nothing was tested.
"""

import pathlib
import sys
import tempfile
import unittest

import published

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

from confluent_kafka import admin
from google.protobuf import descriptor_pool, json_format, timestamp_pb2, unknown_fields

BINARY, PROTOC = sys.argv[1:3]
PATH = pathlib.Path("docs/asyncapi.yaml")
DOCUMENT = yaml.safe_load(PATH.read_text())


def resolve(value):
    """What a reference inside the document stands for."""
    while "$ref" in value:
        target = DOCUMENT
        for part in value["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        value = target
    return value


def validator(schema):
    """A JSON schema of the document, whose references are the document's."""
    return jsonschema.Draft7Validator(
        schema, resolver=jsonschema.RefResolver(base_uri="", referrer=DOCUMENT))


def messages_of(channel):
    return [resolve(message) for message in channel["messages"].values()]


def text_headers(record):
    """Each header once, as UTF-8."""
    headers = {name: value.decode() for name, value in record.headers()}
    assert len(headers) == len(record.headers()), f"a header twice: {record.headers()}"
    return headers


def kafka_partition(case_id, count):
    """As Java's clients choose it: positive murmur2 of the key, whose bytes are a multiple of 4."""
    mask, multiplier = 0xFFFFFFFF, 0x5BD1E995
    h = 0x9747B28C ^ len(case_id)
    for at in range(0, len(case_id), 4):
        k = int.from_bytes(case_id[at:at + 4], "little") * multiplier & mask
        h = (h * multiplier & mask) ^ ((k ^ k >> 24) * multiplier & mask)
    h = (h ^ h >> 13) * multiplier & mask
    return ((h ^ h >> 15) & 0x7FFFFFFF) % count


def personal_texts(message, found):
    """The texts of a message's sensitive fields, at any depth."""
    sensitive = descriptor_pool.Default().FindExtensionByName("apdr.options.v1.sensitive")
    for field, value in message.ListFields():
        marked = field.GetOptions().Extensions[sensitive]
        for one in value if field.label == field.LABEL_REPEATED else [value]:
            if field.type == field.TYPE_MESSAGE:
                personal_texts(one, found)
            elif marked and field.type == field.TYPE_STRING:
                found.add(one)
    return found


class AsyncApiTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        published.generate(cls.folder.name, PROTOC)
        cls.addClassCleanup(cls.folder.cleanup)
        cls.server = published.Server(BINARY, cls.folder.name)
        cls.addClassCleanup(cls.server.stop)
        cls.server.play()
        cls.count = cls.server.event_count()
        cls.records = {channel["address"]: published.read(channel["address"], cls.count)
                       for channel in DOCUMENT["channels"].values()}

    def each(self):
        """Every record with its headers, its decoded value and the document's message."""
        for channel in DOCUMENT["channels"].values():
            message, = messages_of(channel)
            decoder = published.message_class(message["payload"]["x-message"])
            for record in self.records[channel["address"]]:
                yield record, text_headers(record), decoder.FromString(record.value()), message

    def test_channels_are_the_topics_of_the_broker_with_their_settings(self):
        client = published.administrator()
        topics = client.list_topics(timeout=30).topics
        described = yaml.safe_load(pathlib.Path("deploy/kafka/topics.yaml").read_text())["topics"]
        addresses = {channel["address"]: channel for channel in DOCUMENT["channels"].values()}
        self.assertEqual({topic["name"] for topic in described}, set(addresses))
        for address, channel in addresses.items():
            self.assertEqual(len(topics[address].partitions), published.SHARDS)
            resource = admin.ConfigResource(admin.RESOURCE_TOPIC, address)
            settings = client.describe_configs([resource])[resource].result()
            for name, value in channel["bindings"]["kafka"]["topicConfiguration"].items():
                text = ",".join(value) if isinstance(value, list) else str(value)
                self.assertEqual(settings[name].value, text, f"{address}: {name}")

    def test_operations_send_every_message_of_every_channel(self):
        sent = []
        for operation in DOCUMENT["operations"].values():
            self.assertEqual(operation["action"], "send")
            channel = resolve(operation["channel"])
            messages = [resolve(message) for message in operation["messages"]]
            self.assertEqual(messages, messages_of(channel))
            sent += messages
        self.assertCountEqual([message["name"] for message in sent],
                              [message["name"] for message in
                               DOCUMENT["components"]["messages"].values()])

    def test_payloads_point_at_the_schemas(self):
        for message in DOCUMENT["components"]["messages"].values():
            payload = message["payload"]
            file = PATH.parent.joinpath(payload["schema"]["$ref"]).resolve()
            self.assertTrue(file.is_file(), file)
            descriptor = published.message_class(payload["x-message"]).DESCRIPTOR
            self.assertEqual(descriptor.file.name,
                             str(file.relative_to(pathlib.Path("proto").resolve())))
            self.assertEqual(descriptor.full_name, message["name"])

    def test_every_record_has_the_headers_and_the_key_of_the_document(self):
        for record, headers, _, message in self.each():
            schema = resolve(message["headers"])
            validator(schema).validate(headers)
            self.assertLessEqual(set(headers), set(schema["properties"]), "not in the document")
            validator(resolve(message["bindings"]["kafka"]["key"])).validate(record.key().decode())

    def test_every_value_is_the_message_of_the_document_and_agrees_with_its_headers(self):
        for record, headers, value, message in self.each():
            self.assertFalse(len(unknown_fields.UnknownFieldSet(value)))
            self.assertEqual(headers["content-type"], message["contentType"])
            self.assertEqual({headers["ce_subject"], headers["ce_partitionkey"],
                              record.key().decode()}, {value.case_id})
            self.assertEqual(int(headers["ce_sequence"]), value.position)
            self.assertEqual(record.partition(), value.shard)
            self.assertEqual(record.partition(),
                             kafka_partition(record.key(), published.SHARDS))
            recorded = timestamp_pb2.Timestamp()
            recorded.FromJsonString(headers["ce_time"])
            self.assertEqual(recorded, value.recorded_time)
            self.assertTrue(headers["ce_source"].startswith("/apdr/" + value.tenant_id))

    def test_every_event_is_there_once_with_its_notice(self):
        notices = {}
        for _, headers, value, message in self.each():
            if message["name"] == "apdr.event.v1.Notice":
                notices[(value.shard, value.position)] = (headers, value)
        positions = []
        for _, headers, event, message in self.each():
            if message["name"] != "apdr.event.v1.Event":
                continue
            positions.append((event.shard, event.position))
            of_notice, notice = notices[(event.shard, event.position)]
            self.assertEqual(headers["ce_type"], event.data.TypeName())
            self.assertEqual(headers["ce_type"], notice.event_type)
            self.assertEqual(event.event_id, headers["ce_id"])
            self.assertEqual(notice.notice_id, headers["ce_id"])
            self.assertNotEqual(of_notice["ce_source"], headers["ce_source"])
            self.assertEqual(headers.get("traceparent", ""), event.traceparent)
            self.assertEqual(of_notice.get("traceparent", ""), event.traceparent)
        self.assertEqual(len(set(positions)), self.count)

    def test_both_traced_and_untraced_requests_were_seen(self):
        traced = {headers.get("traceparent") for _, headers, _, _ in self.each()}
        self.assertEqual(traced, {None, published.TRACEPARENT})

    def test_no_personal_data_outside_the_values_of_events(self):
        texts = set()
        for _, _, value, message in self.each():
            if message["name"] == "apdr.event.v1.Event":
                data = published.new(value.data.TypeName())
                self.assertTrue(value.data.Unpack(data))
                personal_texts(data, texts)
        self.assertIn("Amira", texts)
        for record, headers, _, message in self.each():
            outside = [record.key(), *(text.encode() for text in headers.values())]
            if message["name"] != "apdr.event.v1.Event":
                outside.append(record.value())
            for text in texts:
                if len(text) > 3:
                    self.assertFalse(any(text.encode() in part for part in outside), text)

    def test_examples_are_what_they_show(self):
        for message in DOCUMENT["components"]["messages"].values():
            self.assertTrue(message["examples"])
            for example in message["examples"]:
                validator(resolve(message["headers"])).validate(example["headers"])
                value = json_format.ParseDict(example["payload"],
                                              published.new(message["payload"]["x-message"]))
                self.assertEqual(int(example["headers"]["ce_sequence"]), value.position)
                self.assertEqual(example["headers"]["ce_subject"], value.case_id)

    def test_a_record_that_is_not_as_the_document_says_is_found(self):
        headers = text_headers(self.records[published.EVENTS][0])
        schema = validator(resolve(DOCUMENT["components"]["messages"]["event"]["headers"]))
        for name in headers:
            if name != "traceparent":
                self.assertFalse(schema.is_valid(
                    {other: text for other, text in headers.items() if other != name}), name)
            self.assertFalse(schema.is_valid({**headers, name: "?"}), name)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=2)
