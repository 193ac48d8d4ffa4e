"""Documents as people get them: made by the real binary, opened and printed by a real browser.

usage: document_browser_test.py APDR_BINARY PROTOC BUILD_FOLDER
axe-core is fetched into BUILD_FOLDER by npm, pinned by browser/package-lock.json.
Exit code 77: there is no headless Chromium or no npm here, nothing was tested.
"""

import hashlib
import html.parser
import importlib
import json
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

BINARY, PROTOC, BUILD = sys.argv[1:4]
HERE = pathlib.Path(__file__).parent / "browser"
BROWSER = next(filter(None, map(shutil.which, (
    "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"))), None)
if BROWSER is None or shutil.which("npm") is None:
    print("skipped: no headless Chromium or no npm here")
    sys.exit(77)

AMIRA = "01990000-0000-7000-8000-0000000ca001"
KINDS = ("profile", "plan", "review", "chronology", "evidence")
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>\n')
TEACHER = {"person_id": "01990000-0000-7000-8000-0000000a0001", "role": "teacher"}


def axe():
    """The text of axe-core, fetched once."""
    folder = pathlib.Path(BUILD) / "browser"
    folder.mkdir(parents=True, exist_ok=True)
    lock = (HERE / "package-lock.json").read_bytes()
    script = folder / "node_modules/axe-core/axe.min.js"
    fetched = folder / "fetched-lock.json"
    if not (script.exists() and fetched.exists() and fetched.read_bytes() == lock):
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, folder / name)
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder,
                       check=True)
        fetched.write_bytes(lock)
    return script.read_text()


def browse(page, *flags):
    """What headless Chromium says of a file."""
    return subprocess.run(
        [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
         "--virtual-time-budget=20000", *flags, page.as_uri()],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=120, text=True).stdout


class Root(html.parser.HTMLParser):
    """The attributes of <html>."""

    attributes = {}

    def handle_starttag(self, tag, attrs):
        if tag == "html":
            self.attributes = dict(attrs)


class Rows(html.parser.HTMLParser):
    """The cells of every table row, and the values of every <dd>."""

    def __init__(self):
        super().__init__()
        self.rows, self.values, self.inside = [], [], None

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
        self.inside = tag if tag in ("td", "th", "dd") else self.inside
        if tag == "dd":
            self.values.append("")

    def handle_data(self, data):
        if self.inside in ("td", "th"):
            self.rows[-1][-1] += data.strip()
        elif self.inside == "dd":
            self.values[-1] += data

    def handle_endtag(self, tag):
        if tag in ("td", "th", "dd"):
            self.inside = None


def profile_case(number, profile):
    """A script that registers an invented child with this profile."""
    case_id = f"01990000-0000-7000-8000-0000000cb{number:03}"
    profile = {"authored_with": [{"person_id": case_id, "role": "child"}],
               "voice_method": "VIEW_METHOD_CONVERSATION", **profile}
    commands = [
        {"@type": "RegisterChild", "registration": {
            "given_name": "Example", "family_name": "<script>window.owned=1</script>",
            "date_of_birth": "2017-11-03", "home_la": "801", "nc_year": "3",
            "setting": {"scheme": "SETTING_SCHEME_URN", "value": "199001",
                        "type": "SETTING_TYPE_SCHOOL"}}},
        {"@type": "RaiseConcern", "concern": {
            "raised_by": TEACHER, "areas": ["AREA_COGNITION_AND_LEARNING"],
            "description": "</td></style><img src=x onerror=\"window.owned=1\"> {{title}}"}},
        {"@type": "CreateOnePageProfile", "profile": profile}]
    return {"title": "A profile", "case_id": case_id, "steps": [
        {"step": "1", "date": "2026-09-01", "commands": commands,
         "actor": {"id": TEACHER["person_id"], "role": "senco", "setting": "URN:199001"}}]}


