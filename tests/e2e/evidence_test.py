"""An exported case, checked by what is no part of schoolwatch: Python's zipfile and gzip, and the
script that docs/evidence.md prints.

usage: evidence_test.py SCHOOLWATCH EVIDENCE.MD
"""
import http.server
import json
import os
import re
import stat
import subprocess
import sys
import tempfile
import threading
import zipfile

FEED = b"""<rss version="2.0"><channel><title>Gazette</title>
<item><guid>g1</guid><title>Letters</title><link>http://gazette.example/1</link>
<pubDate>Fri, 20 Nov 2099 18:02:11 GMT</pubDate>
<description>Mr Thrale at Quillbrook Academy stole the money for the school trip.</description></item>
<item><guid>g2</guid><title>Weather</title><link>http://gazette.example/2</link>
<description>Rain.</description></item>
</channel></rss>"""

CONFIG = """schools:
  quillbrook:
    name: Quillbrook Academy
    town: Quillbrook
    people: {{headteacher: Mrs Ada Wren, others: [Mr Silas Thrale]}}
contacts:
  - {{role: headteacher, name: Mrs Ada Wren, email: head@quillbrook.example}}
alerts: {{channel: folder, from: schoolwatch@quillbrook.example, folder: {folder}/out}}
storage: {{folder: {folder}/store}}
crawl:
  contact: it@quillbrook.example
  page_gap: 10 ms
  feed_gap: 10 ms
  allow_addresses: [127.0.0.1]
"""


class Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        found = self.path == "/feed.xml"
        body = FEED if found else b""
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Set-Cookie", "visitor=secret-session")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def check(good, what):
    if not good:
        sys.exit("FAILED: " + what)


def main():
    program, document = map(os.path.abspath, sys.argv[1:3])
    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.mkdir("conf")
        with open("conf/schoolwatch.yaml", "w", encoding="utf-8") as f:
            f.write(CONFIG.format(folder=folder))
        with open("conf/sources.yaml", "w", encoding="utf-8") as f:
            f.write("sources: {gazette: {url: 'http://gazette.example/feed.xml', platform: news}}\n")

        def run(*args, status=0):
            done = subprocess.run([program, "--config", "conf", *args], capture_output=True,
                                  text=True, check=False)
            check(done.returncode == status,
                  f"{args}: exit {done.returncode}\n{done.stdout}{done.stderr}")
            return done.stdout

        run("run", "--all", "--connect-to", f"gazette.example:80:127.0.0.1:{site.server_port}")
        case = json.loads(run("cases", "list", "--json").splitlines()[0])["case"]
        said = run("cases", "export", case)
        name = f"case-{case}.zip"
        check(name in said, "the export says where it is")
        check(stat.S_IMODE(os.stat(name).st_mode) == 0o600, "the archive is its owner's alone")
        check("is whole" in run("cases", "verify", name), "it verifies")

        # A hash that somebody noted must go on leading to its file.
        first = open(name, "rb").read()
        run("cases", "export", case, status=2)
        run("cases", "export", case, "--to", name, status=2)
        check(open(name, "rb").read() == first, "an export replaces no other")

        # Others' tools open it, and nothing in it tells of the visit's session.
        with zipfile.ZipFile(name) as archive:
            check(archive.testzip() is None, "Python's zipfile finds every check sum right")
            check(sorted(archive.namelist()) == ["README.txt", "audit.log", "evidence.warc.gz",
                                                 "manifest.json", "page.html"], "its files")
            check(all(info.compress_type == zipfile.ZIP_STORED for info in archive.infolist()),
                  "nothing is compressed twice")
            archive.extractall("case")
        script = re.search(r"```python\n(.*?)```", open(document, encoding="utf-8").read(), re.S)
        check(script is not None, "docs/evidence.md prints a script")
        with open("case/check.py", "w", encoding="utf-8") as f:
            f.write(script.group(1))

        def check_by_script():
            return subprocess.run([sys.executable, "check.py"], cwd="case", capture_output=True,
                                  text=True, check=False)

        done = check_by_script()
        check(done.returncode == 0 and "1 findings with evidence" in done.stdout,
              "the printed script: " + done.stdout + done.stderr)
        import gzip
        warc = gzip.open("case/evidence.warc.gz").read()
        check(b"stole the money" in warc, "the post's part of the feed is there")
        check(b"Rain." not in warc, "and no other's")
        check(b"secret-session" not in warc, "no cookie is kept")
        for word in (b"Thrale", b"stole", b"gazette", b"head@", b"http"):
            check(word not in open("case/audit.log", "rb").read(), f"the log does not hold {word}")

        # The printed script notices what schoolwatch notices, and names the file.
        for name_inside in ("page.html", "README.txt", "evidence.warc.gz", "audit.log"):
            with open("case/" + name_inside, "r+b") as f:
                before = f.read()
                f.seek(len(before) // 2)
                f.write(bytes([before[len(before) // 2] ^ 1]))
            done = check_by_script()
            check(done.returncode != 0 and name_inside in done.stderr,
                  f"one flipped byte of {name_inside} is named: {done.stdout}{done.stderr}")
            with open("case/" + name_inside, "wb") as f:
                f.write(before)
        check(check_by_script().returncode == 0, "put right, it is whole again")
        log = open("case/audit.log", encoding="utf-8").read()
        for wrong in (log.replace('"what":"case opened"', '"what":"looked at"'),
                      "".join(log.splitlines(True)[1:]),
                      "".join(reversed(log.splitlines(True)))):
            with open("case/audit.log", "w", encoding="utf-8") as f:
                f.write(wrong)
            check(check_by_script().returncode != 0, "the printed script names a changed log")
        whole = open(name, "rb").read()
        for at in range(0, len(whole), max(1, len(whole) // 60)):
            with open("changed.zip", "wb") as f:
                f.write(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1:])
            run("cases", "verify", "changed.zip", status=4)

        run("audit", "verify")
        listed = run("audit", "list", "--case", case)
        for what in ("case opened", "finding kept", "evidence kept", "mail accepted", "exported"):
            check(what in listed, f"the log tells: {what}")
        run("cases", "export", "ZZZZ", status=2)
        run("cases", "verify", "nothing.zip", status=2)
    print("passed")


main()
