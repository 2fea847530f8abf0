"""Somebody asks to be forgotten: with the real program over loopback pages, while a run holds the store.

usage: erase_test.py SCHOOLWATCH SHIFTED_CLOCK
"""
import base64
import glob
import http.server
import json
import os
import quopri
import subprocess
import sys
import threading
import unittest

import loopback

from leveldb_bytes import all_bytes

PROGRAM, CLOCK = os.path.abspath(sys.argv.pop(1)), os.path.abspath(sys.argv.pop(1))
NAME = "Moira Pellew"
WORDS = ("Mr Thrale at Quillbrook Academy stole the money for the harvest trip and the whole office knows of "
         "it and says nothing.")
URL = "http://gazette.example/letters/moira-pellew-1"
OTHERS = ("I agree with Moira Pellew: Mr Thrale of Quillbrook Academy is a thief and took the raffle money as "
          "well, all of it.")
TRACES = [NAME.encode(), b"moira-pellew", WORDS[:40].encode(), WORDS[-40:].encode(), b"harvest trip"]


def item(number, author, url, words):
    return f"""<item><guid isPermaLink="false">{number}</guid><title>Letter {number}</title><link>{url}</link>
<dc:creator>{author}</dc:creator><pubDate>Fri, 20 Nov 2099 18:02:11 GMT</pubDate>
<description>{words}</description></item>"""


def feed(items):
    return f"""<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Gazette</title>
{"".join(items)}</channel></rss>""".encode()


HERS = item("g1", NAME, URL, WORDS)
THEIRS = item("g2", "Tobias Crane", "http://gazette.example/letters/2", OTHERS)


class Site(http.server.BaseHTTPRequestHandler):
    asked, release = threading.Event(), threading.Event()
    looks = 0  # A page that is as it was is not read again.

    def do_GET(self):
        host = self.headers.get("Host", "").split(".")[0]
        body = b""
        if self.path == "/feed.xml":
            if host == "slow":
                Site.asked.set()
                Site.release.wait(60)
            Site.looks += 1
            weather = item(f"w{Site.looks}", "The editor", f"http://{host}.example/w/{Site.looks}", "Rain.")
            body = feed([HERS, THEIRS, weather] if host == "gazette" else [weather])
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass

    def log_message(self, *args):
        pass


def decoded(mail):
    """A mail's parts, however they are encoded."""
    yield quopri.decodestring(mail)
    for part in mail.replace(b"\r", b"").split(b"\n\n"):
        try:
            yield base64.b64decode(part.replace(b"\n", b""), validate=True)
        except ValueError:
            pass


