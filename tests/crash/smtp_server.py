"""A mail server of its own process, for crash tests: every message that it accepts is on disk, synced,
before it says so. Asked to, it kills its client right before or right after it says so.

usage: smtp_server.py FOLDER        prints its port; ends when standard input does

FOLDER/NNNNNN.eml is the n-th message as received, under lines of ours that name its envelope.
FOLDER/kill, if there, holds `PID POINT COUNT`: with the COUNT-th message from now, PID gets SIGKILL;
POINT is `before` or `after` the 250 that accepts it. FOLDER/talking holds how many clients are
connected, so that a message is known to belong to the run before.
"""
import os
import signal
import socketserver
import sys
import threading

FOLDER = sys.argv[1]
lock = threading.Lock()
accepted = 0
talking = 0


def count_talking(change):
    global talking
    with lock:
        talking += change
        write_whole("talking", str(talking))


def write_whole(name, text):
    path = os.path.join(FOLDER, name)
    with open(path + ".part", "w", encoding="ascii") as f:
        f.write(text)
    os.rename(path + ".part", path)


def store(sender, recipients, data):
    global accepted
    with lock:
        accepted += 1
        name = os.path.join(FOLDER, f"{accepted:06d}")
        with open(name + ".part", "wb") as f:
            f.write(f"X-Envelope-From: {sender}\r\nX-Envelope-To: {', '.join(recipients)}\r\n"
                    .encode() + data)
            f.flush()
            os.fsync(f.fileno())
        os.rename(name + ".part", name + ".eml")
        # A kill that is asked for counts down here.
        kill = os.path.join(FOLDER, "kill")
        try:
            with open(kill, encoding="ascii") as f:
                pid, point, count = f.read().split()
        except (FileNotFoundError, ValueError):
            return None
        if int(count) > 1:
            write_whole("kill", f"{pid} {point} {int(count) - 1}")
            return None
        os.unlink(kill)
        return int(pid), point


def end(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


class Dialogue(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")
        self.wfile.flush()

    def handle(self):
        count_talking(1)
        try:
            self.talk()
        except OSError:
            pass  # The client was killed.
        finally:
            count_talking(-1)

    def talk(self):
        self.say("220 crash.example ESMTP")
        sender, recipients = None, []
        while line := self.rfile.readline(4096):
            command = line.strip().decode("ascii", "replace")
            verb = command[:4].upper()
            if verb in ("EHLO", "HELO"):
                self.say("250-crash.example")
                self.say("250-8BITMIME")
                self.say("250 SMTPUTF8")
            elif verb == "MAIL":
                sender, recipients = command[command.find("<") + 1:command.find(">")], []
                self.say("250 ok")
            elif verb == "RCPT":
                recipients.append(command[command.find("<") + 1:command.find(">")])
                self.say("250 ok")
            elif verb == "DATA":
                self.say("354 go on")
                lines = []
                while (part := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(part[1:] if part.startswith(b".") else part)
                if part == b"":
                    return  # Cut off: not accepted.
                kill = store(sender, recipients, b"".join(lines))
                if kill and kill[1] == "before":
                    end(kill[0])
                self.say("250 accepted")
                if kill and kill[1] == "after":
                    end(kill[0])
            elif verb == "QUIT":
                self.say("221 bye")
                return
            elif verb in ("RSET", "NOOP"):
                self.say("250 ok")
            else:
                self.say("502 not here")


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


with Server(("127.0.0.1", 0), Dialogue) as server:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()
