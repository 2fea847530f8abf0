"""Cron manners that need two processes or a signal: one run at a time, SIGTERM ends cleanly with
what was finished kept, a damaged store and an unusable folder are said with the right exit status.

usage: manners_test.py SCHOOLWATCH
"""
import glob
import http.server
import os
import signal
import subprocess
import sys
import threading
import time
import unittest

import loopback

PROGRAM = os.path.abspath(sys.argv.pop(1))
FEED = b"""<rss version="2.0"><channel><title>Gazette</title><item><guid>g1</guid><title>Letters</title>
<link>http://gazette.example/1</link><pubDate>Fri, 20 Nov 2099 18:02:11 GMT</pubDate>
<description>Mr Thrale at Quillbrook Academy stole the money for the school trip. He is a thief.</description>
</item></channel></rss>"""


class Site(http.server.BaseHTTPRequestHandler):
    slow_asked = threading.Event()
    release = threading.Event()

    def do_GET(self):
        host = self.headers.get("Host", "")
        if self.path == "/robots.txt":
            self.send_response(404)
            self.end_headers()
            return
        if host.startswith("slow"):
            Site.slow_asked.set()
            Site.release.wait(60)
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.end_headers()
        try:
            self.wfile.write(FEED)
        except OSError:
            pass

    def log_message(self, *args):
        pass


class Manners(unittest.TestCase):
    def setUp(self):
        Site.slow_asked.clear()
        Site.release.clear()
        self.folder = loopback.folder(self)
        self.port = loopback.serve(self, Site)
        self.addCleanup(Site.release.set)
        self.configure("gazette", "slow")

    def configure(self, *hosts):
        loopback.configure(self.folder, loopback.feeds(*hosts))

    def start(self):
        return subprocess.Popen(
            [PROGRAM, "--config", self.folder, "run", "--all", "--connect-to",
             f"::127.0.0.1:{self.port}"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def finish(self, process, expect):
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, expect, out + err)
        return err

    def mails(self):
        return glob.glob(os.path.join(self.folder, "out", "*.eml"))

    def test_a_second_run_says_who_holds_the_store_and_exits_3(self):
        first = self.start()
        self.assertTrue(Site.slow_asked.wait(30))
        err = self.finish(self.start(), 3)
        self.assertIn(str(first.pid), err)
        Site.release.set()
        self.finish(first, 0)

    def test_sigterm_keeps_what_was_finished_and_exits_0(self):
        first = self.start()
        self.assertTrue(Site.slow_asked.wait(30))
        # The other source answers at once; give its commit a moment.
        log = os.path.join(self.folder, "store")
        for _ in range(100):
            if os.path.isdir(log):
                break
            time.sleep(0.05)
        time.sleep(1)
        first.send_signal(signal.SIGTERM)
        out, err = first.communicate(timeout=5)
        self.assertEqual(first.returncode, 0, out + err)
        self.assertEqual(self.mails(), [], "a run that is asked to stop sends nothing more")
        # What was finished is there: the next run has a mail to send and nothing new to find.
        self.configure("gazette")
        self.finish(self.start(), 0)
        self.assertEqual(len(self.mails()), 1)

    def test_a_damaged_store_exits_4_and_says_what_to_do(self):
        self.configure("gazette")
        self.finish(self.start(), 0)
        for path in glob.glob(os.path.join(self.folder, "store", "db", "MANIFEST*")):
            with open(path, "r+b") as f:
                f.write(b"\0" * 64)
        self.assertIn("repair", self.finish(self.start(), 4))

    def test_a_folder_that_cannot_be_used_exits_2(self):
        self.configure("gazette")
        with open(os.path.join(self.folder, "store"), "w", encoding="utf-8") as f:
            f.write("a file, not a folder")
        self.assertIn("store", self.finish(self.start(), 2))


class AnyFolder(unittest.TestCase):
    def test_a_link_from_any_folder_finds_the_shipped_rules(self):
        folder = loopback.folder(self)
        link = os.path.join(folder, "sw")
        os.symlink(PROGRAM, link)
        loopback.write(folder, "schools.yaml", f"quillbrook: {loopback.SCHOOL}\n")
        done = subprocess.run(
            [link, "inspect", "judge", "--schools", "schools.yaml"], cwd=folder, text=True,
            input='{"id": 1, "text": "Proud of the choir at Quillbrook Academy"}\n',
            capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('"mentions":true', done.stdout)


if __name__ == "__main__":
    unittest.main()
