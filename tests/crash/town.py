"""The make-believe web that crash tests watch: three hosts about the invented Quillbrook Academy, with
new posts in each round, and the configuration of a school that watches them."""
import http.server
import os
import threading
import time
from email.utils import formatdate

HEAD, DSL = "head@quillbrook.example", "dsl@quillbrook.example"
POSTS_A_HOST = 2  # In each round.
ROUNDS_SHOWN = 3  # A feed or list shows the newest rounds only.
KINDS = ("theft", "knife", "bullying", "choir")

# Three rules instead of the shipped hundreds, so that a start costs little.
RULES = {
    "theft": ("defamatory", "high", "crime_allegation", "stole the money"),
    "knife": ("safeguarding", "urgent", "weapon", "brought a knife"),
    "bullying": ("reputational", "medium", "complaint", "the worst school"),
}


def name_of(number):
    """An invented surname, another for each number."""
    name = ""
    for _ in range(4):
        name += "bdfgklmnprstvz"[number % 14] + "aeiou"[number // 14 % 5]
        number //= 70
    return name.capitalize() + "ley"


class Post:
    def __init__(self, number, host):
        self.number = number
        self.kind = KINDS[number % len(KINDS)]
        self.url = f"http://{host}.example/news/{number:06d}"
        self.published = time.time()
        name = name_of(number)
        self.text = {
            "theft": f"Mr {name} at Quillbrook Academy stole the money for trip {number}. He is a thief.",
            "knife": f"A boy called {name} brought a knife to Quillbrook Academy on day {number}.",
            "bullying": f"Mrs {name} says Quillbrook Academy is the worst school of all {number}.",
            "choir": f"Proud of the choir of Quillbrook Academy, well done {name}, all {number} of you.",
        }[self.kind]

    @property
    def told(self):
        """Whom the product must tell."""
        return {"theft": {HEAD}, "knife": {HEAD, DSL}, "bullying": {HEAD}, "choir": set()}[self.kind]


class Town:
    """Serves the hosts on a loopback port. Every answer has an ETag, so that a page which was fetched
    but not committed would be lost to a program that kept the ETag alone."""

    def __init__(self):
        self.rounds = []
        handler = type("Handler", (Handler,), {"town": self})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # Clients are killed all the time.
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def port(self):
        return self.server.server_port

    def grow(self):
        """Begins a round. Returns its posts."""
        first = sum(len(r) for r in self.rounds)
        hosts = [host for host in ("gazette", "forum", "parents") for _ in range(POSTS_A_HOST)]
        self.rounds.append([Post(first + i, host) for i, host in enumerate(hosts)])
        return self.rounds[-1]

    def shown(self, host):
        return [post for posts in reversed(self.rounds[-ROUNDS_SHOWN:]) for post in posts
                if post.url.startswith(f"http://{host}.example/")]

    def page(self, host, path):
        """The type and text at an address, None where there is nothing."""
        if path == "/feed.xml" and host in ("gazette", "forum"):
            items = "".join(
                f"<item><guid>{p.url}</guid><title>Letter {p.number}</title><link>{p.url}</link>"
                f"<pubDate>{formatdate(p.published)}</pubDate><description>{p.text}</description></item>"
                for p in self.shown(host))
            return ("application/rss+xml",
                    f'<rss version="2.0"><channel><title>{host}</title>{items}</channel></rss>')
        if host == "parents":
            for post in self.shown(host):
                if post.url.endswith(path):
                    return ("text/html", f"<html><head><title>Letter {post.number}</title></head><body>"
                            f"<article><h1>Letter {post.number}</h1><p>{post.text} Everybody in the town "
                            "has heard of it by now, as they should.</p></article></body></html>")
            if path == "/news/":
                links = "".join(f'<p><a href="{p.url}">Letter {p.number}</a></p>'
                                for p in self.shown(host))
                return ("text/html", f"<html><head><title>Parents</title></head><body>{links}</body></html>")
        return None


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    town = None

    def do_GET(self):
        page = self.town.page(self.headers.get("Host", "").split(".")[0], self.path)
        kind, body = page or ("text/plain", "")
        tag = f'"{hash(body) & 0xFFFFFFFFFFFF:x}"'
        known = page is not None and self.headers.get("If-None-Match") == tag
        self.send_response(404 if page is None else 304 if known else 200)
        data = b"" if known else body.encode()
        self.send_header("Content-Type", kind)
        self.send_header("ETag", tag)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        try:
            self.wfile.write(data)
        except OSError:
            pass

    def log_message(self, *args):
        pass


def configure(folder, shipped, mail_port):
    """Writes configuration and data folder."""
    data = os.path.join(folder, "data")
    os.makedirs(os.path.join(data, "rules"))
    for name in os.listdir(shipped):
        wanted = os.path.isdir(os.path.join(shipped, name)) or name == "bank-holidays.yaml"
        if wanted and name != "rules":
            os.symlink(os.path.join(shipped, name), os.path.join(data, name))
    for name, (category, severity, topic, words) in RULES.items():
        with open(os.path.join(data, "rules", name + ".yaml"), "w", encoding="utf-8") as f:
            f.write(f"""pack: {{name: crash-{name}, version: "1", category: {category}}}
rules:
  - id: crash.{name}
    topic: {topic}
    severity: {severity}
    weight: 5
    re2: ['{words}']
    why: Possible {name}
    tests: {{hit: ["they {words}"], miss: ["nothing"]}}
""")
    conf = os.path.join(folder, "conf")
    os.makedirs(conf)
    with open(os.path.join(conf, "schoolwatch.yaml"), "w", encoding="utf-8") as f:
        f.write(f"""
schools: {{quillbrook: {{name: Quillbrook Academy, town: Quillbrook}}}}
contacts:
  - {{role: headteacher, name: Mrs Ada Wren, email: {HEAD}}}
  - {{role: dsl, name: Miss Noor Hadley, email: {DSL}}}
alerts:
  digest: each run
  budget: 1000
  channel: smtp
  from: schoolwatch@quillbrook.example
  smtp: {{host: 127.0.0.1, port: {mail_port}, tls: none, limits: {{per_minute: 1000, per_day: 100000}}}}
storage: {{folder: ../store}}
judging: {{second_reader: false}}
crawl: {{contact: it@quillbrook.example, page_gap: 5 ms, feed_gap: 5 ms, allow_addresses: [127.0.0.1]}}
""")
    with open(os.path.join(conf, "sources.yaml"), "w", encoding="utf-8") as f:
        f.write("""sources:
  gazette: {url: 'http://gazette.example/feed.xml', platform: news}
  forum: {url: 'http://forum.example/feed.xml', platform: forum}
  parents: {url: 'http://parents.example/news/', platform: blog, follow: site}
""")
