"""A `site` source against a real WordPress: its feeds, comment feeds and sitemaps are found, a second
look asks only for what changed, nothing that its robots.txt forbids is asked for, and a comment about
the school is found.

usage: site_walk_test.py SCHOOLWATCH    (tests/real/run calls it)
"""
import json
import unittest

from wordpress import WordPressTest

FORBIDDEN = ("/staff-room", "/wp-admin/", "?replytocom=")


class SiteWalk(WordPressTest):
    SOURCES = """
sources:
  parents-blog:
    url: http://127.0.0.1:{port}/
    platform: blog
    follow: site
"""

    def test_the_site_is_found_out_asked_politely_and_watched(self):
        posts = self.posts()

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

        self.blog("comment", self.folder, posts[0], "watchful",
             "Mr Thrale at Quillbrook Academy stole the money for the school trip. He is a thief.")
        lines, _ = self.watch("--all")
        findings = [one for one in lines if one["type"] == "finding"]
        self.assertGreaterEqual(len(findings), 1)
        self.assertEqual({one["school"] for one in findings}, {"quillbrook"})
        self.assertIn("thief", json.dumps(findings[0]))
        self.assertEqual([one for one in self.watch("--all")[0] if one["type"] == "finding"], [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