def sentences(characters):
    """So many characters of plain text."""
    text = "I read best in a quiet place, with larger print and a card of key words beside me. "
    return (text * (characters // len(text) + 1))[:characters - 1] + "."


LISTS = ("appreciate", "important_to_me", "how_to_support", "goals", "strengths_interests",
         "worries")
TEXTS = ("communication", "working_well", "not_working")
FULL_PROFILES = {
    "as much as large print holds": {
        name: [sentences(100)] * items for name, items in zip(LISTS, (4, 4, 3))},
    "long texts": {name: [sentences(1000)] for name in LISTS[:3]},
    "every section": {**{name: [sentences(166)] * 2 for name in LISTS},
                      **{name: sentences(333) for name in TEXTS}},
    "many lines": {**{name: ["Quiet."] for name in LISTS[:3]},
                   **{name: "Quiet.\n" * 140 for name in TEXTS}},
    "many short items": {name: [sentences(25)] * 40 for name in LISTS[:3]},
}


class DocumentTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.axe = axe()
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.server = subprocess.Popen(
            [BINARY, "serve", "--listen", "127.0.0.1:0", "--data", cls.folder / "data",
             "--demo-clock", "--log-level", "warning"], stdout=subprocess.PIPE, text=True)
        cls.address = cls.server.stdout.readline().split(" on ")[1].split(" ")[0]
        cls.apdr("case", "run", "deploy/examples/amira.json")
        for kind in KINDS:
            cls.apdr("document", kind, AMIRA, "--output", cls.folder / f"{kind}.html")

    @classmethod
    def tearDownClass(cls):
        cls.server.send_signal(signal.SIGTERM)
        code = cls.server.wait(timeout=30)
        cls.server.stdout.close()
        cls.temporary.cleanup()
        assert code == 0, f"apdr serve ended with {code}"

    @classmethod
    def apdr(cls, *arguments):
        done = subprocess.run(
            [BINARY, *arguments, "--server", cls.address, "--tenant", "t1"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, text=True)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr
        return done.stdout

    def violations(self, page):
        """What axe-core finds wrong in a page."""
        copy = page.with_suffix(".axe.html")
        text = POLICY.sub("", page.read_text())  # Else no script would run at all.
        check = ("axe.run(document, {runOnly: " + json.dumps(STANDARD) + "}).then(found =>"
                 "document.documentElement.setAttribute('data-axe', JSON.stringify({"
                 "passes: found.passes.length, violations: found.violations.map(v => [v.id, v.help,"
                 "v.nodes.slice(0, 3).map(n => n.html)])})))")
        copy.write_text(text.replace(
            "</body>", f"<script>{self.axe}</script><script>{check}</script></body>"))
        root = Root()
        root.feed(browse(copy, "--dump-dom"))
        self.assertIn("data-axe", root.attributes, "axe-core gave no result")
        result = json.loads(root.attributes["data-axe"])
        self.assertGreater(result["passes"], 5)
        return result["violations"]

    def pages(self, page):
        """How many pages it prints on."""
        pdf = page.with_suffix(".pdf")
        browse(page, f"--print-to-pdf={pdf}", "--no-pdf-header-footer")
        return len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))

    def test_every_document_is_accessible(self):
        for kind in KINDS:
            with self.subTest(kind):
                self.assertEqual(self.violations(self.folder / f"{kind}.html"), [])

    def test_every_document_prints(self):
        for kind in KINDS:
            with self.subTest(kind):
                pages = self.pages(self.folder / f"{kind}.html")
                print(f"{kind}: {pages} page(s)")
                self.assertGreaterEqual(pages, 1)
                if kind == "profile":
                    self.assertEqual(pages, 1)

    def test_a_full_profile_fits_one_page(self):
        for number, (name, profile) in enumerate(FULL_PROFILES.items()):
            with self.subTest(name):
                script = profile_case(number, profile)
                file = self.folder / f"profile_{number}.json"
                file.write_text(json.dumps(script))
                self.apdr("case", "run", file)
                page = file.with_suffix(".html")
                self.apdr("document", "profile", script["case_id"], "--output", page)
                self.assertEqual(self.pages(page), 1)
                self.assertEqual(self.violations(page), [])

    def test_text_of_the_record_runs_no_script(self):
        script = profile_case(900, {name: ["Fine."] for name in LISTS[:3]})
        file = self.folder / "hostile.json"
        file.write_text(json.dumps(script))
        self.apdr("case", "run", file)
        page = self.folder / "hostile.html"
        self.apdr("document", "evidence", script["case_id"], "--output", page)
        text = POLICY.sub("", page.read_text())
        self.assertNotEqual(text, page.read_text())
        page.write_text(text.replace("</body>", "<script>document.documentElement.setAttribute("
                                     "'data-owned', String(window.owned))</script></body>"))
        root = Root()
        root.feed(browse(page, "--dump-dom"))
        self.assertEqual(root.attributes["data-owned"], "undefined")

    def test_the_same_moment_gives_the_same_bytes(self):
        for kind in KINDS:
            asked = ("document", kind, AMIRA, "--known-at", "2026-03-31T12:00:00Z", "--json")
            facts = json.loads(self.apdr(*asked))
            self.assertEqual(facts, json.loads(self.apdr(*asked)))
            self.assertNotIn("Amira", json.dumps(facts))

    def test_anyone_can_check_the_manifest(self):
        try:
            import grpc
        except ImportError as missing:
            self.skipTest(str(missing))
        protos = [str(path.relative_to("proto")) for path in pathlib.Path("proto").rglob("*.proto")]
        subprocess.run([PROTOC, "-I", "proto", f"--python_out={self.folder}", *protos], check=True)
        sys.path.insert(0, str(self.folder))
        audit = importlib.import_module("apdr.query.v1.audit_service_pb2")
        request = audit.ListEventsRequest(
            case_id=AMIRA, order=audit.ORDER_OLDEST_FIRST, page_size=1000)
        with grpc.insecure_channel(self.address) as channel:
            answer = channel.unary_unary(
                "/apdr.query.v1.AuditService/ListEvents",
                request_serializer=audit.ListEventsRequest.SerializeToString,
                response_deserializer=audit.ListEventsResponse.FromString)(
                    request, timeout=30, metadata=(
                        ("apdr-tenant", "t1"), ("apdr-actor", "auditor"), ("apdr-role", "senco")))
        self.assertEqual(answer.next_page_token, "")
        events = sorted((row.event for row in answer.rows), key=lambda event: event.version)
        lines = [[str(event.version), event.event_id, event.data.type_url.split("/")[1],
                  event.occurred_on, hashlib.sha256(event.data.value).hexdigest()]
                 for event in events]
        printed = Rows()
        printed.feed((self.folder / "evidence.html").read_text())
        self.assertEqual([row for row in printed.rows if len(row) == 5 and row[1] in
                          {line[1] for line in lines}], lines)
        manifest = "".join(" ".join(line) + "\n" for line in lines)
        self.assertIn(hashlib.sha256(manifest.encode()).hexdigest(), printed.values)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=2)
