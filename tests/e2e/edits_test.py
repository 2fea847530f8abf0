"""A comment that is edited, worse each time or not: what is kept, told and shown.

usage: edits_test.py SCHOOLWATCH
"""
import email
import email.policy
import glob
import http.server
import json
import os
import subprocess
import sys
import unittest

import loopback

PROGRAM = os.path.abspath(sys.argv.pop(1))
RUDE = "The office of Quillbrook Academy is rude and useless, we waited three weeks for an answer."
SORRY = "I was angry when I wrote this about Quillbrook Academy. It was the weather."
WORSE = "Mr Thrale at Quillbrook Academy stole the money for the school trip. He is a thief."


class Site(http.server.BaseHTTPRequestHandler):
    words = ""

    def do_GET(self):
        if self.path == "/robots.txt":
            self.send_response(404)
            self.end_headers()
            return
        body = f"""<html><head><title>Gates of Quillbrook Academy</title></head><body><article>
<h1>Gates of Quillbrook Academy</h1><p>The new gates of the academy on Weir Road will be hung in the first week of
December, the chair of governors said on Friday, when the old ones have been taken to the yard of the smith.</p>
<p>Until then the side door is open, as it has been since the storm.</p>
</article><ol class="comment-list"><li class="comment" id="comment-1"><article class="comment-body">
<footer class="comment-meta"><cite class="fn">watchful</cite> <time datetime="2099-11-20T17:00:00Z">20 November</time>
</footer><div class="comment-content"><p>{Site.words}</p></div></article></li></ol></body></html>""".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class Edits(unittest.TestCase):
    def setUp(self):
        self.folder = loopback.folder(self)
        self.port = loopback.serve(self, Site)
        loopback.configure(self.folder, "  herald: {url: 'http://herald.example/gates', platform: news, reader: html}\n",
                           alerts="digest: each run")

    def command(self, *words):
        done = subprocess.run([PROGRAM, "--config", self.folder, *words], capture_output=True, text=True, timeout=100,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def look(self, words):
        """Runs once over the page as it is now; the case and the mails that went out."""
        Site.words = words
        before = set(glob.glob(self.folder + "/out/*.eml"))
        self.command("run", "--all", "--connect-to", f"::127.0.0.1:{self.port}")
        mails = []
        for path in sorted(set(glob.glob(self.folder + "/out/*.eml")) - before):
            with open(path, "rb") as f:
                mails.append(email.message_from_binary_file(f, policy=email.policy.default))
        cases = [json.loads(line) for line in self.command("cases", "list", "--json").splitlines()]
        self.assertEqual(len(cases), 1)
        self.case = json.loads(self.command("cases", "show", cases[0]["case"], "--json"))
        return mails

    def events(self):
        return [event["event"] for event in self.case["history"]]

    def test_an_edit_is_kept_and_told_only_where_it_is_worse(self):
        self.assertEqual(len(self.look(RUDE)), 1)
        self.assertEqual(self.events(), ["opened"])

        self.assertEqual(self.look(SORRY), [], "no worse: nobody is told")
        self.assertEqual(self.events(), ["opened", "edited"])
        (finding,) = self.case["findings"]
        self.assertEqual(finding["post"]["text"], RUDE)
        self.assertEqual([version["text"] for version in finding["versions"]], [SORRY])

        self.assertEqual(self.look(SORRY), [])
        self.assertEqual(self.events(), ["opened", "edited"], "seen once")

        (mail,) = self.look(WORSE)
        self.assertIn("edited", self.events()[2:])
        self.assertEqual(self.case["posts"], 1, "it is one post")
        first, second = self.case["findings"]
        self.assertEqual(second["edit_of"], first["finding"])
        text = " ".join(mail.get_body(("plain",)).get_content().split())
        self.assertIn("is a thief", text)
        self.assertIn("It was the weather.", text, "what it said before")
        self.assertIn("a post was edited", text)
        self.assertIn("It was the weather.", mail.get_body(("html",)).get_content())

        shown = " ".join(self.command("cases", "show", self.case["case"]).split())  # It is wrapped.
        for words in ["an edit of post " + first["finding"], SORRY, RUDE, WORSE, "1 post, 1 author"]:
            self.assertIn(words, shown)

        self.assertEqual(self.look(RUDE), [], "back again is no news")
        self.assertEqual(len(self.case["findings"]), 2)


if __name__ == "__main__":
    unittest.main()
