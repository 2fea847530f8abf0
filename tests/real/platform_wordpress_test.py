"""The shipped `platform: wordpress` against a real WordPress: articles and comments by its interface, only
what is newer at the next look, page after page, and a comment about the school is found.

usage: platform_wordpress_test.py SCHOOLWATCH    (tests/real/run calls it)
"""
import json
import os
import unittest
import urllib.parse

from installation import HERE
from wordpress import WordPressTest

SHIPPED = os.path.join(HERE, "..", "..", "config", "platforms", "wordpress.yaml")


class PlatformWordPress(WordPressTest):
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
        assert recipe.count("https://{host}") == 5 and "per_page: 50" in recipe
        os.mkdir(os.path.join(cls.top, "platforms"))
        with open(os.path.join(cls.top, "platforms", "wordpress.yaml"), "w", encoding="utf-8") as f:
            f.write(recipe.replace("https://{host}", "http://{host}").replace("per_page: 50", "per_page: 1"))

    def ask(self):
        """One run; its JSON lines, and the addresses that the server was asked for meanwhile."""
        lines, asked = self.watch("--all")
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


if __name__ == "__main__":
    unittest.main(verbosity=2)
