"""The notify role as a process, against local servers that speak what the real ones document: webhooks over TLS,
GOV.UK Notify's API, and a mail server with STARTTLS.

usage: notify_test.py APDR_BINARY
Exit code 77: this Python has no aiosmtpd or cryptography, nothing was tested.
"""

import asyncio
import base64
import collections
import datetime
import email
import email.policy
import hashlib
import hmac
import http.server
import ipaddress
import json
import logging
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

try:
    import aiosmtpd.smtp
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

BINARY = sys.argv[1]
SERVICE, SECRET = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"
HMAC_KEY = bytes(range(32))
SEED = bytes(range(100, 132))
NAMES = ("Amira", "Rahman", "2017-11-03", "U801299922001")
TOLD = ("ReviewReminderIssued", "ReviewOverdue", "PlanAgreed", "ReviewHeld", "ConcernRaised")
SCRIPT = "deploy/examples/amira.json"
ADDRESSES = ("senco@school.example", "parent@home.example")

ROUTES = """
not_older_than_days = 36500
link = "https://apdr.example/cases/{{case_id}}"
ca_file = "{folder}/ca.pem"
[smtp]
url = "smtp://127.0.0.1:{smtp}"
from = "apdr@la.example"
[govuk_notify]
url = "https://127.0.0.1:{http}"
api_key = "file:{folder}/govuk.key"
email_template_id = "f33517ff-2a88-4f6e-b855-c550268ce08a"
[[messages]]
events = ["ReviewReminderIssued", "ReviewOverdue"]
subject = "{{event}} {{due_on}}"
text = "Case {{case}}: {{link}}"
[[messages]]
events = ["PlanAgreed", "ReviewHeld", "ConcernRaised"]
to = ["senco", "parent"]
subject = "{{event}}"
text = "{{event}} for case {{case}} at {{setting}}: {{link}}"
[[recipients]]
name = "senco-1"
tenant = "la-801"
roles = ["senco", "teacher"]
settings = ["URN:199001"]
channel = "email"
address = "senco@school.example"
[[recipients]]
name = "parent-1"
tenant = "la-801"
roles = ["parent"]
cases = ["01990000-0000-7000-8000-0000000ca001"]
channel = "govuk-email"
address = "parent@home.example"
[[webhooks]]
name = "mis"
tenant = "la-801"
authorities = ["801"]
url = "https://127.0.0.1:{http}/mis"
secrets = ["file:{folder}/hmac.secret", "file:{folder}/ed25519.key"]
[[webhooks]]
name = "closed"
tenant = "la-801"
all = true
url = "https://127.0.0.1:{http}/closed"
secrets = ["file:{folder}/hmac.secret"]
"""


