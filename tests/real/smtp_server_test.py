"""Every way in which messages leave, against software that nobody here wrote: npm's smtp-server
(logins, tokens, refusals, size limits, cut connections), its reader of mails, the reference reader
of signed webhooks, and a real Exim (TLS and logins; left out where there is none).

usage: smtp_server_test.py SCHOOLWATCH FOLDER    (smtp_server.sh calls it)
"""
import email
import email.policy
import glob
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.request

import installation
from installation import PROGRAM, free_port, sh

FOLDER = os.path.abspath(sys.argv.pop(1))  # What follows the program, which is taken already.
WEBHOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Installation(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.top = tempfile.mkdtemp(prefix="schoolwatch-smtp-")
        os.chmod(cls.top, 0o755)
        cls.key, cls.cert = (os.path.join(cls.top, name) for name in ("key.pem", "cert.pem"))
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", cls.key,
             "-out", cls.cert, "-days", "2", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
            check=True, capture_output=True)
        cls.server = subprocess.Popen(
            ["node", "server.mjs", cls.key, cls.cert, WEBHOOK_SECRET], cwd=FOLDER,
            stdout=subprocess.PIPE, text=True)
        cls.events = queue.Queue()

        def read():
            for line in cls.server.stdout:
                cls.events.put(json.loads(line))
        threading.Thread(target=read, daemon=True).start()
        cls.ports = cls.events.get(timeout=30)
        assert cls.ports["event"] == "ready", cls.ports

    @classmethod
    def tearDownClass(cls):
        cls.server.kill()
        cls.server.wait()
        cls.server.stdout.close()
        shutil.rmtree(cls.top, ignore_errors=True)

    def setUp(self):
        self.folder = os.path.join(self.top, self.id().rsplit(".", 1)[-1])
        os.makedirs(self.folder)
        self.heard()

    def heard(self, wait=0.0):
        """What the servers have said since the last call."""
        events = []
        end = time.monotonic() + wait
        while True:
            try:
                events.append(self.events.get(timeout=max(0.05, end - time.monotonic())))
            except queue.Empty:
                return events

    def wait_for(self, kind):
        """The next event of a kind."""
        while True:
            event = self.events.get(timeout=20)
            if event["event"] == kind:
                return event

    def control(self, **values):
        query = "&".join(f"{name}={value}" for name, value in values.items())
        urllib.request.urlopen(f"http://127.0.0.1:{self.ports['web']}/control?{query}").read()

    def secret(self, name, text):
        return installation.secret(self.folder, name, text)

    def configure(self, alerts):
        installation.configure(self.folder, f"""
alerts:
  from: schoolwatch@quillbrook.example
{alerts}
storage:
  folder: {self.folder}/store
crawl:
  contact: it@quillbrook.example
""", "sources:\n  news: {url: 'https://news.example/feed.xml', platform: news}\n")

    def smtp(self, port, login="password", tls="starttls", user="watch",
             password="not-a-real-secret", more="", ca=None):
        key = "" if password is None else f"    password: {self.secret('password', password)}\n"
        self.configure(f"""  channel: smtp
  smtp:
    host: localhost
    port: {port}
    tls: {tls}
    login: {login}
    user: {user}
    ca_file: {ca or self.cert}
{key}{more}""")

    def send(self, to="head@quillbrook.example", expect=0, *options):
        done = subprocess.run(
            [PROGRAM, "--config", self.folder, "alerts", "test", "--to", to, *options],
            capture_output=True, text=True, timeout=180)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        self.assertNotIn("not-a-real-secret", done.stdout + done.stderr)
        return done.stdout


class Logins(Installation):
    def test_every_login_over_either_tls(self):
        for port, tls in (("starttls", "starttls"), ("implicit", "implicit")):
            for login, method in (("password", "PLAIN"), ("plain", "PLAIN"), ("login", "LOGIN")):
                with self.subTest(tls=tls, login=login):
                    self.smtp(self.ports[port], login=login, tls=tls)
                    self.send()
                    auth = self.wait_for("auth")
                    self.assertEqual(auth["method"], method)
                    self.assertTrue(auth["secure"])
                    mail = self.wait_for("mail")
                    self.assertEqual(mail["from"], "schoolwatch@quillbrook.example")
                    self.assertEqual(mail["to"], ["head@quillbrook.example"])
                    self.assertIn("TEST, Quillbrook Academy", mail["subject"])
                    self.assertIn("Nobody wrote it", mail["text"])
                    self.assertTrue(mail["html"])
                    self.assertGreater(mail["size"], 1000)

    def test_without_starttls_nothing_leaves(self):
        self.smtp(self.ports["plain"])
        self.assertIn("STARTTLS", self.send(expect=1))
        self.assertEqual(self.heard(0.2), [])

    def test_an_unknown_certificate_gets_no_login(self):
        self.smtp(self.ports["starttls"])
        subprocess.run(["sed", "-i", "/ca_file/d", os.path.join(self.folder, "schoolwatch.yaml")],
                       check=True)
        self.assertIn("not trusted", self.send(expect=1))
        self.assertEqual(self.heard(0.2), [])

    def test_a_wrong_password_and_a_login_that_is_put_off(self):
        self.smtp(self.ports["starttls"], password="mistyped")
        self.assertIn("refused the user name or password (535)", self.send(expect=1))
        self.smtp(self.ports["starttls"], user="later")
        self.assertIn("cannot check the login now (454)", self.send(expect=1))


