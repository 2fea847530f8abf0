"""The daemon: watches, is told by SIGHUP to read its configuration again, goes on with the old one
where the new one is wrong, tells systemd how it is, and stops cleanly.

usage: watch_test.py SCHOOLWATCH
"""
import http.server
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest

import loopback

PROGRAM = os.path.abspath(sys.argv.pop(1))
PATIENCE = 120
STORIES = {
    "gazette": "Mr Thrale at Quillbrook Academy stole the money for the school trip and nobody in the office "
               "says a word about it to the parents who paid.",
    "herald": "The weathercock of Quillbrook Academy is stuck fast.",
}
RULE = r"""pack: {name: our-school, version: "1", category: reputational}
rules:
  - id: ours.weathercock
    topic: complaint
    severity: low
    weight: 4
    re2: '\bweathercock\W+(?:\w+\W+){0,5}stuck fast\b'
    why: Complains about the weathercock
    tests:
      hit: ["the weathercock is stuck fast"]
      miss: ["the weathercock turns"]
"""
BAD_RULE = RULE.replace("fast\\b", "fast\\b(")


class Site(http.server.BaseHTTPRequestHandler):
    asked = set()

    def do_GET(self):
        host = self.headers.get("Host", "").split(".")[0]
        Site.asked.add(host)
        known = self.path == "/feed.xml" and host in STORIES
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "application/rss+xml")
        self.end_headers()
        if known:
            self.wfile.write(f"""<rss version="2.0"><channel><title>{host}</title><item><guid>{host}-1</guid>
<title>Letters</title><link>http://{host}.example/1</link><pubDate>Fri, 20 Nov 2099 18:02:11 GMT</pubDate>
<description>{STORIES[host]}</description></item></channel></rss>""".encode())

    def log_message(self, *args):
        pass


class Watch(unittest.TestCase):
    def setUp(self):
        Site.asked.clear()
        self.folder = loopback.folder(self)
        self.port = loopback.serve(self, Site)
        self.store = os.path.join(self.folder, "store")
        self.watch_sources("gazette")

    def write(self, name, text):
        loopback.write(self.folder, name, text)

    def watch_sources(self, *names):
        loopback.configure(self.folder, loopback.feeds(*names))

    def start(self):
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        manager.bind(os.path.join(self.folder, "notify"))
        manager.settimeout(PATIENCE)
        self.addCleanup(manager.close)
        self.manager = manager
        self.daemon = subprocess.Popen(
            [PROGRAM, "--config", self.folder, "watch", "--connect-to", f"::127.0.0.1:{self.port}"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "NOTIFY_SOCKET": os.path.join(self.folder, "notify"), "WATCHDOG_USEC": "3000000"})
        self.errors = queue.Queue()

        def read():
            for line in self.daemon.stderr:
                self.errors.put(line)

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        self.addCleanup(self.daemon.stdout.close)
        self.addCleanup(self.daemon.stderr.close)
        self.addCleanup(reader.join, PATIENCE)
        self.addCleanup(self.daemon.wait)
        self.addCleanup(self.daemon.kill)

    def told_manager(self, what):
        """Waits until systemd is told `what`; gives what was said with it."""
        while True:
            lines = self.manager.recv(4096).decode().split("\n")
            if what in lines:
                return lines

    def error_with(self, what):
        seen = []
        while True:
            line = self.errors.get(timeout=PATIENCE)
            seen.append(line)
            if what in line:
                return "".join(seen)

    def cases(self):
        done = subprocess.run([PROGRAM, "--config", self.folder, "cases", "list", "--json"], capture_output=True,
                              text=True, timeout=PATIENCE, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def wait_for_cases(self, number):
        end = time.monotonic() + PATIENCE
        while len(self.cases()) != number:
            self.assertLess(time.monotonic(), end, f"there are never {number} cases")
            self.assertIsNone(self.daemon.poll())
            time.sleep(0.2)

    def test_a_bad_configuration_is_refused_whole_and_the_old_one_watches_on(self):
        self.start()
        self.assertIn("1 source", "".join(self.told_manager("READY=1")))
        self.wait_for_cases(1)

        self.write("rules/ours.yaml", BAD_RULE)
        self.watch_sources("gazette", "herald")
        self.daemon.send_signal(signal.SIGHUP)
        self.told_manager("RELOADING=1")
        said = self.error_with("stays in force")
        self.assertIn("ours.yaml:7:", said)
        self.assertIn("ours.weathercock", said)
        self.assertIn("1 source", "".join(self.told_manager("READY=1")))
        self.assertNotIn("herald", Site.asked)
        self.assertEqual(len(self.cases()), 1)
        archive = os.path.join(self.folder, "case.zip")
        for words in [["export", self.cases()[0]["case"], "--to", archive], ["verify", archive]]:
            subprocess.run([PROGRAM, "--config", self.folder, "cases", *words], capture_output=True,
                           timeout=PATIENCE, check=True)

        self.write("rules/ours.yaml", RULE)
        self.daemon.send_signal(signal.SIGHUP)
        self.told_manager("RELOADING=1")
        self.assertIn("2 sources", "".join(self.told_manager("READY=1")))
        self.wait_for_cases(2)
        self.assertIn("complaint", json.dumps(self.cases()))

        self.told_manager("WATCHDOG=1")
        self.daemon.send_signal(signal.SIGTERM)
        self.told_manager("STOPPING=1")
        self.assertEqual(self.daemon.wait(PATIENCE), 0)
        self.assertFalse(os.path.exists(os.path.join(self.store, "socket")))
        self.assertEqual(len(self.cases()), 2, "the store is whole and free")

    def test_another_folder_for_the_store_needs_a_restart(self):
        self.start()
        self.told_manager("READY=1")
        with open(os.path.join(self.folder, "schoolwatch.yaml"), encoding="utf-8") as f:
            text = f.read()
        self.write("schoolwatch.yaml", text.replace(self.store, self.store + "2"))
        self.daemon.send_signal(signal.SIGHUP)
        self.assertIn("needs a restart", self.error_with("stays in force"))
        self.assertFalse(os.path.exists(self.store + "2"))

    def test_a_configuration_that_is_wrong_at_the_start_ends_it(self):
        self.write("rules/ours.yaml", BAD_RULE)
        self.start()
        self.assertEqual(self.daemon.wait(PATIENCE), 2)
        self.assertIn("ours.yaml:7:", self.error_with("ours.weathercock"))
        self.assertFalse(os.path.exists(self.store))


if __name__ == "__main__":
    unittest.main(verbosity=2)
