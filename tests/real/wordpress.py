"""A real WordPress of its own, and schoolwatch that watches it: what the tests of it share."""
import json
import os
import shutil
import subprocess
import tempfile
import unittest

from installation import PROGRAM, configure, free_port, sh


class WordPressTest(unittest.TestCase):
    SOURCES = ""  # sources.yaml; {port} is the blog's.
    CLOCK = ""  # The library of tests/e2e/shifted_clock.cc, for runs on later days.

    @classmethod
    def setUpClass(cls):
        cls.top = tempfile.mkdtemp(prefix="schoolwatch-wordpress-")
        cls.folder, cls.port = os.path.join(cls.top, "blog"), free_port()
        cls.blog("start", cls.folder, cls.port)
        configure(cls.top, f"""
alerts: {{channel: folder, from: schoolwatch@quillbrook.example, folder: {cls.top}/out}}
storage: {{folder: {cls.top}/store}}
crawl:
  contact: it@quillbrook.example
  page_gap: 20 ms
  feed_gap: 20 ms
  allow_addresses: [127.0.0.1]
  allow_ports: [{cls.port}]
""", cls.SOURCES.replace("{port}", str(cls.port)))

    @classmethod
    def tearDownClass(cls):
        cls.blog("stop", cls.folder)
        shutil.rmtree(cls.top, ignore_errors=True)

    @staticmethod
    def blog(*args):
        sh("wordpress.sh", *args)

    def watch(self, *args, days_on=0):
        """One run, some days after today; its JSON lines, and the words of the server's log of what it was
        asked for meanwhile.
        """
        log = os.path.join(self.folder, "access.log")
        before = os.path.getsize(log)
        later = {"LD_PRELOAD": self.CLOCK, "SW_CLOCK_AHEAD_HOURS": str(24 * days_on)} if days_on else {}
        done = subprocess.run([PROGRAM, "--config", self.top, "run", "--json", *args],
                              capture_output=True, text=True, timeout=300, env={**os.environ, **later})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        with open(log, encoding="utf-8") as f:
            f.seek(before)
            asked = [line.split() for line in f]
        return [json.loads(line) for line in done.stdout.splitlines()], asked

    def posts(self):
        """The numbers of the blog's articles."""
        with open(os.path.join(self.folder, "posts"), encoding="utf-8") as f:
            return f.read().split()
