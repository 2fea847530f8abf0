"""The shipped `platform: wordpress` against a real WordPress: articles and comments by its interface, only
what is newer at the next look, page after page, and a comment about the school is found.

usage: platform_wordpress_test.py SCHOOLWATCH    (tests/real/run calls it)
"""
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
SHIPPED = os.path.join(HERE, "..", "..", "config", "platforms", "wordpress.yaml")
PROGRAM = os.path.abspath(sys.argv.pop(1))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def blog(*args):
    subprocess.run([os.path.join(HERE, "wordpress.sh"), *map(str, args)], check=True)


class PlatformWordPress(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.top = tempfile.mkdtemp(prefix="schoolwatch-wordpress-")
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
    platform: wordpress
    routes: [posts, comments]
    with: {{host: "127.0.0.1:{cls.port}"}}
""")
        # The shipped file but for TLS, which PHP's own server does not speak, and with small pages.
        with open(SHIPPED, encoding="utf-8") as f:
            recipe = f.read()
        assert recipe.count("https://{host}") == 5 and "per_page: 50" in recipe
        os.mkdir(os.path.join(cls.top, "platforms"))
        with open(os.path.join(cls.top, "platforms", "wordpress.yaml"), "w", encoding="utf-8") as f:
            f.write(recipe.replace("https://{host}", "http://{host}").replace("per_page: 50", "per_page: 1"))

    @classmethod
    def tearDownClass(cls):
        blog("stop", cls.folder)
        shutil.rmtree(cls.top, ignore_errors=True)

    def watch(self):
        """One run; its JSON lines, and the addresses that the server was asked for meanwhile."""
        log = os.path.join(self.folder, "access.log")
        before = os.path.getsize(log)
        done = subprocess.run([PROGRAM, "--config", self.top, "run", "--all", "--json"],
                              capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        with open(log, encoding="utf-8") as f:
            f.seek(before)
            asked = [urllib.parse.urlsplit(line.split()[1]) for line in f]
        return [json.loads(line) for line in done.stdout.splitlines()], asked

    def of(self, asked, route):
        return [urllib.parse.parse_qs(one.query) for one in asked if one.path == f"/wp-json/wp/v2/{route}"]

    def test_articles_and_comments_are_read_and_asked_for_once(self):
        with open(os.path.join(self.folder, "posts"), encoding="utf-8") as f:
            posts = f.read().split()

        # Of three articles and three comments, each time two are of the last seven days.
        lines, asked = self.watch()
        self.assertEqual(asked[0].path, "/robots.txt")
        source = next(one for one in lines if one["type"] == "source")
        self.assertEqual(source["posts"], 4, lines)
        self.assertNotIn("trouble", source)
        self.assertEqual([one.get("page", ["1"]) for one in self.of(asked, "posts")], [["1"], ["2"]])
        self.assertEqual([one for one in lines if one["type"] == "finding"], [])

        first = self.of(asked, "comments")[0]["after"][0]
        lines, asked = self.watch()
        self.assertGreater(self.of(asked, "comments")[0]["after"][0], first, "only what is newer is asked for")
        self.assertEqual(next(one for one in lines if one["type"] == "summary")["new_posts"], 0)

        blog("comment", self.folder, posts[0], "watchful",
             "Mr Thrale at Quillbrook Academy stole the money for the school trip. He is a thief.")
        lines, _ = self.watch()
        findings = [one for one in lines if one["type"] == "finding"]
        self.assertEqual(len(findings), 1, lines)
        self.assertEqual(findings[0]["school"], "quillbrook")
        self.assertIn("#comment-", json.dumps(findings[0]))
        self.assertIn("watchful", json.dumps(findings[0]))
        self.assertEqual([one for one in self.watch()[0] if one["type"] == "finding"], [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
