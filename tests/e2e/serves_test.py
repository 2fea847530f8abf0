"""One owner: while a run holds the store, other commands are answered over its socket, whatever else
comes in there; where nobody serves they wait, and say who holds it.

usage: serves_test.py SCHOOLWATCH
"""
import fcntl
import hashlib
import http.server
import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time
import unittest

import loopback

PROGRAM = os.path.abspath(sys.argv.pop(1))
VERSION = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
STORY = ("Mr Thrale at Quillbrook Academy stole the money for the school trip and nobody in the office says "
         "a word about it to the parents who paid.")


def feed(host):
    return f"""<rss version="2.0"><channel><title>{host}</title><item><guid>{host}-1</guid><title>Letters</title>
<link>http://{host}.example/1</link><pubDate>Fri, 20 Nov 2099 18:02:11 GMT</pubDate>
<description>{STORY}</description></item></channel></rss>""".encode()


class Site(http.server.BaseHTTPRequestHandler):
    asked, release = threading.Event(), threading.Event()

    def do_GET(self):
        host = self.headers.get("Host", "").split(".")[0]
        if self.path == "/robots.txt":
            self.send_response(404)
            self.end_headers()
            return
        if host == "slow":
            Site.asked.set()
            Site.release.wait(60)
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.end_headers()
        try:
            self.wfile.write(feed(host))
        except OSError:
            pass

    def log_message(self, *args):
        pass


def frame(value):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return struct.pack(">I", len(data)) + data


