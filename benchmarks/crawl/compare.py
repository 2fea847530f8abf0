#!/usr/bin/env python3
"""Compares schoolwatch with Scrapy, wget2 and curl over one folder of pages; see README.md here.

Run by benchmarks/crawl/run, which builds schoolwatch and looks for the packages first.
"""
import argparse
import dataclasses
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading

import clients
import make_pages
import web as webs

MEBIBYTE = 1 << 20
SKIPPED = 77  # For ctest, which runs this on a few pages so that it cannot rot.


@dataclasses.dataclass
class Turn:
    """One client's run over all pages."""
    wall: float
    cpu: float
    server_cpu: float
    peak_bytes: int
    pages: int  # Distinct ones that the server gave whole.
    mentions: list | None
    alerts: list | None


def peak_of(pid):
    """The peak resident memory so far of a process and its children, or 0 when it has ended."""
    total = 0
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return 0
    for line in status.splitlines():
        if line.startswith("VmHWM:"):
            total = int(line.split()[1]) * 1024
    return total + sum(peak_of(child) for child in children.split())


def measure(command, folder, cores):
    """Runs a command to its end: wall and CPU seconds, peak memory, exit code."""
    with open(folder / "stdout", "wb") as out, open(folder / "stderr", "wb") as errors:
        # A sampled peak: rusage's would start from this process's own, which a child inherits.
        done = threading.Event()
        peak = 0
        began = os.times().elapsed
        process = subprocess.Popen(webs.pinned(command, cores), stdout=out, stderr=errors,
                                   stdin=subprocess.DEVNULL, cwd=folder)

        def watch():
            nonlocal peak
            while not done.wait(0.02):
                peak = max(peak, peak_of(process.pid))
        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
            wall = os.times().elapsed - began
        except BaseException:
            process.kill()  # Whoever ends this script ends the client, too.
            process.wait()
            raise
        finally:
            done.set()
            watcher.join()
        process.returncode = os.waitstatus_to_exitcode(status)
    return wall, usage.ru_utime + usage.ru_stime, peak, process.returncode


def take_turn(client, server, work, cores):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="client-", dir=work))
    command = client.prepare(folder)
    server.take_log()
    busy = server.cpu_seconds()
    wall, cpu, peak, code = measure(command, folder, cores)
    busy = server.cpu_seconds() - busy
    given = {address for status, _, address in server.take_log() if status == 200}
    if code not in client.good_codes:
        sys.stderr.write((folder / "stderr").read_text(errors="replace")[-2000:])
        raise SystemExit(f"crawl: {client.name} ended with {code} (its last words are above)")
    mentions, alerts = client.found(folder)
    pages = sum(1 for page in client.web.pages if page in given)
    shutil.rmtree(folder)
    return Turn(wall, cpu, busy, peak, pages, mentions, alerts)


def median_turn(turns):
    middle = dataclasses.replace(turns[0])
    for field in ("wall", "cpu", "server_cpu", "peak_bytes"):
        setattr(middle, field, statistics.median(getattr(turn, field) for turn in turns))
    return middle


def check(results, web):
    """What is wrong with the counts; a fast client that misses pages is not fast."""
    wrong = []
    for client, turn in results:
        if turn.pages != len(web.pages):
            wrong.append(f"{client.name} fetched {turn.pages} of {len(web.pages)} pages")
    for client, turn in results if web.truth else []:
        mentions, complaints = set(web.truth["mentions"]), set(web.truth["complaints"])
        # Alerts may be more than the complaints: the words around a mention are chosen by lot.
        for what, odd in (("missed", mentions - set(mentions if turn.mentions is None else turn.mentions)),
                          ("named the school for nothing in", set(turn.mentions or ()) - mentions),
                          ("did not alert about", complaints - set(complaints if turn.alerts is None else turn.alerts)),
                          ("alerted for nothing about", set(turn.alerts or ()) - mentions)):
            if odd:
                wrong.append(f"{client.name} {what} {len(odd)} pages, such as {min(odd)}")
    return wrong


def differences(results):
    """Pages that only one of the readers says name the school, for a folder whose truth nobody knows."""
    readers = [(client.name, set(turn.mentions)) for client, turn in results if turn.mentions is not None]
    for name, found in readers:
        others = set().union(*(pages for other, pages in readers if other != name))
        for page in sorted(found - others)[:5] if len(readers) > 1 else []:
            yield f"only {name} finds the school in {page}"


