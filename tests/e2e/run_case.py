"""Runs one end-to-end case: a plain text file of files, pages, commands and what they must print.

usage: run_case.py SCHOOLWATCH CASE

A case is a list of sections; each starts with a line `--- WORD …`. What stands before the first is a
comment.

--- file PATH            writes a file below the case's own empty folder
--- page HOST/PATH [TYPE]  serves a page under that host name (TYPE: its content type, text/html)
--- status HOST/PATH N   serves an empty answer with that status
--- run ARGS             runs schoolwatch there; words are split as a shell splits them
--- stdin                what the next command reads
--- exit N               the last command's exit status (0 unless said)
--- stdout               all that it printed; a line `…` stands for any lines
--- stdout has           each line is somewhere in what it printed
--- stdout lacks         none of the lines is
--- stderr …             the same of standard error
--- asked HOST/PATH N    how often that page was asked for so far
--- files GLOB N         how many files match

$DIR is the case's folder. Commands that fetch are led to the pages by --connect-to $SITE.
"""
import glob
import http.server
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading


class Site(http.server.BaseHTTPRequestHandler):
    pages, asked = {}, {}
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        key = self.headers.get("Host", "").split(":")[0] + self.path
        Site.asked[key] = Site.asked.get(key, 0) + 1
        status, kind, body = Site.pages.get(key, (404, "text/plain", b"not here\n"))
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def sections(path):
    parts, head, body = [], None, []
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            if line.startswith("--- "):
                if head:
                    parts.append((head[0], head[1], "".join(body)))
                head, body = (number, line[4:].strip()), []
            else:
                body.append(line)
    if head:
        parts.append((head[0], head[1], "".join(body)))
    return parts


def matches_whole(want, got):
    """Whether the lines are the same, where a line `…` stands for any lines."""
    pattern = "".join(r"(?:.*\n)*?" if line == "…" else re.escape(line) + r"\n" for line in want.splitlines())
    return re.fullmatch(pattern, got if got.endswith("\n") or not got else got + "\n") is not None


def main():
    program, case = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    folder = tempfile.mkdtemp(prefix="schoolwatch-e2e-")
    last, stdin, said_exit = None, "", True

    def fill(text):
        return text.replace("$DIR", folder).replace("$SITE", "::127.0.0.1:%d" % server.server_port)

    def fail(number, what):
        print("%s:%d: %s" % (os.path.basename(case), number, what))
        if last is not None:
            print("exit status %d\n-- standard output\n%s-- standard error\n%s" % (last.returncode, last.stdout, last.stderr))
        shutil.rmtree(folder, ignore_errors=True)
        sys.exit(1)

    def settle(number):
        if last is not None and not said_exit and last.returncode != 0:
            fail(number, "the command before this line failed")

    for number, head, body in sections(case):
        word, _, rest = head.partition(" ")
        if word == "file":
            path = os.path.join(folder, rest)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as f:
                f.write(fill(body))
            os.chmod(path, 0o600)
        elif word == "page":
            where, _, kind = rest.partition(" ")
            Site.pages[where] = (200, kind or "text/html; charset=utf-8", fill(body).encode())
        elif word == "status":
            where, status = rest.split()
            Site.pages[where] = (int(status), "text/plain", b"")
        elif word == "stdin":
            stdin = fill(body)
        elif word == "run":
            settle(number)
            last = subprocess.run([program, *shlex.split(fill(rest))], input=stdin, capture_output=True,
                                  text=True, cwd=folder, timeout=300)
            stdin, said_exit = "", False
        elif word == "exit":
            said_exit = True
            if last.returncode != int(rest):
                fail(number, "exit status should be %s" % rest)
        elif word in ("stdout", "stderr"):
            got, want = getattr(last, word), fill(body)
            if rest == "has":
                for line in filter(None, want.splitlines()):
                    if line not in got:
                        fail(number, "%s lacks: %s" % (word, line))
            elif rest == "lacks":
                for line in filter(None, want.splitlines()):
                    if line in got:
                        fail(number, "%s should not have: %s" % (word, line))
            elif not matches_whole(want, got):
                fail(number, "%s differs from what is wanted:\n%s" % (word, want))
        elif word == "asked":
            where, count = rest.split()
            if Site.asked.get(where, 0) != int(count):
                fail(number, "%s was asked for %d times" % (where, Site.asked.get(where, 0)))
        elif word == "files":
            pattern, count = rest.split()
            found = glob.glob(os.path.join(folder, pattern))
            if len(found) != int(count):
                fail(number, "%d files match %s" % (len(found), pattern))
        else:
            fail(number, "unknown section '%s'" % word)
    settle(-1)
    shutil.rmtree(folder, ignore_errors=True)
    print("passed")


main()
