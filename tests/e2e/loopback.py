"""What the end-to-end tests in Python share: a web server on loopback and a folder, both gone with the test, and
the configuration of the school that is watched there.
"""
import http.server
import os
import shutil
import tempfile
import threading

SCHOOL = "{name: Quillbrook Academy, town: Quillbrook}"
HEAD = "{role: headteacher, name: Mrs Ada Wren, email: head@quillbrook.example}"
CHAIR = "{role: chair, name: Mr Idris Vale, email: chair@quillbrook.example}"


def serve(test, handler):
    """Serves by `handler` until the test is over; gives the port."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    test.addCleanup(server.server_close)
    test.addCleanup(server.shutdown)
    return server.server_port


def folder(test):
    """An empty folder, short enough for a socket in it."""
    path = tempfile.mkdtemp(prefix="sw-")
    test.addCleanup(shutil.rmtree, path, True)
    return path


def write(folder, name, text):
    """Writes a file of the folder, and what folders it needs."""
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def configure(folder, sources, school=SCHOOL, contacts=(HEAD,), alerts="", more="", store="store"):
    """Writes both files: mails go to the folder's `out`, the store is in it or where `store` says, and pages may be
    asked for in quick succession. `sources` are lines of sources.yaml, `alerts` further settings of that map, `more`
    further lines.
    """
    write(folder, "schoolwatch.yaml", f"""
schools: {{quillbrook: {school}}}
contacts: [{", ".join(contacts)}]
alerts: {{channel: folder, from: schoolwatch@quillbrook.example, folder: {folder}/out{alerts and ", " + alerts}}}
storage: {{folder: {os.path.join(folder, store)}}}
crawl: {{contact: it@quillbrook.example, page_gap: 10 ms, feed_gap: 10 ms, allow_addresses: [127.0.0.1]}}
{more}
""")
    write(folder, "sources.yaml", "sources:\n" + sources)


def feeds(*hosts):
    """Sources, one for each host: its feed.xml."""
    return "".join(f"  {host}: {{url: 'http://{host}.example/feed.xml', platform: news}}\n" for host in hosts)
