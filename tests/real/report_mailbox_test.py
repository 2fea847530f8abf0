"""A real Dovecot holds the mailbox to which people report: what is in it is taken over TLS, becomes
cases and answers, and is gone from it afterwards.

usage: report_mailbox_test.py SCHOOLWATCH    (tests/real/run calls it)
"""
import email
import email.message
import email.policy
import glob
import imaplib
import json
import os
import shutil
import smtplib
import ssl
import subprocess
import tempfile
import unittest

import installation
from installation import PROGRAM, free_port, sh

SECRET_PICTURE = b"NOT-REALLY-A-PICTURE-BUT-ITS-BYTES" * 40
BAD = "A teacher at Quillbrook Academy hit a child in the playground yesterday."
CHAT = (
    "17/11/2026, 20:01 - Messages and calls are end-to-end encrypted. Tap to learn more.\n"
    "17/11/2026, 20:02 - Kit's Mum: Has anyone else heard about Mr Thrale??\n"
    "17/11/2026, 20:03 - +44 7700 900123: the teacher hit my son and nobody did anything\nand that's not all\n"
    "17/11/2026, 20:04 - Kit's Mum: <Media omitted>\n"
    "17/11/2026, 20:05 - Bo: oh no\n"
    "17/11/2026, 20:06 - Anna Q: the zebra party is on sunday\n"
)