class Serves(unittest.TestCase):
    def setUp(self):
        Site.asked.clear()
        Site.release.clear()
        self.folder = loopback.folder(self)
        self.port = loopback.serve(self, Site)
        self.addCleanup(Site.release.set)
        self.store = os.path.join(self.folder, "store")
        self.configure()
        # One case is known already.
        self.finish(self.start("--source", "gazette"))
        self.case = json.loads(self.command("cases", "list", "--json").stdout)["case"]

    def configure(self):
        loopback.configure(self.folder, loopback.feeds("gazette", "slow"), store=self.store)

    def start(self, *words):
        process = subprocess.Popen(
            [PROGRAM, "--config", self.folder, "run", *words, "--connect-to", f"::127.0.0.1:{self.port}"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def start_slow(self, *words):
        """A run that is at work until Site.release is set."""
        process = self.start("--source", "slow", *words)
        self.assertTrue(Site.asked.wait(60))
        return process

    def finish(self, process, expect=0):
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, expect, out + err)

    def command(self, *words, expect=0):
        done = subprocess.run([PROGRAM, "--config", self.folder, *words], capture_output=True, text=True,
                              timeout=100, check=False)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done

    def history(self):
        return json.loads(self.command("cases", "show", self.case, "--json").stdout)

    def connect(self):
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(30)
        client.connect(os.path.join(self.store, "socket"))
        self.addCleanup(client.close)
        return client

    def request(self, *words):
        return {"schoolwatch": VERSION, "words": words, "folder": "/", "config": self.folder, "data": "",
                "user": "tester", "width": 80}

    def hold(self):
        """Holds the store as a process that does not serve."""
        lock = open(os.path.join(self.store, "lock"), "r+", encoding="utf-8")
        self.addCleanup(lock.close)
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("4242 schoolwatch elsewhere\n")
        lock.flush()
        return lock

    def serve_once(self, answer, lock=None):
        """Holds the socket, gives one client `answer`, hangs up, and lets go of `lock`."""
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(os.path.join(self.store, "socket"))
        listener.listen(1)

        def serve():
            client, _ = listener.accept()
            client.recv(1 << 16)
            listener.close()
            os.unlink(os.path.join(self.store, "socket"))
            client.sendall(answer)
            if lock:
                lock.close()
            client.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        self.addCleanup(thread.join, 10)

    def test_commands_look_and_change_while_a_run_is_at_work(self):
        run = self.start_slow()
        self.assertIn(self.case, self.command("cases", "list").stdout)
        self.assertIn("stole the money", self.command("cases", "show", self.case).stdout)
        self.assertIn("gazette", self.command("coverage").stdout)
        self.assertIn("remembers", self.command("rules", "list").stdout)
        self.command("cases", "show", "ZZZZ", expect=2)
        self.command("--as-user", "Ada Wren", "cases", "note", self.case, "rang the parents")
        self.command("cases", "take", self.case)
        self.assertIsNone(run.poll(), "the run was at work all the time")
        # A copy of the story joins the case now: what people did meanwhile stays.
        Site.release.set()
        self.finish(run)
        shown = self.history()
        self.assertEqual((shown["posts"], shown["state"]), (2, "in hand"))
        notes = [event for event in shown["history"] if event["event"] == "noted"]
        self.assertEqual([(n["who"], n["reason"]) for n in notes], [("Ada Wren", "rang the parents")])
        self.assertFalse(os.path.exists(os.path.join(self.store, "socket")))

    def test_a_case_is_exported_while_a_run_is_at_work(self):
        run = self.start_slow()
        archive = os.path.join(self.folder, "case.zip")
        said = self.command("cases", "export", self.case, "--to", archive).stdout
        # Every byte came through the socket, and the asking process wrote them.
        with open(archive, "rb") as f:
            self.assertIn(hashlib.sha256(f.read()).hexdigest(), said)
        self.assertEqual(os.stat(archive).st_mode & 0o777, 0o600)
        self.assertIn("is whole", self.command("cases", "verify", archive).stdout)
        piped = subprocess.run([PROGRAM, "--config", self.folder, "cases", "export", self.case, "--to", "-"],
                               capture_output=True, timeout=100, check=True)
        self.assertIn(hashlib.sha256(piped.stdout).hexdigest(), piped.stderr.decode())
        self.command("cases", "export", "ZZZZ", expect=2)
        self.command("cases", "export", self.case, "--to", "/nowhere/case.zip", expect=1)
        # What was looked at is in the log, and the log can be read meanwhile.
        self.command("cases", "show", self.case)
        entries = [json.loads(line) for line in self.command("audit", "list", "--json").stdout.splitlines()]
        self.assertEqual([(e["what"], e["by"], e["case"]) for e in entries[-4:]],
                         [("exported", "operator", self.case)] * 3 + [("looked at", "operator", self.case)])
        self.assertIn("is whole", self.command("audit", "verify").stdout)
        self.assertIsNone(run.poll(), "the run was at work all the time")
        Site.release.set()
        self.finish(run)

    def test_only_run_does_not_wait(self):
        first = self.start_slow()
        began = time.monotonic()
        self.finish(self.start(), 3)
        self.assertLess(time.monotonic() - began, 10)
        Site.release.set()
        self.finish(first)

    def test_a_holder_that_does_not_serve_is_waited_for_and_named(self):
        lock = self.hold()
        began = time.monotonic()
        done = self.command("--wait", "1", "cases", "list", expect=3)
        self.assertGreaterEqual(time.monotonic() - began, 1)
        self.assertIn("4242 (schoolwatch elsewhere", done.stderr)
        threading.Timer(1, lock.close).start()
        self.assertIn(self.case, self.command("cases", "list").stdout)

    def test_a_dry_run_serves_those_that_only_look(self):
        run = self.start_slow("--dry-run")
        self.assertIn(self.case, self.command("cases", "list").stdout)
        done = self.command("--wait", "5", "cases", "note", self.case, "x", expect=3)
        self.assertIn("only reads", done.stderr)
        self.command("--wait", "1", "cases", "export", self.case, "--to", "-", expect=3)
        Site.release.set()
        self.finish(run)

    def test_hostile_clients_hold_up_nobody(self):
        run = self.start_slow()
        for data in [b"", b"\0", b"GET / HTTP/1.1\r\n\r\n", b"\xff\xff\xff\xff" + b"x" * 100, frame(b""),
                     frame(b"[1]"), frame(b"{"), frame(b"{" * 5000), frame(b"\xff\xfe" * 100), frame({}),
                     frame({"schoolwatch": 1}),
                     frame({**self.request("cases", "list"), "schoolwatch": "0.0.0"}),
                     frame({**self.request("cases", "list"), "words": ["cases", 1]}),
                     frame({**self.request("cases", "list"), "folder": "relative"}),
                     frame({**self.request("cases", "list"), "user": ""}),
                     frame({**self.request("cases", "list"), "width": 1 << 40}),
                     frame(self.request("run", "--all")), frame(self.request("demo")), frame(self.request()),
                     frame(self.request("--help")), frame(self.request("cases", "list"))[:40]]:
            client = self.connect()
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
            answer = b""
            try:
                while chunk := client.recv(1 << 16):
                    answer += chunk
            except ConnectionResetError:
                pass
            self.assertNotIn(b"begun", answer, data[:60])
        # More silent ones than it has threads.
        silent = [self.connect() for _ in range(5)]
        self.assertIn(self.case, self.command("cases", "list").stdout)
        self.assertEqual(len(silent), 5)
        Site.release.set()
        self.finish(run)

    def test_a_change_is_made_though_its_client_has_gone(self):
        run = self.start_slow()
        client = self.connect()
        client.sendall(frame(self.request("cases", "note", self.case, "said and gone")))
        self.assertIn(b"begun", client.recv(100))
        client.close()
        for _ in range(100):
            if "said and gone" in json.dumps(self.history()):
                break
            time.sleep(0.05)
        self.assertIn("said and gone", json.dumps(self.history()))
        Site.release.set()
        self.finish(run)

    def test_a_killed_owner_leaves_nothing_in_the_way(self):
        run = self.start_slow()
        run.kill()
        run.communicate(timeout=60)
        self.assertTrue(os.path.exists(os.path.join(self.store, "socket")))
        self.assertIn(self.case, self.command("cases", "list").stdout)
        Site.release.set()
        self.finish(self.start("--source", "slow"))

    def test_an_owner_that_dies_half_way_through_a_change_is_told(self):
        self.serve_once(frame({"begun": True}) + frame({"out": "Case"}), self.hold())
        done = self.command("cases", "note", self.case, "x", expect=1)
        self.assertIn("before it had answered", done.stderr)
        self.assertEqual(done.stdout, "")

    def test_an_owner_that_dies_half_way_through_a_look_is_asked_again(self):
        self.serve_once(frame({"begun": True}) + frame({"out": "half a list"}), self.hold())
        done = self.command("cases", "list")
        self.assertIn(self.case, done.stdout)
        self.assertNotIn("half a list", done.stdout)

    def test_an_export_that_is_cut_off_is_made_again(self):
        self.serve_once(frame({"begun": True}) + frame({"out": "PK half an archive"}), self.hold())
        archive = os.path.join(self.folder, "case.zip")
        self.command("cases", "export", self.case, "--to", archive)
        self.command("cases", "verify", archive)

    def test_an_owner_that_talks_nonsense_is_not_believed(self):
        for answer in [frame(b"nonsense"), b"\xff\xff\xff\xff", frame({"begun": True}) + b"\0\0\1"]:
            lock = self.hold()
            self.serve_once(answer)
            self.command("--wait", "1", "cases", "list", expect=3)
            lock.close()

    def test_a_store_far_down_is_served(self):
        deep = os.path.join(self.folder, "d" * 100, "store")
        os.mkdir(os.path.dirname(deep))
        os.rename(self.store, deep)
        self.store = deep
        self.configure()
        run = self.start_slow()
        self.assertIn(self.case, self.command("cases", "list").stdout)
        Site.release.set()
        self.finish(run)


if __name__ == "__main__":
    unittest.main()
