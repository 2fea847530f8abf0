"""The whole path against software that nobody here wrote: a real DokuWiki is watched, and the mail
about an edit arrives through a real Exim with STARTTLS and login, once.

usage: wiki_mail_test.py SCHOOLWATCH    (tests/real/run calls it)
"""
import email
import email.policy
import glob
import os
import shutil
import subprocess
import tempfile
import time
import unittest

import installation
from installation import PROGRAM, free_port, sh

PAGE = "quillbrook_academy"


class WikiToMail(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.top = tempfile.mkdtemp(prefix="schoolwatch-real-")
        os.chmod(cls.top, 0o755)
        cls.mail, cls.mail_port = os.path.join(cls.top, "mail"), free_port()
        sh("exim.sh", "start", cls.mail, cls.mail_port)

    @classmethod
    def tearDownClass(cls):
        sh("exim.sh", "stop", cls.mail)
        shutil.rmtree(cls.top, ignore_errors=True)

    def setUp(self):
        self.folder = os.path.join(self.top, self.id().rsplit(".", 1)[-1])
        self.wiki, self.wiki_port = self.folder + "-wiki", free_port()
        sh("dokuwiki.sh", "start", self.wiki, self.wiki_port)
        self.addCleanup(sh, "dokuwiki.sh", "stop", self.wiki)
        for old in self.mails():
            os.unlink(old)

    def run_program(self, *args, expect=0):
        done = subprocess.run([PROGRAM, *args], capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done

    def watch(self, *args, expect=0):
        return self.run_program("--config", self.folder, "run", *args, expect=expect)

    def save(self, text, summary):
        sh("dokuwiki.sh", "save", self.wiki, self.wiki_port, PAGE, text, summary)
        # The wiki tells revisions apart by the second, and keeps a feed for one to two seconds.
        time.sleep(2.5)

    def mails(self):
        return sorted(glob.glob(os.path.join(self.mail, "mail", "new", "*")))

    def wait_for_mails(self, count):
        """Exim accepts first and delivers a moment later."""
        for _ in range(100):
            if len(self.mails()) >= count:
                break
            time.sleep(0.1)
        self.assertEqual(len(self.mails()), count)
        messages = []
        for path in self.mails():
            with open(path, "rb") as f:
                messages.append(email.message_from_binary_file(f, policy=email.policy.default))
        return messages

    def configure(self, password="not-a-real-secret"):
        self.run_program("init", "--school", "Quillbrook Academy", "--town", "Quillbrook",
                         "--to", "head@quillbrook.example", "--dsl", "dsl@quillbrook.example",
                         "--contact", "it@quillbrook.example", self.folder)
        installation.configure(self.folder, f"""
alerts:
  digest: each run
  channel: smtp
  from: schoolwatch@quillbrook.example
  smtp:
    host: localhost
    port: {self.mail_port}
    tls: starttls
    user: watch
    password: {installation.secret(self.folder, "mail-password", password)}
    ca_file: {self.mail}/cert.pem
storage:
  folder: {self.folder}/store
crawl:
  contact: it@quillbrook.example
  page_gap: 100 ms
  feed_gap: 100 ms
  allow_addresses: [127.0.0.1]
  allow_ports: [{self.wiki_port}]
""", f"""
sources:
  pupils-wiki:
    title: Pupils' wiki
    url: http://127.0.0.1:{self.wiki_port}/feed.php?type=rss2&content=html&linkto=current
    reader: feed
    platform: wikipedia
    interval: 15 min
""")
        self.run_program("--config", self.folder, "check")

    def test_an_allegation_on_the_wiki_is_mailed_once(self):
        self.configure()
        self.save("====== Quillbrook Academy ======\nMr Thrale teaches maths and chess.", "first page")
        self.watch("--all")
        self.assertEqual(self.mails(), [])

        self.save("====== Quillbrook Academy ======\nMr Thrale stole the money for the school trip. "
                  "He is a thief.", "truth")
        for _ in range(10):  # Its feed may still be the one from before the edit.
            self.watch("--all")
            if self.run_program("--config", self.folder, "cases", "list", "--json").stdout:
                break
            time.sleep(1)
        message = self.wait_for_mails(1)[0]
        self.assertEqual(message["To"], "head@quillbrook.example")
        self.assertIn("Quillbrook Academy", message["Subject"])
        self.assertIn("possible allegation of fact", message["Subject"])
        self.assertNotIn("thief", str(message["Subject"]))
        self.assertEqual(message["Auto-Submitted"], "auto-generated")
        text = message.get_body(("plain",)).get_content()
        self.assertIn("thief", text)
        self.assertIn("possible", text.lower())
        self.assertIn(f"127.0.0.1:{self.wiki_port}/doku.php", text)
        self.assertIsNotNone(message.get_body(("html",)))

        # Seen before: nothing more to say.
        self.watch("--all")
        self.watch("--all")
        time.sleep(1)
        self.assertEqual(len(self.mails()), 1)

        listed = self.run_program("--config", self.folder, "cases", "list", "--json")
        self.assertEqual(len(listed.stdout.strip().splitlines()), 1)

    def test_a_mail_server_that_is_down_loses_nothing(self):
        self.configure()
        self.save("====== Quillbrook Academy ======\nMr Thrale stole the money for the school trip. "
                  "He is a thief.", "truth")
        sh("exim.sh", "stop", self.mail)
        done = self.watch("--all")
        self.assertIn("tried again", done.stderr)
        self.assertEqual(self.mails(), [])
        sh("exim.sh", "start", self.mail, self.mail_port)
        # The first retry is due after about a minute; a run before that sends nothing.
        for _ in range(10):
            time.sleep(10)
            self.watch("--all")
            if self.mails():
                break
        self.wait_for_mails(1)
        self.watch("--all")
        time.sleep(1)
        self.assertEqual(len(self.mails()), 1)

    def test_a_wrong_password_is_said_plainly_and_loses_nothing(self):
        self.configure(password="wrong")
        self.save("====== Quillbrook Academy ======\nMr Thrale stole the money for the school trip. "
                  "He is a thief.", "truth")
        done = self.watch("--all")
        self.assertIn("user name or password", done.stderr)
        self.assertNotIn("wrong", done.stderr)
        self.assertIn("tried again", done.stderr)
        self.assertEqual(self.mails(), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
