"""A `site` source against a real WordPress: its feeds, comment feeds and sitemaps are found, a second
look asks only for what changed, nothing that its robots.txt forbids is asked for, and a comment about
the school is found.

usage: site_walk_test.py SCHOOLWATCH    (tests/real/run calls it)
"""
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.abspath(sys.argv.pop(1))
FORBIDDEN = ("/staff-room", "/wp-admin/", "?replytocom=")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def blog(*args):
    subprocess.run([os.path.join(HERE, "wordpress.sh"), *map(str, args)], check=True)


class SiteWalk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.top = tempfile.mkdtemp(prefix="schoolwatch-site-")
        cls.folder, cls.port = os.path.join(cls.top, "blog"), free_port()
        blog("start", cls.folder, cls.port)
        with open(os.path.join(cls.top, "schoolwatch.yaml"), "w", encoding="utf-8") as f:
            f.write(f"""
schools:
  quillbrook:
    name: Quillbrook Academy
    town: Quillbrook
    people: {{headteacher: Mrs Ada Wren, others: [Mr Silas Thrale]}}
contacts:
  - {{role: headteacher, name: Mrs Ada Wren, email: head@quillbrook.example}}
alerts: {{channel: folder, from: schoolwatch@quillbrook.example, folder: {cls.top}/out}}
storage: {{folder: {cls.top}/store}}
crawl:
  contact: it@quillbrook.example
  page_gap: 20 ms
  feed_gap: 20 ms
  allow_addresses: [127.0.0.1]
  allow_ports: [{cls.port}]
""")
        with open(os.path.join(cls.top, "sources.yaml"), "w", encoding="utf-8") as f:
            f.write(f"""
sources:
  parents-blog:
    url: http://127.0.0.1:{cls.port}/
    platform: blog
    follow: site
""")

    @classmethod
    def tearDownClass(cls):
        blog("stop", cls.folder)
        shutil.rmtree(cls.top, ignore_errors=True)

    def watch(self, *args):
        """One run; its JSON lines, and what the server was asked for meanwhile."""
        log = os.path.join(self.folder, "access.log")
        before = os.path.getsize(log)
        done = subprocess.run([PROGRAM, "--config", self.top, "run", "--json", *args],
                              capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        with open(log, encoding="utf-8") as f:
            f.seek(before)
            asked = [line.split() for line in f]
        self.assertEqual([a for a in asked if any(part in a[1] for part in FORBIDDEN)], [])
        return [json.loads(line) for line in done.stdout.splitlines()], asked

    def test_the_site_is_found_out_asked_politely_and_watched(self):
        with open(os.path.join(self.folder, "posts"), encoding="utf-8") as f:
            posts = f.read().split()

        lines, asked = self.watch("--all")
        addresses = [a[1] for a in asked]
        self.assertEqual(addresses[0], "/robots.txt")
        for wanted in ("/", "/feed/", "/comments/feed/", "/wp-sitemap.xml", "/wp-sitemap-posts-post-1.xml"):
            self.assertIn(wanted, addresses)
        comment_feeds = [a for a in addresses if a.startswith("/20") and a.endswith("/feed/")]
        self.assertEqual(len(comment_feeds), 3, "each post's own comment feed")
        self.assertEqual(len(addresses), len(set(addresses)), "nothing is asked for twice")
        self.assertNotIn("304", [a[2] for a in asked])
        refused = [one for one in lines if one["type"] == "refused"]
        self.assertTrue(any("/staff-room/" in one["url"] and one["reason"] == "robots.txt" for one in refused))
        self.assertEqual([one for one in lines if one["type"] == "finding"], [])

        # A run right afterwards has nothing to ask: all of it is remembered to be not due.
        self.assertEqual(self.watch()[1], [])

        # Nothing changed: the feeds say so in one line each.
        _, asked = self.watch("--all")
        unchanged = {a[1] for a in asked if a[2] == "304"}
        self.assertIn("/feed/", unchanged)
        self.assertIn("/comments/feed/", unchanged)
        self.assertTrue(set(comment_feeds) <= unchanged)
        self.assertNotIn("/robots.txt", [a[1] for a in asked])

        blog("comment", self.folder, posts[0], "watchful",
             "Mr Thrale at Quillbrook Academy stole the money for the school trip. He is a thief.")
        lines, _ = self.watch("--all")
        findings = [one for one in lines if one["type"] == "finding"]
        self.assertGreaterEqual(len(findings), 1)
        self.assertEqual({one["school"] for one in findings}, {"quillbrook"})
        self.assertIn("thief", json.dumps(findings[0]))
        self.assertEqual([one for one in self.watch("--all")[0] if one["type"] == "finding"], [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