class ReportMailbox(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.top = tempfile.mkdtemp(prefix="schoolwatch-real-")
        os.chmod(cls.top, 0o755)
        cls.server = os.path.join(cls.top, "dovecot")
        cls.imap, cls.imaps, cls.lmtp = free_port(), free_port(), free_port()
        sh("dovecot.sh", "start", cls.server, cls.imap, cls.imaps, cls.lmtp)

    @classmethod
    def tearDownClass(cls):
        sh("dovecot.sh", "stop", cls.server)
        shutil.rmtree(cls.top, ignore_errors=True)

    def setUp(self):
        self.folder = os.path.join(self.top, self.id().rsplit(".", 1)[-1])
        os.makedirs(self.folder)
        self.configure()

    def configure(self, tls="implicit", password="report-box-pass", box="INBOX"):
        port = self.imaps if tls == "implicit" else self.imap
        installation.configure(self.folder, f"""
alerts: {{channel: folder, from: schoolwatch@quillbrook.example, folder: outgoing}}
crawl: {{contact: it@quillbrook.example}}
storage: {{folder: store}}
intake:
  imap:
    host: localhost
    port: {port}
    tls: {tls}
    user: reports
    password: {installation.secret(self.folder, "imap.secret", password)}
    ca_file: {self.server}/cert.pem
    box: {box}
""", "sources:\n  nowhere: {url: 'https://nowhere.example/feed', enabled: false}\n")

    def bring(self, sender, subject, body, attach=None):
        message = email.message.EmailMessage()
        message["From"], message["To"] = sender, "reports@quillbrook.example"
        message["Subject"], message["Message-ID"] = subject, email.utils.make_msgid(domain="mail.example")
        message["Date"] = "Wed, 18 Nov 2026 07:30:00 +0000"
        message.set_content(body)
        if attach:
            name, kind, data = attach
            main, sub = kind.split("/")
            message.add_attachment(data, maintype=main, subtype=sub, filename=name)
        with smtplib.LMTP("127.0.0.1", self.lmtp) as lmtp:
            lmtp.sendmail(sender, ["reports@quillbrook.example"], message.as_bytes())
        return message

    def mailbox(self):
        context = ssl.create_default_context(cafile=os.path.join(self.server, "cert.pem"))
        box = imaplib.IMAP4_SSL("localhost", self.imaps, ssl_context=context)
        box.login("reports", "report-box-pass")
        self.addCleanup(box.logout)
        return box

    def left(self):
        return int(self.mailbox().select("INBOX", readonly=True)[1][0])

    def run_program(self, *args, expect=0):
        done = subprocess.run(
            [PROGRAM, "--config", self.folder, *args], capture_output=True, text=True, timeout=120
        )
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done

    def take(self):
        lines = [json.loads(line) for line in self.run_program("intake", "--json").stdout.splitlines()]
        return [line for line in lines if line["type"] == "report"]

    def mails_to(self, address):
        mails = []
        for path in sorted(glob.glob(os.path.join(self.folder, "outgoing", "*.eml"))):
            with open(path, "rb") as f:
                mail = email.message_from_binary_file(f, policy=email.policy.default)
            if address in mail["To"]:
                mails.append(mail)
        return mails

    def assert_nowhere(self, data):
        for folder, _, names in os.walk(self.folder):
            for name in names:
                with open(os.path.join(folder, name), "rb") as f:
                    self.assertNotIn(data, f.read(), os.path.join(folder, name))

    def test_reports_are_taken_and_gone(self):
        self.bring("parent1@mail.example", "Fwd: post", "Link: https://forum.example/p/1\n\n" + BAD)
        self.bring("parent2@mail.example", "Chat export – Y6", "Export attached.",
                   ("WhatsApp Chat with Y6 parents.txt", "text/plain", CHAT.encode()))
        self.bring("office@quillbrook.example", "Screenshot: ClassDojo comment",
                   "Text in the picture: 'Quillbrook Academy is the worst school ever!!'",
                   ("shot.png", "image/png", SECRET_PICTURE))
        taken = self.take()
        self.assertEqual([one["fate"] for one in taken], ["taken"] * 3, taken)
        self.assertGreaterEqual(taken[0]["findings"], 1)
        self.assertGreaterEqual(taken[1]["findings"], 1)
        self.assertEqual(self.left(), 0)
        self.assertEqual(self.take(), [])
        [answer] = self.mails_to("office@quillbrook.example")
        words = answer.get_body(("plain",)).get_content()
        self.assertIn("We did not keep the picture", " ".join(words.split()))
        [answer] = self.mails_to("parent2@mail.example")
        self.assertIn("dropped at once", " ".join(answer.get_body(("plain",)).get_content().split()))
        self.assertTrue(self.mails_to("dsl@quillbrook.example"))
        self.assert_nowhere(SECRET_PICTURE[:40])
        self.assert_nowhere(b"zebra")
        self.assert_nowhere(b"Anna Q")

    def test_starttls_works_and_many_mails_are_taken_in_order(self):
        self.configure(tls="starttls")
        for i in range(25):
            self.bring("parent1@mail.example", "again", f"{BAD} The {i}th time.")
        self.assertEqual(len(self.take()), 25)
        self.assertEqual(self.left(), 0)

    def test_large_mail_comes_whole(self):
        # A literal of many megabytes: what libcurl cuts in commands of one's own.
        chat = CHAT + "".join(
            f"18/11/2026, 20:{i % 60:02} - Anna Q: see you at the pool, {i} of us are coming\n" for i in range(60000)
        ) + "19/11/2026, 20:00 - Bo: " + BAD + "\n"
        self.bring("parent2@mail.example", "chat", "attached", ("WhatsApp Chat with Y6.txt", "text/plain", chat.encode()))
        [taken] = self.take()
        self.assertIn("60006 messages of a chat", taken["what"])
        self.assertGreaterEqual(taken["findings"], 2)
        self.assertEqual(self.left(), 0)

    def test_what_is_marked_by_others_stays(self):
        self.bring("parent1@mail.example", "one", BAD)
        box = self.mailbox()
        box.create("Other")
        box.select("INBOX")
        box.append("INBOX", None, None, b"From: a@b.example\r\nSubject: marked\r\n\r\nwords\r\n")
        self.assertEqual(len(self.take()), 2)
        self.assertEqual(self.left(), 0)

    def test_wrong_password_is_a_persons_business(self):
        self.configure(password="wrong")
        self.bring("parent1@mail.example", "one", BAD)
        done = self.run_program("intake", expect=1)
        self.assertIn("refused the user name or password", done.stderr)
        self.assertNotIn("wrong", done.stderr.replace("user name or password", ""))
        self.configure()
        self.assertEqual(len(self.take()), 1)

    def test_no_such_box_is_said(self):
        self.configure(box="Nowhere")
        done = self.run_program("intake", expect=1)
        self.assertIn("no box 'Nowhere'", done.stderr)


if __name__ == "__main__":
    unittest.main()
