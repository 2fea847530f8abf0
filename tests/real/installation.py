"""What the tests against real servers share: the program, which is a test's first argument, ports for the
servers and the scripts that start them, and the configuration of the one school that all of them watch.
"""
import os
import random
import socket
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.abspath(sys.argv.pop(1))
SCHOOL = """
schools:
  quillbrook:
    name: Quillbrook Academy
    town: Quillbrook
    people: {headteacher: Mrs Ada Wren, others: [Mr Silas Thrale]}
contacts:
  - {role: headteacher, name: Mrs Ada Wren, email: head@quillbrook.example}
  - {role: dsl, name: Miss Noor Hadley, email: dsl@quillbrook.example}
  - {role: chair, name: Mr Idris Vale, email: chair@quillbrook.example}
"""


given_ports = set()


def free_port():
    """One that nobody has now: the servers are told theirs, and cannot say which they took. It is below those
    that the system lends to connections, of which the tests beside this one make many until the server binds.
    """
    while True:
        port = random.randrange(15000, 32000)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in given_ports:
            given_ports.add(port)
            return port


def sh(script, *args):
    """Runs one of the scripts that stand here."""
    subprocess.run([os.path.join(HERE, script), *map(str, args)], check=True)


def configure(folder, settings, sources):
    """Writes both files. `settings` is what schoolwatch.yaml says beside schools and contacts."""
    for name, text in (("schoolwatch.yaml", SCHOOL + settings), ("sources.yaml", sources)):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            f.write(text)


def secret(folder, name, text):
    """Keeps a secret in a file as the program wants it; gives the reference to it."""
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text + "\n")
    os.chmod(path, 0o600)
    return "${file:" + path + "}"