def show(results, web, out):
    count = len(web.pages)
    print(f"{count:,} pages on {len(web.hosts):,} hosts, {web.bytes / count / 1000:.0f} KB each", file=out)
    print(f"{'':16}{'pages/s':>9}{'CPU ms/page':>13}{'peak MiB':>10}{'pages':>9}{'naming':>8}{'alerts':>8}"
          f"{'server busy':>13}", file=out)
    for client, turn in results:
        found = [("–" if x is None else str(len(x))) for x in (turn.mentions, turn.alerts)]
        print(f"{client.name:16}{turn.pages / turn.wall:9,.0f}{turn.cpu / turn.pages * 1000:13.3f}"
              f"{turn.peak_bytes / MEBIBYTE:10.0f}{turn.pages:9,}{found[0]:>8}{found[1]:>8}"
              f"{turn.server_cpu / turn.wall:12.0%}", file=out)
    ours = next((turn for client, turn in results if isinstance(client, clients.Schoolwatch)), None)
    for client, turn in results if ours else []:
        if turn is not ours:
            mine, other = ours.cpu / ours.pages, turn.cpu / turn.pages
            words = f"schoolwatch costs {mine / other:.2f} of it" if mine > other / 2 else \
                f"schoolwatch is {other / mine:.1f} times cheaper"
            print(f"CPU of a page against {client.name}: {words}", file=out)


def main():
    parser = argparse.ArgumentParser(prog="benchmarks/crawl/run", description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", help="holds HOST/...; default: 1,000 generated hosts")
    parser.add_argument("--hosts", type=int, default=1000, help="generated ones (%(default)s)")
    parser.add_argument("--pages", type=int, default=10, help="of each generated host (%(default)s)")
    parser.add_argument("--share", type=float, default=0.01,
                        help="of the generated pages that name the school (%(default)s)")
    parser.add_argument("--repeat", type=int, default=1, help="take the median of so many runs (%(default)s)")
    parser.add_argument("--only", action="append", metavar="CLIENT", default=[],
                        help="schoolwatch, scrapy, wget2 or curl; repeatable (all that are installed)")
    parser.add_argument("--school", help="the name to look for (that of the generated pages)")
    parser.add_argument("--town", help="its town")
    parser.add_argument("--program", required=True, help=argparse.SUPPRESS)
    arguments = parser.parse_args()

    if shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin") is None:
        print("crawl: nginx is not installed", file=sys.stderr)
        return SKIPPED
    # So that a kill, too, ends nginx and removes the pages.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    # The server on one core, each client on the other.
    cores = sorted(os.sched_getaffinity(0))
    server_cores, client_cores = ([cores[0]], [cores[1]]) if len(cores) > 1 else ([], [])
    if not client_cores:
        print("crawl: one core only: server and clients share it", file=sys.stderr)

    work = pathlib.Path(tempfile.mkdtemp(prefix="schoolwatch-crawl-"))
    server = None
    try:
        folder = arguments.folder
        if folder is None:
            folder = work / "pages"
            print("crawl: making pages …", file=sys.stderr)
            make_pages.make(folder, arguments.hosts, arguments.pages, 130_000, arguments.share)
        elif not pathlib.Path(folder).is_dir():
            raise SystemExit(f"crawl: there is no folder {folder}")
        web = webs.Web(folder)
        if not web.pages:
            raise SystemExit(f"crawl: {folder} holds no pages: they are looked for as HOST/...")
        if web.skipped:
            print(f"crawl: {web.skipped} folders passed over: not host names in lower case", file=sys.stderr)
        known = web.truth or {"school": make_pages.SCHOOL, "town": "Quillbrook"}
        school, town = arguments.school or known["school"], arguments.town or known["town"]
        if school != known["school"]:
            web.truth = None
        server = webs.Server(web, work, server_cores)
        all_clients = [clients.Schoolwatch(web, school, town, server.port, os.path.abspath(arguments.program)),
                       clients.Scrapy(web, school, town, server.port),
                       clients.Wget2(web, school, town, server.port),
                       clients.Curl(web, school, town, server.port)]
        chosen = [client for client in all_clients
                  if (not arguments.only or client.name.split()[0].lower() in arguments.only)
                  and (client.needs is None or shutil.which(client.needs))]
        turns = {client: [] for client in chosen}
        for _ in range(arguments.repeat):
            for client in chosen:
                print(f"crawl: {client.name} …", file=sys.stderr)
                turns[client].append(take_turn(client, server, work, client_cores))
        results = [(client, median_turn(turns[client])) for client in chosen]
        show(results, web, sys.stdout)
        for line in differences(results) if web.truth is None else []:
            print(line)
        wrong = check(results, web)
        for line in wrong:
            print(f"WRONG: {line}")
        return 1 if wrong else 0
    finally:
        if server is not None:
            server.stop()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
