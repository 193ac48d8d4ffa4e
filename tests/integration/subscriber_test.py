"""deploy/examples/subscriber.py beside a real server: killed in the middle, and with the server killed under it.

usage: subscriber_test.py APDR_BINARY PROTOC
Exit code 77: this Python has no grpc or protobuf, nothing was tested.
"""

import pathlib
import signal
import sqlite3
import subprocess
import sys
import tempfile
import unittest

try:
    import google.protobuf
    import grpc
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

BINARY, PROTOC = sys.argv[1:3]
SECONDS_MAX = 60
PIPE_BYTES = 4096  # A subscriber whose lines nobody reads gets no further than this.


class SubscriberTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.address = "127.0.0.1:0"
        self.start_server()
        self.apdr("subscription", "create", "all")

    def start_server(self):
        """Also again, at the same address."""
        self.server = subprocess.Popen(
            [BINARY, "serve", "--listen", self.address, "--data", str(self.folder / "data"),
             "--demo-clock", "--log-level", "error"], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(self.server.stdout.close)
        self.addCleanup(self.server.wait)
        self.addCleanup(self.server.kill)
        self.address = self.server.stdout.readline().split(" on ")[1].split(" ")[0]

    def apdr(self, *arguments):
        return subprocess.run([BINARY, *arguments, "--server", self.address], check=True,
                              capture_output=True, text=True, timeout=SECONDS_MAX).stdout

    def start(self, *flags, stderr=subprocess.DEVNULL):
        subscriber = subprocess.Popen(
            [sys.executable, "deploy/examples/subscriber.py", "--server", self.address,
             "--subscription", "all", "--member", "worker-1", "--database",
             str(self.folder / "mine.db"), "--protoc", PROTOC, *flags],
            stdout=subprocess.PIPE, stderr=stderr, bufsize=0, pipesize=PIPE_BYTES)
        self.addCleanup(subscriber.stdout.close)
        if subscriber.stderr:
            self.addCleanup(subscriber.stderr.close)
        self.addCleanup(subscriber.wait)
        self.addCleanup(subscriber.kill)
        return subscriber

    def check_history(self):
        """Every event of the log is there once, and those of a case came in order."""
        database = sqlite3.connect(self.folder / "mine.db")
        self.addCleanup(database.close)
        events = self.apdr("tail", "--until-caught-up").splitlines()
        rows = database.execute("SELECT case_id, version FROM history ORDER BY rowid").fetchall()
        self.assertGreater(len(events), 30)
        self.assertEqual(len(rows), len(events))
        last = {}
        for case_id, version in rows:
            self.assertEqual(version, last.get(case_id, 0) + 1)
            last[case_id] = version

    def test_goes_on_after_it_was_killed(self):
        self.apdr("case", "run", "deploy/examples/amira.json")
        subscriber = self.start()
        for _ in range(5):
            self.assertTrue(subscriber.stdout.readline())
        subscriber.kill()
        self.assertEqual(subscriber.wait(), -signal.SIGKILL)

        rest = self.start("--stop-at-end")
        rest.communicate(timeout=SECONDS_MAX)

        self.assertEqual(rest.returncode, 0)
        self.check_history()

    def test_joins_again_when_the_server_was_killed(self):
        subscriber = self.start("--stop-at-end")
        subscriber.communicate(timeout=SECONDS_MAX)
        self.assertEqual(subscriber.returncode, 0, "an empty log is soon read")
        subscriber = self.start()
        self.apdr("case", "run", "deploy/examples/amira.json")
        self.assertTrue(subscriber.stdout.readline())
        self.server.kill()
        self.server.wait()
        self.start_server()
        events = len(self.apdr("tail", "--until-caught-up").splitlines())

        for _ in range(events - 1):
            self.assertTrue(subscriber.stdout.readline())

        self.check_history()

    def test_command_acknowledges_nothing_that_it_cannot_write(self):
        self.apdr("case", "run", "deploy/examples/amira.json")
        for command in (["subscription", "consume", "all"], ["tail"]):
            with self.subTest(command=command), open("/dev/full", "w") as full:
                ended = subprocess.run(
                    [BINARY, *command, "--until-caught-up", "--server", self.address], stdout=full,
                    stderr=subprocess.PIPE, text=True, timeout=SECONDS_MAX)
                self.assertEqual(ended.returncode, 1)
                self.assertIn("standard output, but it takes no more", ended.stderr)
        log = self.apdr("tail", "--until-caught-up").splitlines()
        self.assertEqual(
            len(self.apdr("subscription", "consume", "all", "--until-caught-up").splitlines()),
            len(log), "everything comes again")

    def test_ends_when_another_process_takes_its_place(self):
        self.apdr("case", "run", "deploy/examples/amira.json")
        older = self.start(stderr=subprocess.PIPE)
        self.assertTrue(older.stdout.readline())
        newer = self.start("--stop-at-end")
        newer.communicate(timeout=SECONDS_MAX)
        self.assertEqual(newer.returncode, 0, "nobody puts it out")
        said = older.communicate(timeout=SECONDS_MAX)[1].decode()
        self.assertEqual(older.returncode, 1)
        self.assertIn("another process has our --member id", said)

    def test_says_why_it_may_not_join(self):
        refused = self.start("--role", "parent")
        self.assertEqual(refused.wait(timeout=SECONDS_MAX), 1)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
