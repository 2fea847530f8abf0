"""The clients that benchmarks/crawl/run compares. Each has a name, prepares its files in a folder of its
own, gives a command, and reads from its output what it found.
"""
import json
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
IN_FLIGHT = 64


class Client:
    name = ""
    needs = None   # The program without which it cannot run.
    good_codes = (0,)

    def __init__(self, web, school, town, port):
        self.web, self.school, self.town, self.port = web, school, town, port

    def prepare(self, folder):
        """Writes what the client reads; nothing of it is measured. Returns the command."""
        raise NotImplementedError

    def found(self, folder):
        """Addresses of pages that name the school, and of those that it would alert about."""
        return None, None


class Schoolwatch(Client):
    """`schoolwatch run`: fetch, read, judge, commit, and compose the mails into a folder."""
    name = "schoolwatch"
    good_codes = (0, 1)  # 1: a person should look.

    def __init__(self, web, school, town, port, program):
        super().__init__(web, school, town, port)
        self.program = program

    def prepare(self, folder):
        (folder / "schoolwatch.yaml").write_text(f"""schools:
  watched:
    name: {json.dumps(self.school)}
    town: {json.dumps(self.town)}
contacts:
  - {{role: headteacher, name: Head, email: head@school.example}}
  - {{role: dsl, name: Lead, email: lead@school.example}}
alerts: {{channel: folder, from: schoolwatch@school.example, folder: mails}}
storage: {{folder: store}}
crawl:
  contact: it@school.example
  page_gap: 0 ms
  feed_gap: 0 ms
  max_in_flight: {IN_FLIGHT}
  allow_addresses: [127.0.0.1]
limits: {{run_time: 2 h}}
""")
        self._write_sources(folder)
        return [self.program, "--config", str(folder), "run", "--json", "--connect-to",
                f"::127.0.0.1:{self.port}"]

    def _write_sources(self, folder):
        # A page is a source, so that its line of the summary says whether it names the school.
        with open(folder / "sources.yaml", "w", encoding="utf-8") as out:
            out.write("sources:\n")
            for number, address in enumerate(self.web.pages):
                out.write(f"  p{number}: {{url: {json.dumps(address)}, reader: html}}\n")

    def found(self, folder):
        mentions, alerts = [], set()
        with open(folder / "stdout", encoding="utf-8") as lines:
            for line in map(json.loads, lines):
                if line["type"] == "source" and line["mentions"] > 0:
                    mentions.append(self.web.pages[int(line["name"][1:])])
                elif line["type"] == "finding":
                    alerts.add(self.web.pages[int(line["source"][1:])])
        return sorted(mentions), sorted(alerts)


class Scrapy(Client):
    name = "Scrapy"
    needs = "scrapy"

    def prepare(self, folder):
        (folder / "list").write_text("\n".join(self.web.pages))
        # Debian's Python, whichever one runs this.
        return ["/usr/bin/python3", str(HERE / "spider.py"), str(self.port), str(folder / "list"), self.school,
                str(folder / "result.json")]

    def found(self, folder):
        return json.loads((folder / "result.json").read_text())["mentions"], None


class Wget2(Client):
    name = "wget2"
    needs = "wget2"

    def prepare(self, folder):
        (folder / "list").write_text("\n".join(self.web.pages))
        # It cannot be told where a name leads, but takes the server for a proxy.
        return ["wget2", "--quiet", "--no-robots", "--max-redirect=0", "--max-threads=8", "--tries=1",
                "--no-hsts", f"--http-proxy=http://127.0.0.1:{self.port}", f"--input-file={folder}/list",
                "--output-document=/dev/null"]


class Curl(Client):
    name = "curl --parallel"
    needs = "curl"

    def prepare(self, folder):
        with open(folder / "list", "w", encoding="utf-8") as out:
            for address in self.web.pages:
                out.write(f'url = "{address}"\noutput = "/dev/null"\n')
        return ["curl", "--disable", "--silent", "--show-error", "--globoff", "--parallel", "--parallel-max",
                str(IN_FLIGHT), "--connect-to", f"::127.0.0.1:{self.port}", "--config", f"{folder}/list"]
