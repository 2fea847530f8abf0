"""A folder of the form HOST/... as a web: what pages it has, and nginx serving them by host name.

nginx writes down what it was asked, so what a client fetched is counted by the server and not
believed of the client.
"""
import json
import mimetypes
import os
import pathlib
import re
import shutil
import socket
import subprocess
import time
import urllib.parse

HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
PAGE_TYPES = {None, "text/html", "application/xhtml+xml", "text/xml", "application/xml",
              "application/rss+xml", "application/atom+xml"}


class Web:
    """The pages of a folder, in the order host, path."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder).resolve()
        self.pages = []  # Addresses without a port.
        self.hosts = []
        self.bytes = 0
        self.skipped = 0
        for host in sorted(entry for entry in self.folder.iterdir() if entry.is_dir()):
            if not HOST.fullmatch(host.name):
                self.skipped += 1
                continue
            found = []
            for parent, folders, files in os.walk(host):
                folders.sort()
                for name in sorted(files):
                    file = pathlib.Path(parent, name)
                    if name.startswith(".") or name == "robots.txt" or \
                            mimetypes.guess_type(name)[0] not in PAGE_TYPES:
                        continue
                    path = urllib.parse.quote(str(file.relative_to(host)))
                    found.append(f"http://{host.name}/{path}")
                    self.bytes += self._warm(file)
            if found:
                self.hosts.append(host.name)
                self.pages += found
        self.truth = None
        if (self.folder / "truth.json").is_file():
            self.truth = json.loads((self.folder / "truth.json").read_text())

    @staticmethod
    def _warm(file):
        """Reads a file once, so that the first client does not pay for the disk."""
        with open(file, "rb", buffering=0) as opened:
            size = 0
            while chunk := opened.read(1 << 20):
                size += len(chunk)
            return size


class Server:
    """nginx on loopback, on one core where there are two."""

    def __init__(self, web, work, cores):
        self.work = pathlib.Path(work)
        self.log = self.work / "asked.log"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        for name in ("body", "proxy", "fastcgi", "uwsgi", "scgi"):
            (self.work / name).mkdir()
        types = pathlib.Path("/etc/nginx/mime.types")
        config = f"""
{"user root;" if os.geteuid() == 0 else ""}
daemon off; master_process on; worker_processes 1;
pid {self.work}/nginx.pid; error_log {self.work}/nginx.err warn;
events {{ worker_connections 4096; multi_accept on; }}
http {{
  {f"include {types};" if types.is_file() else ""}
  default_type text/html;
  sendfile on; tcp_nopush on; keepalive_requests 1000; server_tokens off;
  open_file_cache max=20000 inactive=10m; open_file_cache_valid 10m;
  log_format asked '$status $body_bytes_sent http://$host$request_uri_path';
  access_log {self.log} asked buffer=256k flush=1s;
  client_body_temp_path {self.work}/body; proxy_temp_path {self.work}/proxy;
  fastcgi_temp_path {self.work}/fastcgi; uwsgi_temp_path {self.work}/uwsgi; scgi_temp_path {self.work}/scgi;
  # A proxy's form of request names the host too; what counts is the path.
  map $request_uri $request_uri_path {{ "~^http://[^/]+(?<path>/.*)$" $path; default $request_uri; }}
  server {{
    listen 127.0.0.1:{self.port} default_server backlog=4096;
    root {web.folder}/$host;
    index index.html index.htm;
  }}
}}
"""
        (self.work / "nginx.conf").write_text(config)
        nginx = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
        command = [nginx, "-e", f"{self.work}/nginx.err", "-p", str(self.work), "-c", f"{self.work}/nginx.conf"]
        self.process = subprocess.Popen(pinned(command, cores))
        self._wait()

    def _wait(self):
        for _ in range(200):
            if self.process.poll() is not None:
                raise RuntimeError("nginx does not start:\n" + (self.work / "nginx.err").read_text())
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError("nginx does not answer")

    def cpu_seconds(self):
        """Of master and worker, so far."""
        total = 0
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        for pid in [str(self.process.pid), *children.split()]:
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        return total / os.sysconf("SC_CLK_TCK")

    def take_log(self):
        """What was asked since the last call: [(status, bytes, address)]."""
        time.sleep(1.3)  # Until the buffer is flushed.
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        os.truncate(self.log, 0)
        asked = []
        for line in lines:
            status, size, address = line.split(" ", 2)
            asked.append((int(status), int(size), address))
        return asked

    def stop(self):
        self.process.terminate()
        self.process.wait()


def pinned(command, cores):
    """The command on the given cores; empty: anywhere."""
    if not cores or not shutil.which("taskset"):
        return command
    return ["taskset", "-c", ",".join(map(str, cores)), *command]
