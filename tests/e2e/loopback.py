"""What the end-to-end tests in Python share: a web server on loopback and a folder, both gone with the test."""
import http.server
import shutil
import tempfile
import threading


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
