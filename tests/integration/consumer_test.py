"""deploy/examples/consumer.py beside a real server and a real broker: killed, and fed with repeats and holes.

usage: consumer_test.py APDR_BINARY PROTOC
Exit code 77: no broker, or this Python lacks a package; nothing was tested.
"""

import json
import pathlib
import signal
import sqlite3
import subprocess
import sys
import tempfile
import unittest

import published

BINARY, PROTOC = sys.argv[1:3]
COPY = "apdr.test.copy"
PIPE_BYTES = 4096  # A consumer whose lines nobody reads gets no further than this.


class ConsumerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        published.generate(cls.folder.name, PROTOC)
        cls.server = published.Server(BINARY, cls.folder.name)
        cls.addClassCleanup(cls.server.stop)
        cls.server.play()
        cls.records = published.read(published.EVENTS, cls.server.event_count())
        cls.audit = cls.server.audit_trail(len(cls.records))

    def setUp(self):
        self.database = str(pathlib.Path(self.folder.name) / (self.id() + ".db"))

    def command(self, *flags):
        return [sys.executable, "deploy/examples/consumer.py", "--bootstrap", published.BROKER,
                "--protoc", PROTOC, "--database", self.database, *flags]

    def start(self, *flags):
        consumer = subprocess.Popen(self.command(*flags), stdout=subprocess.PIPE, bufsize=0,
                                    pipesize=PIPE_BYTES)
        self.addCleanup(consumer.stdout.close)
        self.addCleanup(consumer.wait)
        self.addCleanup(consumer.kill)
        return consumer

    def start_and_kill(self, lines):
        """Kills it, in the middle of its work, when it has printed so many lines."""
        consumer = self.start("--json", "--batch", "1")
        for _ in range(lines):
            json.loads(consumer.stdout.readline())
        consumer.kill()
        self.assertEqual(consumer.wait(), -signal.SIGKILL)

    def run_to_the_end(self, *flags):
        return subprocess.run(self.command("--stop-at-end", *flags), capture_output=True, text=True,
                              timeout=published.SECONDS_MAX)

    def effects(self):
        """What the consumer wrote for each event, in the order in which it did."""
        with sqlite3.connect(self.database) as database:
            return database.execute("SELECT * FROM history ORDER BY rowid").fetchall()

    def expect_each_event_once_in_order(self):
        effects = self.effects()
        self.assertCountEqual(effects, [
            (event.tenant_id, event.case_id, event.version, event.data.TypeName(),
             event.occurred_on, event.event_id, event.shard, event.position)
            for event in self.audit])
        cases = {}
        for _, case_id, version, *_ in effects:
            cases.setdefault(case_id, []).append(version)
        for case_id, versions in cases.items():
            self.assertEqual(versions, list(range(1, len(versions) + 1)), case_id)

    def copies(self, shard):
        """The records of a shard, as they can be produced to another topic."""
        return [(shard, record.key(), record.value(), record.headers())
                for record in self.records if record.partition() == shard]

    def all_copies(self):
        return [copy for shard in range(published.SHARDS) for copy in self.copies(shard)]

    def fill(self, records):
        published.create_topic(COPY)
        published.produce(COPY, records)

    def busy_shard(self):
        return max(range(published.SHARDS), key=lambda shard: len(self.copies(shard)))

    def test_killed_it_resumes_with_no_loss_and_no_second_effect(self):
        for lines in (1, 3, 2):
            before = len(self.effects()) if pathlib.Path(self.database).exists() else 0
            self.start_and_kill(lines)
            self.assertGreaterEqual(len(self.effects()), before + lines)
            self.assertLess(len(self.effects()), len(self.records), "it was not killed in time")

        consumer = self.start("--json")
        before = len(self.effects())
        for _ in range(len(self.records) - before):
            json.loads(consumer.stdout.readline())
        consumer.send_signal(signal.SIGTERM)
        self.assertEqual(consumer.wait(timeout=published.SECONDS_MAX), 0)
        self.assertEqual(consumer.stdout.read(), b"")
        self.expect_each_event_once_in_order()

    def test_a_second_run_has_nothing_to_do(self):
        self.assertEqual(self.run_to_the_end().returncode, 0)
        again = self.run_to_the_end()
        self.assertEqual((again.returncode, again.stdout), (0, ""))
        self.expect_each_event_once_in_order()

    def test_prints_no_personal_data_unless_asked(self):
        usual = self.run_to_the_end("--json")
        self.assertEqual(len(usual.stdout.splitlines()), len(self.records))
        self.assertNotIn("Amira", usual.stdout + usual.stderr)
        pathlib.Path(self.database).unlink()
        asked = self.run_to_the_end("--json", "--show-data")
        self.assertIn("Amira", asked.stdout)

    def test_records_that_come_again_have_no_second_effect(self):
        twice = [copy for copy in self.all_copies() for _ in range(2)]
        self.fill(twice + self.all_copies())
        self.assertEqual(self.run_to_the_end("--topic", COPY, "--batch", "7").returncode, 0)
        self.expect_each_event_once_in_order()

    def test_a_topic_made_anew_is_gone_on_with(self):
        shard = self.busy_shard()
        half = len(self.copies(shard)) // 2
        self.fill(self.copies(shard)[:half] * 2)
        self.assertEqual(self.run_to_the_end("--topic", COPY).returncode, 0)
        self.assertEqual(len(self.effects()), half)
        # Now the offsets after the last position are other ones.
        self.fill(self.all_copies())
        self.assertEqual(self.run_to_the_end("--topic", COPY).returncode, 0)
        self.expect_each_event_once_in_order()

    def test_what_a_broker_lost_and_got_again_is_taken_in_order(self):
        holed = []
        for shard in range(published.SHARDS):
            records = self.copies(shard)
            holed += records[:2] + records[4:6] + records[2:]
        self.fill(holed)
        self.assertEqual(self.run_to_the_end("--topic", COPY, "--batch", "1").returncode, 0)
        self.expect_each_event_once_in_order()

    def test_a_hole_is_named_and_nothing_behind_it_is_taken(self):
        shard = self.busy_shard()
        self.fill(self.copies(shard)[:5] + self.copies(shard)[6:])
        run = self.run_to_the_end("--topic", COPY)
        self.assertEqual(run.returncode, 1)
        self.assertIn(f"position 6 of shard {shard}", run.stderr)
        self.assertEqual([effect[-1] for effect in self.effects()], [1, 2, 3, 4, 5])

    def test_an_event_of_a_newer_type_is_taken_and_a_foreign_record_is_passed_over(self):
        shard = self.busy_shard()
        _, key, value, headers = self.copies(shard)[-1]
        event = published.message_class("apdr.event.v1.Event").FromString(value)
        event.position, event.version, event.event_id = event.position + 1, 999, "new"
        event.data.type_url = "type.googleapis.com/apdr.youth.v9.SomethingNew"
        new = dict(headers) | {"ce_type": b"apdr.youth.v9.SomethingNew"}
        self.fill([(shard, b"k", b"not of apdr", None), *self.all_copies(),
                   (shard, key, event.SerializeToString(), list(new.items()))])
        run = self.run_to_the_end("--topic", COPY, "--show-data")
        self.assertEqual(run.returncode, 0)
        self.assertIn("skipped offset 0", run.stderr)
        self.assertIn("apdr.youth.v9.SomethingNew", run.stdout)
        self.assertEqual(len(self.effects()), len(self.records) + 1)

    def test_bytes_that_do_not_read_back_stop_it_in_front_of_them(self):
        shard = self.busy_shard()
        records = self.copies(shard)
        broken = (shard, records[3][1], b"\xff", records[3][3])
        self.fill([*records[:3], broken, *records[4:]])
        run = self.run_to_the_end("--topic", COPY)
        self.assertEqual(run.returncode, 1)
        self.assertIn("offset 3", run.stderr)
        self.assertEqual(len(self.effects()), 3)

    def test_a_topic_that_is_not_there_is_named(self):
        run = self.run_to_the_end("--topic", "apdr.none")
        self.assertEqual(run.returncode, 1)
        self.assertIn("Expected topic apdr.none", run.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=2)
