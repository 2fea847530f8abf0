"""The shipped `platform: wordpress` against a real WordPress: articles and comments by its interface, only
what is newer at the next look, page after page, a comment about the school is found, and when it was deleted
there, that is noticed.

usage: platform_wordpress_test.py SCHOOLWATCH SHIFTED_CLOCK    (tests/real/run calls it)
"""
import json
import os
import re
import subprocess
import sys
import unittest
import urllib.parse

from installation import HERE, PROGRAM
from wordpress import WordPressTest

SHIPPED = os.path.join(HERE, "..", "..", "config", "platforms", "wordpress.yaml")


class PlatformWordPress(WordPressTest):
    CLOCK = os.path.abspath(sys.argv.pop(1))
    SOURCES = """
sources:
  parents-blog:
    platform: wordpress
    routes: [posts, comments]
    with: {host: "127.0.0.1:{port}"}
"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The shipped file but for TLS, which PHP's own server does not speak, and with small pages.
        with open(SHIPPED, encoding="utf-8") as f:
            recipe = f.read()
        assert recipe.count("url: ") == recipe.count('url: "https://{host}') > 0 and recipe.count("per_page: 50}") == 1
        os.mkdir(os.path.join(cls.top, "platforms"))
        with open(os.path.join(cls.top, "platforms", "wordpress.yaml"), "w", encoding="utf-8") as f:
            f.write(recipe.replace("https://{host}", "http://{host}").replace("per_page: 50", "per_page: 1"))

    def ask(self, days_on=0):
        """One run; its JSON lines, and the addresses that the server was asked for meanwhile."""
        lines, asked = self.watch("--all", days_on=days_on)
        return lines, [urllib.parse.urlsplit(one[1]) for one in asked]

    def of(self, asked, route):
        return [urllib.parse.parse_qs(one.query) for one in asked if one.path == f"/wp-json/wp/v2/{route}"]

    def test_articles_and_comments_are_read_and_asked_for_once(self):
        posts = self.posts()

        # Of three articles and three comments, each time two are of the last seven days.
        lines, asked = self.ask()
        self.assertEqual(asked[0].path, "/robots.txt")
        source = next(one for one in lines if one["type"] == "source")
        self.assertEqual(source["posts"], 4, lines)
        self.assertNotIn("trouble", source)
        self.assertEqual([one.get("page", ["1"]) for one in self.of(asked, "posts")], [["1"], ["2"]])
        self.assertEqual([one for one in lines if one["type"] == "finding"], [])

        first = self.of(asked, "comments")[0]["after"][0]
        lines, asked = self.ask()
        self.assertGreater(self.of(asked, "comments")[0]["after"][0], first, "only what is newer is asked for")
        self.assertEqual(next(one for one in lines if one["type"] == "summary")["new_posts"], 0)

        self.blog("comment", self.folder, posts[0], "watchful",
             "Mr Thrale at Quillbrook Academy stole the money for the school trip. He is a thief.")
        lines, _ = self.ask()
        findings = [one for one in lines if one["type"] == "finding"]
        self.assertEqual(len(findings), 1, lines)
        self.assertEqual(findings[0]["school"], "quillbrook")
        self.assertIn("#comment-", json.dumps(findings[0]))
        self.assertIn("watchful", json.dumps(findings[0]))
        self.assertEqual([one for one in self.ask()[0] if one["type"] == "finding"], [])
        self.it_is_looked_at_again(findings[0]["case"], re.search(r"#comment-(\d+)", json.dumps(findings[0]))[1])

    def it_is_looked_at_again(self, case, number):
        """Once a day by its number; left out on two days, it is gone."""
        def looks(days_on):
            return [one["include"] for one in self.of(self.ask(days_on)[1], "comments") if "include" in one]

        def kept():
            done = subprocess.run([PROGRAM, "--config", self.top, "cases", "show", case, "--json"],
                                  capture_output=True, text=True, timeout=60, check=True)
            return json.loads(done.stdout)["findings"][0]

        self.assertEqual(looks(1), [[number]])
        self.assertEqual(looks(1), [], "once a day")
        stands = kept()
        self.assertIn("last_seen_there", stands)
        self.assertNotIn("missed_there", stands)

        self.blog("delete", self.folder, number)
        self.assertEqual(looks(2), [[number]])
        self.assertEqual(kept()["last_seen_there"], stands["last_seen_there"])
        self.assertIn("missed_there", kept())
        self.assertNotIn("gone", kept())
        self.assertEqual(looks(3), [[number]])
        self.assertTrue(kept()["gone"])
        self.assertEqual(looks(4), [], "what is gone is not asked for")


if __name__ == "__main__":
    unittest.main(verbosity=2)
