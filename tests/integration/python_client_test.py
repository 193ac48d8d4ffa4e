"""A client in another language, generated from the published schemas alone, plays a case through gRPC.

usage: python_client_test.py APDR_BINARY PROTOC
Exit code 77: this Python has no grpc or protobuf, nothing was tested.
"""

import importlib
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

try:
    import grpc
    from google.protobuf import any_pb2
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

BINARY, PROTOC = sys.argv[1:3]
CASE = "018f2222-0000-7000-8000-000000000001"
CALLER = (("apdr-tenant", "t1"), ("apdr-actor", "p-1"), ("apdr-role", "senco"))


def generate(folder):
    """Python classes of every schema."""
    protos = [str(path.relative_to("proto")) for path in pathlib.Path("proto").rglob("*.proto")]
    subprocess.run([PROTOC, "-I", "proto", f"--python_out={folder}", *protos], check=True)
    sys.path.insert(0, folder)


class ClientTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        generate(cls.folder.name)
        load = importlib.import_module
        cls.command = load("apdr.command.v1.command_service_pb2")
        cls.subscription = load("apdr.command.v1.subscription_service_pb2")
        cls.query = load("apdr.query.v1.query_service_pb2")
        cls.audit = load("apdr.query.v1.audit_service_pb2")
        cls.errors = load("apdr.error.v1.error_info_pb2")
        cls.registration = load("apdr.sen.v1.registration_pb2")
        cls.before = load("apdr.sen.v1.before_support_pb2")
        cls.types = load("apdr.sen.v1.types_pb2")
        cls.server = subprocess.Popen(
            [BINARY, "serve", "--listen", "127.0.0.1:0", "--data", cls.folder.name + "/data",
             "--log-level", "warning"], stdout=subprocess.PIPE, text=True)
        ready = cls.server.stdout.readline()
        cls.channel = grpc.insecure_channel(ready.split(" on ")[1].split(" ")[0])

    @classmethod
    def tearDownClass(cls):
        cls.channel.close()
        cls.server.send_signal(signal.SIGTERM)
        code = cls.server.wait(timeout=30)
        cls.server.stdout.close()
        cls.folder.cleanup()
        assert code == 0, f"apdr serve ended with {code}"

    def call(self, method, request, response, metadata=CALLER):
        """A unary call by its path: no generated stub is needed."""
        return self.channel.unary_unary(
            method, request_serializer=type(request).SerializeToString,
            response_deserializer=response.FromString)(request, metadata=metadata, timeout=30)

    def execute(self, request_id, command, **fields):
        packed = any_pb2.Any()
        packed.Pack(command)
        request = self.command.ExecuteRequest(
            request_id=request_id, case_id=CASE, command=packed, **fields)
        return self.call("/apdr.command.v1.CommandService/Execute", request,
                         self.command.ExecuteResponse)

    def refused(self, *args, **fields):
        with self.assertRaises(grpc.RpcError) as caught:
            self.execute(*args, **fields)
        details = self.errors.StatusDetails()
        for key, value in caught.exception.trailing_metadata():
            if key == "grpc-status-details-bin":
                details.ParseFromString(value)
        info = self.errors.ErrorInfo()
        info.ParseFromString(details.details[0].value)
        self.assertEqual(info.domain, "apdr")
        return caught.exception.code(), info.reason

    def register(self):
        command = self.registration.RegisterChild()
        child = command.registration
        child.given_name, child.family_name, child.date_of_birth = "Example", "Child", "2017-11-03"
        child.home_la, child.nc_year = "801", "3"
        child.setting.scheme = self.types.SETTING_SCHEME_URN
        child.setting.value = "199001"
        child.setting.type = self.types.SETTING_TYPE_SCHOOL
        return command

    def concern(self):
        command = self.before.RaiseConcern()
        command.concern.raised_by.person_id = "018f2222-0000-7000-8000-0000000000aa"
        command.concern.raised_by.role = "teacher"
        command.concern.areas.append(self.types.AREA_COGNITION_AND_LEARNING)
        command.concern.description = "Reads slowly and hesitates."
        return command

    def test_1_a_case_from_registration_to_concern(self):
        registered = self.execute("r1", self.register(), expect_new=True)
        self.assertEqual(registered.version, 1)
        again = self.execute("r1", self.register(), expect_new=True)
        self.assertTrue(again.repeated_request)
        self.assertEqual(again.events, registered.events)

        raised = self.execute("r2", self.concern(), expected_version=registered.version)
        self.assertGreater(raised.version, 1)
        self.assertTrue(raised.next_actions)

        view = self.call("/apdr.query.v1.QueryService/GetCase",
                         self.query.GetCaseRequest(case_id=CASE, min_position=raised.position),
                         self.query.GetCaseResponse)
        self.assertEqual(getattr(view, "case").stage, "concern")
        rows = self.call("/apdr.query.v1.AuditService/ListEvents",
                         self.audit.ListEventsRequest(case_id=CASE), self.audit.ListEventsResponse)
        self.assertEqual(len(rows.rows), raised.version)

    def test_2_refusals_name_a_code_of_the_catalogue(self):
        self.assertEqual(self.refused("r3", self.concern(), expected_version=99),
                         (grpc.StatusCode.ABORTED, "VERSION_CONFLICT"))
        self.assertEqual(self.refused("r1", self.concern()),
                         (grpc.StatusCode.ALREADY_EXISTS, "IDEMPOTENCY_MISMATCH"))
        self.assertEqual(self.refused("", self.concern()),
                         (grpc.StatusCode.INVALID_ARGUMENT, "FIELD_REQUIRED"))
        self.assertEqual(self.refused("r4", self.concern(), occurred_on="2199-01-01"),
                         (grpc.StatusCode.FAILED_PRECONDITION, "DATE_IN_FUTURE"))
        self.assertEqual(self.refused("r5", self.register()),
                         (grpc.StatusCode.ALREADY_EXISTS, "CASE_EXISTS"))

    def test_3_following_the_log(self):
        shards = self.call("/apdr.command.v1.SubscriptionService/ListShards",
                           self.subscription.ListShardsRequest(),
                           self.subscription.ListShardsResponse).shards
        shard = next(head for head in shards if head.position)
        batches = self.channel.unary_stream(
            "/apdr.command.v1.SubscriptionService/Subscribe",
            request_serializer=self.subscription.SubscribeRequest.SerializeToString,
            response_deserializer=self.subscription.SubscribeResponse.FromString)(
                self.subscription.SubscribeRequest(shard=shard.shard), metadata=CALLER, timeout=30)
        events = []
        for batch in batches:
            events.extend(batch.events)
            if batch.caught_up:
                break
        batches.cancel()
        self.assertEqual([event.position for event in events],
                         list(range(1, shard.position + 1)))

    def test_4_health_and_reflection(self):
        """By their bytes: neither needs a schema of ours."""
        health = self.channel.unary_unary("/grpc.health.v1.Health/Check")
        self.assertEqual(health(b"", timeout=30), b"\x08\x01")  # SERVING
        name = b"apdr.command.v1.CommandService"
        self.assertEqual(health(b"\x0a" + bytes([len(name)]) + name, timeout=30), b"\x08\x01")
        reflect = self.channel.stream_stream(
            "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")
        answer = next(reflect(iter([b"\x3a\x01*"]), timeout=30))  # list_services
        for service in (b"CommandService", b"SubscriptionService"):
            self.assertIn(b"apdr.command.v1." + service, answer)
        for service in (b"QueryService", b"AuditService"):
            self.assertIn(b"apdr.query.v1." + service, answer)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=2)
