"""An alert is answered by tapping a link in it: from the mail that went out to the case that changed; and the watchdog
and the report, on the same store.

usage: answers_test.py SCHOOLWATCH
"""
import email
import email.message
import email.policy
import glob
import html.parser
import http.server
import json
import os
import subprocess
import sys
import unittest
import urllib.parse

import loopback

PROGRAM = os.path.abspath(sys.argv.pop(1))
TEXT = "Mr Thrale at Quillbrook Academy stole the money for the school trip. He is a thief."
HEAD = "head@quillbrook.example"


class Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/robots.txt":
            self.send_response(404)
            self.end_headers()
            return
        body = f"""<rss version="2.0"><channel><title>Herald</title><item><title>Quillbrook Academy</title>
<link>http://herald.example/1</link><guid>1</guid><pubDate>Fri, 20 Nov 2099 18:00:00 GMT</pubDate>
<description>{TEXT}</description></item></channel></rss>""".encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class Links(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.all = {}
        self.open = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        href = dict(attrs).get("href", "")
        self.open = href if href.startswith("mailto:") else None

    def handle_data(self, data):
        if self.open:
            self.all[data.strip()] = self.open
            self.open = None


def tapped(link, sender, reason=""):
    """The mail that a telephone sends after a tap on the link."""
    url = urllib.parse.urlsplit(link)
    fields = urllib.parse.parse_qs(url.query, strict_parsing=True)
    mail = email.message.EmailMessage(policy=email.policy.SMTP)
    mail["From"] = f"Mrs Ada Wren <{sender}>"
    mail["To"] = urllib.parse.unquote(url.path)
    mail["Subject"] = fields["subject"][0]
    mail.set_content(reason + fields["body"][0])
    return mail.as_bytes()


class Answers(unittest.TestCase):
    def setUp(self):
        self.port = loopback.serve(self, Site)
        self.folder = loopback.folder(self)
        loopback.configure(self.folder, loopback.feeds("herald"), contacts=[loopback.HEAD, loopback.CHAIR],
                           alerts="answers: {to: reports@quillbrook.example}")
        os.mkdir(os.path.join(self.folder, "in"))

    def command(self, *words, status=0):
        done = subprocess.run([PROGRAM, "--config", self.folder, *words], capture_output=True, text=True, timeout=100,
                              check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout

    def run_once(self):
        before = set(glob.glob(self.folder + "/out/*.eml"))
        self.command("run", "--all", "--connect-to", f"::127.0.0.1:{self.port}")
        mails = []
        for path in sorted(set(glob.glob(self.folder + "/out/*.eml")) - before):
            with open(path, "rb") as f:
                mails.append(email.message_from_binary_file(f, policy=email.policy.default))
        return mails

    def put(self, name, mail):
        with open(os.path.join(self.folder, "in", name), "wb") as f:
            f.write(mail)

    def case(self):
        (line,) = self.command("cases", "list", "--json").splitlines()
        return json.loads(self.command("cases", "show", json.loads(line)["case"], "--json"))

    def test_from_the_mail_to_the_case(self):
        alert = next(mail for mail in self.run_once() if mail["To"] == HEAD)
        links = Links(alert.get_body(("html",)).get_content()).all
        self.assertEqual(list(links), ["Seen", "In hand", "No concern", "Not about us", "Please call me"])
        self.assertTrue(links["Seen"].startswith("mailto:reports@quillbrook.example?"))

        self.put("1.eml", tapped(links["In hand"], HEAD, "We speak with him today."))
        self.put("2.eml", tapped(links["In hand"], HEAD))
        self.put("3.eml", tapped(links["No concern"], "chair@quillbrook.example"))
        self.put("4.eml", tapped(links["Seen"], HEAD).replace(b"sw1-s-", b"sw1-n-"))
        self.put("5.eml", b"From: a@b.example\r\nSubject: Dinner\r\n\r\nHello\r\n")
        said = self.command("alerts", "ingest", "--move", self.folder + "/in").splitlines()
        for line, words in zip(said, ["is in hand; the headteacher answered: In hand", "refused: used before",
                                      "refused: sent by somebody else", "refused: forged", "no answer is in it"],
                               strict=True):
            self.assertIn(words, line)
        self.assertEqual({name: sorted(os.listdir(os.path.join(self.folder, "in", name)))
                          for name in ("taken", "refused", "other")},
                         {"taken": ["1.eml"], "refused": ["2.eml", "3.eml", "4.eml"], "other": ["5.eml"]})
        case = self.case()
        self.assertEqual(case["state"], "in hand")
        self.assertEqual(case["history"][-1]["reason"], "We speak with him today.")
        self.assertIn("by mail", case["history"][-1]["who"])
        self.assertEqual(self.command("audit", "list").count("answer refused"), 3)
        self.command("audit", "verify")

        self.put("6.eml", tapped(links["No concern"], HEAD, "He gave the receipts to the office."))
        self.assertIn("closed as no concern", self.command("alerts", "ingest", self.folder + "/in/6.eml"))

        text = self.command("alerts", "report")
        self.assertIn("1 new case", text)
        self.command("alerts", "report", "--for", "governors", "--html", self.folder + "/report.html")
        with open(self.folder + "/report.html", encoding="utf-8") as f:
            page = f.read()
        self.assertIn("1 new case", page)
        for personal in ("Thrale", "thief", "Wren", "herald", case["case"]):
            self.assertNotIn(personal, page.split("</style>")[1])
        self.command("alerts", "report", "--for", "governors", "--send")
        (report,) = self.run_once()
        self.assertEqual(report["To"], "chair@quillbrook.example")
        self.assertEqual([part.get_content_type() for part in report.walk() if not part.is_multipart()],
                         ["text/plain", "text/html", "image/png"])

    def test_the_watchdog_needs_no_store(self):
        self.run_once()
        self.assertEqual(self.command("watchdog"), "")
        with open(self.folder + "/store/heartbeat.json", "w", encoding="utf-8") as f:
            json.dump({"at": "2026-01-02T03:04:05Z", "sources": 1, "troubled": 0}, f)
        for name in glob.glob(self.folder + "/store/**/CURRENT", recursive=True):
            os.remove(name)
        before = len(glob.glob(self.folder + "/out/*.eml"))
        self.assertIn("2026-01-02T03:04:05Z", self.command("watchdog", status=1))
        self.assertEqual(len(glob.glob(self.folder + "/out/*.eml")), before + 1)
        self.command("watchdog", status=1)
        self.assertEqual(len(glob.glob(self.folder + "/out/*.eml")), before + 1, "told once")


if __name__ == "__main__":
    unittest.main()