def make_certificate(folder):
    """A certificate for 127.0.0.1 that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.utcnow()
    alternatives = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (x509.CertificateBuilder().subject_name(name).issuer_name(name)
                   .public_key(key.public_key()).serial_number(x509.random_serial_number())
                   .not_valid_before(now - datetime.timedelta(days=1))
                   .not_valid_after(now + datetime.timedelta(days=1))
                   .add_extension(alternatives, critical=False)
                   .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
                   .sign(key, hashes.SHA256()))
    (folder / "ca.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "tls.key").write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "ca.pem", folder / "tls.key")
    return context


class OtherSides:
    """What was received, and whatever was wrong with it."""

    def __init__(self):
        self.changed = threading.Condition()
        self.webhooks = []       # (id, body)
        self.closed = 0
        self.govuk = []          # body
        self.govuk_slowed = 0
        self.mails = []          # message
        self.complaints = []
        self.slow_down = True

    def take_webhook(self, headers, body):
        content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        signatures = dict(one.split(",", 1) for one in headers["webhook-signature"].split(" "))
        expected = base64.b64encode(hmac.new(HMAC_KEY, content, hashlib.sha256).digest()).decode()
        public = ed25519.Ed25519PrivateKey.from_private_bytes(SEED).public_key()
        with self.changed:
            if not hmac.compare_digest(signatures["v1"], expected):
                self.complaints.append("webhook: wrong HMAC")
            if abs(time.time() - int(headers["webhook-timestamp"])) > 30:
                self.complaints.append("webhook: wrong time")
            try:
                public.verify(base64.b64decode(signatures["v1a"]), content)
            except Exception:  # pylint: disable=broad-except
                self.complaints.append("webhook: wrong Ed25519 signature")
            self.webhooks.append((headers["webhook-id"], json.loads(body)))
            self.changed.notify_all()
            return 503 if len(self.webhooks) == 1 else 204, {"Retry-After": "1"}, {}

    def check_token(self, authorization):
        def decode(part):
            return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        scheme, token = authorization.split(" ")
        head, claims, signature = token.split(".")
        expected = hmac.new(SECRET.encode(), f"{head}.{claims}".encode(), hashlib.sha256).digest()
        claims = json.loads(decode(claims))
        if (scheme != "Bearer" or decode(signature) != expected or claims["iss"] != SERVICE or
                abs(time.time() - claims["iat"]) > 30 or
                json.loads(decode(head)) != {"typ": "JWT", "alg": "HS256"}):
            self.complaints.append(f"govuk: wrong token {claims}")

    def take_govuk(self, headers, body):
        with self.changed:
            self.check_token(headers["authorization"])
            if self.slow_down:
                self.slow_down = False
                self.govuk_slowed += 1
                return 429, {"Retry-After": "1"}, {
                    "status_code": 429, "errors": [{"error": "RateLimitError", "message": ""}]}
            request = json.loads(body)
            self.govuk.append(request)
            self.changed.notify_all()
            return 201, {}, {"id": f"notification-{len(self.govuk)}",
                             "reference": request["reference"]}

    def find_govuk(self, reference):
        with self.changed:
            return 200, {}, {"notifications": [
                {"id": f"notification-{number + 1}"} for number, one in enumerate(self.govuk)
                if one["reference"] == reference]}

    async def handle_DATA(self, _server, _session, envelope):  # pylint: disable=invalid-name
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        with self.changed:
            if envelope.rcpt_tos != ["senco@school.example"]:
                self.complaints.append(f"mail: to {envelope.rcpt_tos}")
            self.mails.append(message)
            self.changed.notify_all()
        return "250 taken"

    def wait(self, condition, timeout=60):
        with self.changed:
            if not self.changed.wait_for(condition, timeout):
                raise AssertionError("still not so after a minute")

    def everything(self):
        """All that left the process, as one text."""
        mails = [str(mail) + mail.get_content() for mail in self.mails]
        return json.dumps([self.webhooks, self.govuk, mails])


def make_handler(sides):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):  # pylint: disable=invalid-name
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {key.lower(): value for key, value in self.headers.items()}
            if self.path == "/mis":
                self.answer(*sides.take_webhook(headers, body))
            elif self.path == "/closed":
                sides.closed += 1
                self.answer(410, {}, {})
            elif self.path == "/moved":
                self.answer(307, {"Location": "/mis"}, {})
            elif self.path == "/flood":
                self.answer(200, {}, "x" * 1000000)
            elif self.path == "/v2/notifications/email":
                self.answer(*sides.take_govuk(headers, body))
            else:
                self.answer(404, {}, {})

        def do_GET(self):  # pylint: disable=invalid-name
            self.answer(*sides.find_govuk(self.path.rsplit("=", 1)[-1]))

        def answer(self, status, headers, document):
            content = b"" if status == 204 else json.dumps(document).encode()
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            try:
                self.wfile.write(content)
            except OSError:  # They had enough.
                self.close_connection = True

        def log_message(self, *_):
            pass

    return Handler


class MailServer:
    """Takes mails after STARTTLS alone, and no password at all, in a thread of its own."""

    def __init__(self, handler, context):
        self.loop = asyncio.new_event_loop()
        self.server = self.loop.run_until_complete(self.loop.create_server(
            lambda: aiosmtpd.smtp.SMTP(handler, tls_context=context, require_starttls=True,
                                       authenticator=lambda *_: aiosmtpd.smtp.AuthResult(
                                           success=False, handled=False),
                                       loop=self.loop), "127.0.0.1", 0))
        self.port = self.server.sockets[0].getsockname()[1]
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.server.close()
        self.loop.close()


class NotifyTest(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.scratch.name)
        context = make_certificate(self.folder)
        (self.folder / "govuk.key").write_text(f"test-{SERVICE}-{SECRET}\n")
        (self.folder / "hmac.secret").write_text(
            "whsec_" + base64.b64encode(HMAC_KEY).decode() + "\n")
        (self.folder / "ed25519.key").write_text("whsk_" + base64.b64encode(SEED).decode())
        self.sides = OtherSides()
        self.web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), make_handler(self.sides))
        self.web.socket = context.wrap_socket(self.web.socket, server_side=True)
        threading.Thread(target=self.web.serve_forever, daemon=True).start()
        self.mail = MailServer(self.sides, context)
        (self.folder / "notify.toml").write_text(ROUTES.format(
            folder=self.folder, smtp=self.mail.port, http=self.web.server_port))
        self.servers = []
        self.log = open(self.folder / "log", "ab")

    def tearDown(self):
        for server in reversed(self.servers):
            if server.poll() is None:
                server.send_signal(signal.SIGTERM)
                self.assertEqual(server.wait(timeout=30), 0)
            server.stdout.close()
        self.log.close()
        self.mail.stop()
        self.web.shutdown()
        self.web.server_close()
        self.scratch.cleanup()

    def start(self, *flags):
        """A server, and where it listens."""
        server = subprocess.Popen([BINARY, "serve", "--listen", "127.0.0.1:0", *flags],
                                  stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.servers.append(server)
        return server.stdout.readline().split(" on ")[1].split(" ")[0]

    def serve(self, *flags):
        """Everything in one process."""
        self.address = self.log_address = self.start(
            "--data", str(self.folder / "data"), "--demo-clock", "--roles", "command,query,notify",
            "--notify-routes", str(self.folder / "notify.toml"), *flags)

    def kill(self):
        self.servers[-1].kill()
        self.servers[-1].wait()

    def apdr(self, *arguments):
        address = self.log_address if arguments[0] == "deliveries" else self.address
        done = subprocess.run([BINARY, *arguments, "--server", address],
                              capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def deliveries(self, *conditions):
        lines = self.apdr("deliveries", "list", "--limit", "1000", "--json", *conditions)
        return [json.loads(line) for line in lines.splitlines()]

    def await_nothing_pending(self):
        for _ in range(2000):
            if not self.deliveries("--state", "pending"):
                return
        self.fail("deliveries still wait")

    def play(self):
        self.apdr("case", "run", SCRIPT)

    def await_all(self):
        """Until everything that the script makes is sent. How many events were told of."""
        steps = json.loads(pathlib.Path(SCRIPT).read_text())["steps"]
        events = sum(event in TOLD for step in steps for kind in ("events", "timers")
                     for event in step.get("expect", {}).get(kind, []))
        for _ in range(2000):
            if len(self.deliveries("--recipient", "mis")) >= events:
                break
        else:
            self.fail("not everything was folded")
        self.await_nothing_pending()
        self.assertEqual(len(self.deliveries("--recipient", "mis")), events)
        return events

    def check_nobody_is_named(self):
        everything = self.sides.everything()
        log = (self.folder / "log").read_text()
        for name in NAMES:
            self.assertNotIn(name, everything)
            self.assertNotIn(name, log)
        for address in ADDRESSES:
            self.assertNotIn(address, log)
            self.assertNotIn(address, self.apdr("deliveries", "list", "--json"))

    def test_each_side_gets_each_message_once(self):
        self.serve("--notify-allow-private-addresses")
        self.play()
        events = self.await_all()

        self.assertEqual(self.sides.complaints, [])
        ids = collections.Counter(one for one, _ in self.sides.webhooks)
        self.assertEqual(len(ids), events)
        self.assertEqual(sorted(ids.values(), reverse=True)[:2], [2, 1])  # One was answered 503.
        types = {body["type"] for _, body in self.sides.webhooks}
        self.assertIn("uk.gov.apdr.sen.plan-agreed.v1", types)
        self.assertEqual(self.sides.closed, 1)
        self.assertTrue(self.deliveries("--recipient", "closed", "--state", "disabled"))

        self.assertEqual(self.sides.govuk_slowed, 1)
        references = collections.Counter(one["reference"] for one in self.sides.govuk)
        self.assertEqual(set(references.values()), {1})
        parents = self.deliveries("--recipient", "parent-1")
        self.assertEqual(set(references), {one["delivery_id"] for one in parents})
        self.assertTrue(all(one["provider_id"].startswith("notification-") for one in parents))

        mails = collections.Counter(mail["Message-ID"] for mail in self.sides.mails)
        self.assertEqual(set(mails.values()), {1})
        sencos = self.deliveries("--recipient", "senco-1")
        self.assertEqual(set(mails), {f"<{one['delivery_id']}@la.example>" for one in sencos})
        self.check_nobody_is_named()

    def test_a_redelivery_has_the_same_id(self):
        self.serve("--notify-allow-private-addresses")
        self.play()
        self.await_all()
        before = len(self.sides.mails)
        one = self.deliveries("--recipient", "senco-1")[0]["delivery_id"]
        self.apdr("deliveries", "redeliver", one)
        self.sides.wait(lambda: len(self.sides.mails) > before)
        self.assertEqual(self.sides.mails[-1]["Message-ID"], f"<{one}@la.example>")
        self.await_nothing_pending()

    def test_after_kill_nothing_acknowledged_is_sent_again(self):
        self.serve("--notify-allow-private-addresses")
        player = threading.Thread(target=lambda: subprocess.run(
            [BINARY, "case", "run", SCRIPT, "--server", self.address],
            capture_output=True, check=False))
        player.start()
        self.sides.wait(lambda: len(self.sides.mails) >= 3)
        self.kill()
        player.join()

        self.serve("--notify-allow-private-addresses")
        self.play()
        self.await_all()

        self.assertEqual(self.sides.complaints, [])
        mails = collections.Counter(mail["Message-ID"] for mail in self.sides.mails)
        for one in self.deliveries("--recipient", "senco-1"):
            unknown = sum(attempt["outcome"] == "ATTEMPT_OUTCOME_UNKNOWN"
                          for attempt in one["attempts"])
            received = mails[f"<{one['delivery_id']}@la.example>"]
            self.assertGreaterEqual(received, 1)
            self.assertLessEqual(received, 1 + unknown)
        references = collections.Counter(one["reference"] for one in self.sides.govuk)
        self.assertEqual(set(references.values()), {1})
        self.check_nobody_is_named()

    @unittest.skipUnless(os.environ.get("APDR_TEST_KAFKA"), "APDR_TEST_KAFKA is not set")
    def test_as_a_process_of_its_own_over_kafka(self):
        with socket.create_server(("127.0.0.1", 0)) as one, \
                socket.create_server(("127.0.0.1", 0)) as other:
            ports = [str(held.getsockname()[1]) for held in (one, other)]
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        broker = folder.name + "/broker"
        subprocess.run(["deploy/kafka/broker.sh", "start", broker, *ports], check=True,
                       stdout=self.log, stderr=self.log)
        self.addCleanup(subprocess.run, ["deploy/kafka/broker.sh", "kill", broker], check=False)
        kafka = ("--kafka", f"127.0.0.1:{ports[0]}", "--shards", "3")
        notify = ("--data", str(self.folder / "notify"), "--roles", "notify",
                  "--notify-routes", str(self.folder / "notify.toml"),
                  "--notify-allow-private-addresses", *kafka)
        self.address = self.start("--data", str(self.folder / "data"), "--demo-clock", *kafka)
        self.log_address = self.start(*notify)
        self.play()
        events = self.await_all()
        self.kill()
        self.log_address = self.start(*notify)
        self.assertEqual(self.await_all(), events)

        self.assertEqual(self.sides.complaints, [])
        for counts in (collections.Counter(one["reference"] for one in self.sides.govuk),
                       collections.Counter(mail["Message-ID"] for mail in self.sides.mails)):
            self.assertEqual(set(counts.values()), {1})
        self.check_nobody_is_named()

    def first_detail(self, recipient):
        """What came of the first try to this one."""
        for _ in range(2000):
            for one in self.deliveries("--recipient", recipient):
                for attempt in one.get("attempts", []):
                    if attempt.get("detail"):
                        return attempt["detail"]
        self.fail(f"nothing was tried to {recipient}")

    def test_a_redirect_is_not_followed(self):
        routes = self.folder / "notify.toml"
        routes.write_text(routes.read_text().replace("/mis\"", "/moved\""))
        self.serve("--notify-allow-private-addresses")
        self.play()
        self.assertEqual(self.first_detail("mis"), "HTTP 307")
        self.assertEqual(self.sides.webhooks, [])

    def test_an_answer_without_end_is_cut(self):
        routes = self.folder / "notify.toml"
        routes.write_text(routes.read_text().replace("/mis\"", "/flood\""))
        self.serve("--notify-allow-private-addresses")
        self.play()
        self.assertEqual(self.first_detail("mis"), "HTTP 200")
        self.await_all()

    def test_certificates_are_checked(self):
        routes = self.folder / "notify.toml"
        routes.write_text(routes.read_text().replace("ca_file", "# ca_file"))
        self.serve("--notify-allow-private-addresses")
        self.play()
        for recipient in ("mis", "parent-1", "senco-1"):
            self.assertIn("certificate", self.first_detail(recipient))
        self.assertEqual((self.sides.webhooks, self.sides.govuk, self.sides.mails), ([], [], []))

    def test_a_password_refused_gives_up_no_mail(self):
        (self.folder / "smtp.password").write_text("wrong\n")
        routes = self.folder / "notify.toml"
        routes.write_text(routes.read_text().replace(
            "[smtp]\n", f'[smtp]\nusername = "apdr"\npassword = "file:{self.folder}/smtp.password"\n'))
        self.serve("--notify-allow-private-addresses")
        self.play()
        self.assertIn("denied", self.first_detail("senco-1").lower())
        mails = self.deliveries("--recipient", "senco-1")
        self.assertEqual({mail["state"] for mail in mails}, {"DELIVERY_STATE_PENDING"})
        self.assertEqual(self.sides.mails, [])

    def test_private_addresses_are_refused(self):
        self.serve()
        self.play()
        self.sides.wait(lambda: self.sides.mails and self.sides.govuk)
        self.assertIn("not public", self.first_detail("mis"))
        self.assertEqual(self.sides.webhooks, [])


if __name__ == "__main__":
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # A refused certificate is expected.
    unittest.main(argv=[sys.argv[0]], verbosity=2)