class Refusals(Installation):
    def test_of_recipients_and_messages(self):
        self.smtp(self.ports["starttls"])
        for who, words in (("gone", "550 5.1.1"), ("busy", "450 4.2.0"), ("spam", "554 5.7.1"),
                           ("full", "452 4.2.2")):
            with self.subTest(who=who):
                self.assertIn(words, self.send(f"{who}@quillbrook.example", 1))

    def test_of_size_before_and_after_the_message(self):
        self.smtp(self.ports["small"])
        self.assertIn("552", self.send(expect=1))
        self.smtp(self.ports["hidden"])
        self.assertIn("552 5.3.4", self.send(expect=1))


class CutConnections(Installation):
    def test_at_every_piece_of_the_conversation(self):
        self.smtp(self.ports["proxy"])
        outcomes = []
        for piece in range(60):
            self.control(cut=piece)
            done = subprocess.run(
                [PROGRAM, "--config", self.folder, "alerts", "test", "--to",
                 "head@quillbrook.example"], capture_output=True, text=True, timeout=180)
            arrived = [e for e in self.heard(0.1) if e["event"] == "mail"]
            outcomes.append((done.returncode, len(arrived)))
            self.assertIn(done.returncode, (0, 1), done.stderr)
            if done.returncode == 0:
                self.assertEqual(len(arrived), 1, "accepted means that it is there")
            else:
                self.assertIn("not accepted", done.stdout)
                self.assertLessEqual(len(arrived), 1)
            if outcomes[-3:] == [(0, 1)] * 3:
                break
        self.control(cut=-1)
        self.assertEqual(outcomes[-1], (0, 1))
        failed = [o for o in outcomes if o[0] == 1]
        self.assertGreater(len(failed), 10, outcomes)

    def test_where_the_message_arrives_and_the_answer_does_not(self):
        self.smtp(self.ports["proxy"])
        self.control(cut="answer")
        self.assertIn("not accepted", self.send(expect=1))
        self.wait_for("mail")
        self.control(cut=-1)


class Tokens(Installation):
    def oauth2(self, *lines, port="starttls"):
        more = "    oauth2:\n" + "".join(
            f"      {line}\n" for line in
            (f"token_url: http://127.0.0.1:{self.ports['web']}/token", *lines))
        self.smtp(self.ports[port], login="xoauth2", user="alerts@quillbrook.example",
                  password=None, more=more)
        os.makedirs(os.path.join(self.folder, "store"), exist_ok=True)

    def test_client_credentials_of_microsoft(self):
        self.oauth2("provider: microsoft", "client_id: app",
                    f"client_secret: {self.secret('client', 's3cret')}")
        self.send()
        asked = self.wait_for("token")
        self.assertEqual(asked["grant_type"], "client_credentials")
        self.assertEqual(asked["client_id"], "app")
        self.assertEqual(asked["client_secret"], "s3cret")
        self.assertEqual(asked["scope"], "https://outlook.office365.com/.default")
        self.assertEqual(self.wait_for("auth")["method"], "XOAUTH2")
        self.wait_for("mail")
        # The token is kept for the next run, and fetched anew when the server has withdrawn it.
        self.send()
        self.assertNotIn("token", [e["event"] for e in self.heard(0.2)])
        self.control(withdraw=1)
        self.send()
        self.assertEqual([e["event"] for e in self.heard(0.2)], ["auth", "token", "auth", "mail"])

    def test_refresh_token_of_google_is_renewed(self):
        self.oauth2("provider: google", "client_id: app",
                    f"client_secret: {self.secret('client', 's3cret')}",
                    f"refresh_token: {self.secret('refresh', 'one')}")
        for expected in ("one", "one+"):
            self.send()
            asked = self.wait_for("token")
            self.assertEqual(asked["grant_type"], "refresh_token")
            self.assertEqual(asked["refresh_token"], expected)
            self.wait_for("mail")
            kept = os.path.join(self.folder, "store", "mail-token")
            self.assertEqual(os.stat(kept).st_mode & 0o777, 0o600)
            self.control(withdraw=1)

    def test_service_account_of_google(self):
        with open(self.key, encoding="utf-8") as f:
            key = json.dumps({"type": "service_account", "client_email": "watch@project.example",
                              "private_key": f.read()})
        self.oauth2("provider: google", f"service_account: {self.secret('account', key)}")
        self.send()
        asked = self.wait_for("token")
        self.assertEqual(asked["grant_type"], "urn:ietf:params:oauth:grant-type:jwt-bearer")
        head, claims, signature = asked["assertion"].split(".")
        self.assertTrue(self.verifies(head + "." + claims, signature))
        self.wait_for("mail")

    def verifies(self, text, signature):
        code = ("const [k,t,s]=process.argv.slice(1);const c=require('crypto');"
                "process.exit(c.verify('RSA-SHA256',t,c.createPublicKey(require('fs')."
                "readFileSync(k)),Buffer.from(s,'base64url'))?0:1)")
        return subprocess.run(["node", "-e", code, self.cert, text, signature],
                              check=False).returncode == 0

    def test_refusals_are_said_and_nothing_leaks(self):
        self.oauth2("provider: microsoft", "client_id: app",
                    f"client_secret: {self.secret('client', 'wrong')}")
        said = self.send(expect=1)
        self.assertIn("invalid_client: AADSTS7000215", said)
        self.assertEqual([e["event"] for e in self.heard(0.2)], ["token"])
        self.oauth2("provider: microsoft", "client_id: app",
                    f"client_secret: {self.secret('client', 's3cret')}", port="passwords")
        self.assertIn("no login by token", self.send(expect=1))