class Erase(unittest.TestCase):
    def setUp(self):
        Site.asked.clear()
        Site.release.clear()
        self.folder = loopback.folder(self)
        self.port = loopback.serve(self, Site)
        self.addCleanup(Site.release.set)
        self.store, self.out = os.path.join(self.folder, "store"), os.path.join(self.folder, "out")
        self.configure()
        self.run_once()

    def configure(self, more=""):
        loopback.configure(self.folder, loopback.feeds("gazette", "slow"),
                           school="{name: Quillbrook Academy, town: Quillbrook, people: {others: [Mr Silas Thrale]}}",
                           contacts=[loopback.HEAD, loopback.CHAIR], alerts="digest: each run", more=more)

    def start(self, source, hours_ahead=0):
        ahead = {"LD_PRELOAD": CLOCK, "SW_CLOCK_AHEAD_HOURS": str(hours_ahead)} if hours_ahead else {}
        process = subprocess.Popen(
            [PROGRAM, "--config", self.folder, "run", "--all", "--source", source, "--connect-to",
             f"::127.0.0.1:{self.port}"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **ahead})
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def finish(self, process):
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0, out + err)
        return out

    def run_once(self, hours_ahead=0):
        return self.finish(self.start("gazette", hours_ahead))

    def start_slow(self):
        """A run that holds the store until Site.release is set."""
        process = self.start("slow")
        self.assertTrue(Site.asked.wait(60))
        return process

    def command(self, *words, expect=0):
        done = subprocess.run([PROGRAM, "--config", self.folder, *words], capture_output=True, timeout=100,
                              check=False, cwd=self.folder, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, expect, (done.stdout, done.stderr))
        return done.stdout.decode("utf-8", "replace") + done.stderr.decode("utf-8", "replace")

    def traces(self):
        """Which of TRACES is in which file of the store or of the mails."""
        found = set()
        for folder in [self.store, self.out]:
            for path, data in all_bytes(folder):
                pieces = [data, *decoded(data)] if path.endswith(".eml") else [data]
                found |= {(trace, os.path.relpath(path, self.folder)) for trace in TRACES
                          for piece in pieces if trace in piece}
        return found

    def posts(self):
        """Texts of all posts of all cases."""
        texts = []
        for line in self.command("cases", "list", "--json").splitlines():
            if line.startswith("{"):
                shown = json.loads(self.command("cases", "show", json.loads(line)["case"], "--json"))
                texts += [finding["post"]["text"] for finding in shown["findings"]]
        return texts

    def test_an_author_is_erased_while_a_run_is_at_work_and_stays_away(self):
        self.assertEqual({trace for trace, _ in self.traces()}, set(TRACES), "it is there to begin with")
        mails = len(glob.glob(self.out + "/*.eml"))
        self.assertGreater(mails, 0)
        run = self.start_slow()
        held = json.loads(self.command("subject-access", "--author", NAME, "--json").splitlines()[0])
        self.assertEqual([post["post"]["text"] for post in held["posts"]], [WORDS.replace("Thrale", "******")],
                         "the school's people are masked")
        self.assertEqual(len(held["evidence"]), 1)
        self.assertIn(WORDS[-40:], held["evidence"][0]["part_of_the_page"])
        self.assertEqual(len(held["named_in_posts_of_others"]), 1)
        self.assertNotIn("Tobias", json.dumps(held))
        self.assertIn("Would be deleted", self.command("erase", "--author", NAME, "--dry-run"))
        self.assertEqual({trace for trace, _ in self.traces()}, set(TRACES), "only shown")
        self.assertIn("nobody is there to say so", self.command("erase", "--author", NAME, expect=2))
        receipt = " ".join(
            self.command("erase", "--author", NAME, "--reason", "asked in writing", "--yes").split())
        self.assertIn("1 post,", receipt)
        self.assertIn("1 evidence record,", receipt)
        self.assertIn("nothing of it is left", receipt)
        self.assertIn("Would be deleted: nothing", self.command("purge", "--dry-run"))
        self.assertIn("Deleted: nothing", self.command("purge"))
        self.assertIsNone(run.poll(), "the run was at work all the time")
        self.assertEqual(self.traces(), set())
        Site.release.set()
        self.finish(run)
        self.assertEqual(self.traces(), set())

        # It still stands on the page, and does not come back.
        self.run_once()
        self.assertEqual(self.traces(), set())
        texts = self.posts()
        self.assertEqual(len(texts), 1)
        self.assertIn("************: Mr Thrale", texts[0])
        # The log is whole and tells nothing; what is left can be exported and checked.
        self.assertIn("whole", self.command("audit", "verify"))
        self.assertIn("deleted", self.command("audit", "list"))
        case = json.loads(self.command("cases", "list", "--json").splitlines()[0])["case"]
        self.assertIn("evidence of 1", self.command("cases", "export", case, "--to", "case.zip"))
        self.assertIn("is whole", self.command("cases", "verify", "case.zip"))
        self.assertIn('"urgency":"fine","about":"store"', self.command("doctor", "--json"))

        # A year and more later its mark is over.
        self.run_once(hours_ahead=399 * 24)
        self.assertEqual(self.traces(), set(), "one day before")
        self.run_once(hours_ahead=401 * 24)
        self.assertIn(NAME.encode(), {trace for trace, _ in self.traces()})

    def test_a_backup_from_before_does_not_bring_it_back(self):
        self.command("backup", "before.tar")
        self.command("erase", "--author", NAME, "--yes")
        said = self.command("restore", "--replace", "before.tar")
        self.assertIn("1 erasure made since the backup was carried out again: 1 post", said)
        self.assertEqual(self.traces(), set())
        self.run_once()
        self.assertEqual(self.traces(), set())
        self.assertIn("whole", self.command("audit", "verify"))

    def test_looking_again_and_again_needs_a_seniors_reason(self):
        self.configure("privacy: {looks_before_reason: 1}")
        case = json.loads(self.command("cases", "list", "--json").splitlines()[0])["case"]
        self.command("cases", "show", case)
        look = ["--approved-by", "headteacher", "--reason"]

        def later(*words, expect):
            done = subprocess.run([PROGRAM, "--config", self.folder, *words], capture_output=True, text=True,
                                  check=False, timeout=100, cwd=self.folder,
                                  env={**os.environ, "LD_PRELOAD": CLOCK, "SW_CLOCK_AHEAD_HOURS": "2"})
            self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
            return done.stdout + done.stderr

        for words in [["cases", "show", case], ["cases", "export", case]]:
            said = later(*words, expect=2)
            self.assertIn("--approved-by", said)
            self.assertNotIn("Thrale", said)
        self.assertFalse(glob.glob(self.folder + "/case-*.zip"))
        later("cases", "export", case, *look, "an answer to the council", expect=0)
        self.assertTrue(glob.glob(self.folder + "/case-*.zip"))
        self.assertIn("looked at", self.command("audit", "list", "--case", case))


if __name__ == "__main__":
    unittest.main()