class OtherChannels(Installation):
    def webhook(self, path, secret=WEBHOOK_SECRET):
        url = self.secret("url", f"http://127.0.0.1:{self.ports['web']}{path}")
        self.configure(f"""  channel: webhook
  display: masked
  webhook:
    url: {url}
    secret: {self.secret('hook', secret)}
""")

    def test_webhook_is_verified_by_the_reference_reader(self):
        self.webhook("/hook")
        self.send()
        hook = self.wait_for("hook")
        self.assertEqual(hook["type"], "alert")
        self.assertEqual(hook["to"]["address"], "head@quillbrook.example")
        self.assertEqual(hook["findings"][0]["severity"], "medium")
        self.assertNotIn("Nobody wrote it", hook["text"], "masked, as its mail would be")

    def test_webhook_that_is_forged_or_down(self):
        self.webhook("/hook", secret="whsec_" + "AAAA" * 8)
        self.assertIn("HTTP 401", self.send(expect=1))
        self.wait_for("forged")
        self.webhook("/busy")
        self.assertIn("HTTP 503", self.send(expect=1))

    def test_a_contact_with_two_channels(self):
        url = self.secret("url", f"http://127.0.0.1:{self.ports['web']}/hook")
        self.smtp(self.ports["starttls"], more=f"""  webhook:
    url: {url}
    secret: {self.secret('hook', WEBHOOK_SECRET)}
""")
        path = os.path.join(self.folder, "schoolwatch.yaml")
        with open(path, encoding="utf-8") as f:
            text = f.read()
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace("email: head@quillbrook.example",
                                 "email: head@quillbrook.example, channels: [smtp, webhook]"))
        said = self.send()
        self.assertIn("by smtp: accepted", said)
        self.assertIn("by webhook: accepted", said)
        events = {e["event"]: e for e in self.heard(0.2)}
        self.assertEqual(events["mail"]["id"], f"<{events['hook']['message_id']}>")


def exim():
    return shutil.which("exim4") or shutil.which("exim4", path="/usr/sbin")


@unittest.skipUnless(exim(), "needs Exim")
class Exim(Installation):
    def setUp(self):
        super().setUp()
        self.port, self.tls_port = free_port(), free_port()
        self.mail = os.path.join(self.folder, "exim")
        sh("exim.sh", "start", self.mail, self.port, self.tls_port)
        self.addCleanup(sh, "exim.sh", "stop", self.mail)

    def test_tls_and_logins(self):
        ca = os.path.join(self.mail, "cert.pem")
        count = 0
        for port, tls in ((self.port, "starttls"), (self.tls_port, "implicit")):
            for login in ("plain", "login"):
                with self.subTest(tls=tls, login=login):
                    self.smtp(port, login=login, tls=tls, ca=ca)
                    self.send()
                    count += 1
                    for _ in range(100):
                        if len(glob.glob(os.path.join(self.mail, "mail", "new", "*"))) == count:
                            break
                        time.sleep(0.1)
                    self.assertEqual(len(glob.glob(os.path.join(self.mail, "mail", "new", "*"))),
                                     count)
        self.smtp(self.port, password="mistyped", ca=ca)
        self.assertIn("refused the user name or password", self.send(expect=1))
        self.smtp(self.port, ca=ca)
        self.assertIn("no such person here", self.send("nobody-here@quillbrook.example", 1))
        self.assertIn("try again later", self.send("busy@quillbrook.example", 1))

    def test_sendmail(self):
        program = os.path.join(self.folder, "sendmail")
        with open(program, "w", encoding="utf-8") as f:
            f.write(f'#!/bin/sh\nexec {exim()} -C {self.mail}/exim.conf "$@"\n')
        os.chmod(program, 0o755)
        self.configure(f"  channel: sendmail\n  sendmail: {{program: {program}}}\n")
        self.send()
        for _ in range(100):
            mails = glob.glob(os.path.join(self.mail, "mail", "new", "*"))
            if mails:
                break
            time.sleep(0.1)
        self.assertEqual(len(mails), 1)
        with open(mails[0], "rb") as f:
            message = email.message_from_binary_file(f, policy=email.policy.default)
        self.assertIn("TEST, Quillbrook Academy", message["Subject"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
