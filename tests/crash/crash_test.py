"""Kills the real program again and again over a scripted site and a mail server, starts it anew until it
is done, and looks whether anything was lost or told twice. tests/crash/README.md says what is asked.

usage: crash_test.py SCHOOLWATCH FAULT_DISK [--random N] [--every MODE] [--begin STORE] [--stride N] [--seed N]
                     [--damage N] [--report FILE]
  --random N     N kills: at random moments, and before and after a mail is accepted
  --seed N       the random moments of another time
  --every MODE   kill, power or full at every write of a run, MODE as fault_disk.cc says
  --begin STORE  what these runs find: later, a store of an earlier run (without the option); first, none
  --stride N     of these, every N-th only
  --damage N     every file of a store truncated, with a bit flipped (at N places each) and deleted; then
                 `repair`, and a run
  --report FILE  a line of JSON about each part is added to it
"""
import argparse
import collections
import email
import email.policy
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import town as make_believe

HERE = os.path.dirname(os.path.abspath(__file__))
SHIPPED = os.path.join(HERE, "..", "..", "config")
Run = collections.namedtuple("Run", "code well output errors mails")
Mail = collections.namedtuple("Mail", "recipient message_id posts")


class Broken(Exception):
    """What must never happen has happened."""


def need(condition, what):
    if not condition:
        raise Broken(what)


class MailServer:
    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder)
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "smtp_server.py"), folder],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        self.known = 0

    def kill_at(self, pid, point, count):
        part = os.path.join(self.folder, "kill.new")
        with open(part, "w", encoding="ascii") as f:
            f.write(f"{pid} {point} {count}")
        os.rename(part, os.path.join(self.folder, "kill"))

    def take(self):
        """The mails accepted since the last time; waits for clients to be gone."""
        try:
            os.unlink(os.path.join(self.folder, "kill"))
        except FileNotFoundError:
            pass
        while True:
            try:
                with open(os.path.join(self.folder, "talking"), encoding="ascii") as f:
                    if f.read() == "0":
                        break
            except FileNotFoundError:
                break
            time.sleep(0.005)
        mails = []
        while os.path.exists(path := os.path.join(self.folder, f"{self.known + 1:06d}.eml")):
            self.known += 1
            with open(path, "rb") as f:
                message = email.message_from_binary_file(f, policy=email.policy.default)
            text = message.get_body(("plain",)).get_content()
            posts = frozenset(int(n) for n in re.findall(r"\.example/news/(\d{6})\b", text))
            mails.append(Mail(message["X-Envelope-To"], message["Message-ID"], posts))
        return mails

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


class Installation:
    """A school's schoolwatch: its folder, and everything that ever happened to it."""

    def __init__(self, program, fault_disk, folder, town, mail):
        self.program, self.fault_disk, self.folder = program, fault_disk, folder
        self.town, self.mail = town, mail
        self.runs = []

    def command(self, *arguments):
        return [self.program, "--config", os.path.join(self.folder, "conf"),
                "--data-dir", os.path.join(self.folder, "data"), *arguments]

    def environment(self, mode, at):
        return dict(os.environ, LD_PRELOAD=self.fault_disk, SW_DISK_MODE=mode, SW_DISK_AT=str(at),
                    SW_DISK_FOLDER=os.path.join(self.folder, "store"),
                    SW_DISK_COUNT=os.path.join(self.folder, "count"))

    def run(self, disturb=None, disk=None):
        """One run to its end, whatever that is. disturb(process) may kill it; disk is (mode, at)."""
        environment = self.environment(*disk) if disk else None
        process = subprocess.Popen(
            self.command("run", "--all", "--json", "--connect-to", f"::127.0.0.1:{self.town.port}"),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        if disturb:
            disturb(process)
        try:
            output, errors = process.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise Broken("a run hangs") from None
        code = process.returncode
        run = Run(code, code == 0, output, errors, self.mail.take())
        self.runs.append(run)
        return run

    def finish(self, disturb=lambda: None):
        """Starts runs until one ends well with nothing left to do."""
        for _ in range(20):
            run = self.run(disturb())
            need(run.code in (0, -signal.SIGKILL), f"exit {run.code}: {run.errors}")
            if run.well and summary(run)["mails_waiting"] == 0:
                return run
        raise Broken("twenty runs did not bring it to an end")

    def print_all(self, *arguments):
        done = subprocess.run(self.command(*arguments), capture_output=True, text=True, timeout=120,
                              check=False)
        need(done.returncode == 0, f"{arguments[0]}: exit {done.returncode}: {done.stdout}{done.stderr}")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def check(self, after_damage=False):
        """Everything that is promised, over all that ever happened. What went out in commits that
        damage has taken may be told again."""
        posts = {post.number: post for posts in self.town.rounds for post in posts}
        told = collections.defaultdict(list)  # (recipient, post): [(run, mail)]
        copies = collections.defaultdict(list)  # Message-ID: [(run, mail)]
        for number, run in enumerate(self.runs):
            for mail in run.mails:
                copies[mail.message_id].append((number, mail))
                for post in mail.posts:
                    told[mail.recipient, post].append((number, mail))
        for post in posts.values():
            for recipient in post.told:
                need((recipient, post.number) in told, f"{recipient} was never told of {post.url}")
        for (recipient, number), times in told.items():
            need(recipient in posts[number].told, f"{recipient} was told of {posts[number].url}")
            need(after_damage or len({mail.message_id for _, mail in times}) == 1,
                 f"{recipient} was told of {posts[number].url} twice, under different Message-IDs")
        repeated = 0
        for message_id, times in copies.items():
            need(len({(mail.recipient, mail.posts) for _, mail in times}) == 1,
                 f"{message_id} does not always say the same")
            repeated += len(times) - 1
            for number, _ in times[:-1]:
                need(after_damage or not self.runs[number].well, f"{message_id} was accepted, and sent again")
        cases = self.print_all("cases", "list", "--json", "--limit", "1000000")
        kept = sum(case["posts"] for case in cases)
        concerns = sum(1 for post in posts.values() if post.told)
        need(kept == concerns, f"{kept} posts are kept in cases, {concerns} should be")
        return repeated

    def check_whole(self):
        """Every record can be read, and all agree."""
        done = subprocess.run(self.command("doctor", "--json"), capture_output=True, text=True,
                              timeout=120, check=False)
        advice = [json.loads(line) for line in done.stdout.splitlines()]
        store = [one for one in advice if one["about"] == "store"]
        need(store and all(one["urgency"] == "fine" for one in store), f"doctor: {store or done.stderr}")

    def check_quiet(self):
        """A further run finds nothing new: whatever was judged is remembered."""
        run = self.run()
        need(run.well, run.errors)
        for name in ("new_posts", "findings", "mails_sent", "mails_waiting", "mails_given_up"):
            need(summary(run)[name] == 0, f"a quiet run has {name}: {summary(run)[name]}")


def summary(run):
    return json.loads(run.output.splitlines()[-1])


def random_kills(make, wanted, seed):
    """Kills at random moments over one store that grows."""
    chance = random.Random(seed)
    installation = make("random")
    installation.town.grow()
    began = time.monotonic()
    installation.finish()
    usual = time.monotonic() - began
    installation.check()

    def kill_in_time(process):
        try:
            process.wait(chance.uniform(0, 1.1 * usual))
        except subprocess.TimeoutExpired:
            process.kill()

    def kill_at_mail(process):
        installation.mail.kill_at(process.pid, chance.choice(["before", "after"]), chance.randint(1, 4))

    def killed():
        return sum(1 for run in installation.runs if run.code == -signal.SIGKILL)

    while killed() < wanted:
        installation.town.grow()
        # Now and then a run is let go, so that rounds end.
        installation.finish(lambda: chance.choice([kill_in_time] * 3 + [kill_at_mail] * 2 + [None]))
        if len(installation.town.rounds) % 10 == 0:
            installation.check()
            installation.check_quiet()
            installation.check_whole()
    repeated = installation.check()
    installation.check_quiet()
    return {"part": "random", "times": killed(), "runs": len(installation.runs),
            "posts": sum(len(posts) for posts in installation.town.rounds),
            "mails": sum(len(run.mails) for run in installation.runs), "repeated": repeated}


def every_write(make, mode, stride, begin):
    """A fault at every write of a run: over a store that has had one round, or over none."""
    base = make("base-" + mode + begin)
    if begin == "later":
        base.town.grow()
        base.finish()
        base.check()
    base.town.grow()
    times = mails = repeated = 0
    at = 0
    while True:
        folder = os.path.join(os.path.dirname(base.folder), f"{mode}-{begin}-{at}")
        os.makedirs(folder)
        for name in ("conf", "data", "store"):
            if os.path.exists(os.path.join(base.folder, name)):
                shutil.copytree(os.path.join(base.folder, name), os.path.join(folder, name), symlinks=True)
        one = Installation(base.program, base.fault_disk, folder, base.town, base.mail)
        one.runs = list(base.runs)
        hit = one.run(disk=(mode, at))
        if mode == "full":
            need(hit.code in (0, 1, 2), f"write {at}: exit {hit.code}: {hit.errors}")
        else:
            need(hit.code in (0, -signal.SIGKILL), f"write {at}: exit {hit.code}: {hit.errors}")
        try:
            one.finish()
            repeated += one.check()
            one.check_quiet()
            one.check_whole()
        except Broken as broken:
            raise Broken(f"{mode} at write {at} ({begin}; kept in {folder}): {broken}") from broken
        mails += sum(len(run.mails) for run in one.runs[len(base.runs):])
        shutil.rmtree(folder)
        over = hit.well if mode != "full" else hit.well and count(hit, one, at)
        if over:
            break
        times += 1
        at += stride
    return {"part": f"{mode}, {begin}", "times": times, "writes": at, "mails": mails,
            "repeated": repeated}


def every_damage(make, places):
    """Every file of a store, damaged in every way: repaired, and a run goes on."""
    base = make("base-damage")
    for _ in range(2):
        base.town.grow()
        base.finish()
    base.check()
    database = os.path.join(base.folder, "store", "db")
    tries = []
    for name in sorted(os.listdir(database)):
        size = os.path.getsize(os.path.join(database, name))
        offsets = sorted({size * i // places for i in range(places)} if size else set())
        tries += [(name, "cut", at) for at in offsets] + [(name, "flip", at) for at in offsets]
        tries.append((name, "delete", 0))
    base.town.grow()
    mails = repeated = 0
    for number, (name, way, at) in enumerate(tries):
        folder = os.path.join(os.path.dirname(base.folder), f"damage-{number}")
        shutil.copytree(base.folder, folder, symlinks=True)
        path = os.path.join(folder, "store", "db", name)
        if way == "delete":
            os.unlink(path)
        else:
            with open(path, "r+b") as f:
                data = bytearray(f.read())
                f.seek(0)
                f.truncate()
                if way == "flip":
                    data[at] ^= 1 << at % 8
                f.write(data if way == "flip" else data[:at])
        one = Installation(base.program, base.fault_disk, folder, base.town, base.mail)
        one.runs = list(base.runs)
        try:
            done = subprocess.run(one.command("repair"), capture_output=True, text=True, timeout=120,
                                  check=False)
            need(done.returncode in (0, 1), f"repair: exit {done.returncode}: {done.stderr}")
            one.finish()
            repeated += one.check(after_damage=True)
            one.check_quiet()
            one.check_whole()
        except Broken as broken:
            raise Broken(f"{name} {way} at {at} (kept in {folder}): {broken}") from broken
        mails += sum(len(run.mails) for run in one.runs[len(base.runs):])
        shutil.rmtree(folder)
    return {"part": "damage", "times": len(tries), "mails": mails, "repeated": repeated}


def count(hit, installation, at):
    """Whether a run under a disk that is full from write `at` on never came to that write."""
    try:
        with open(os.path.join(installation.folder, "count"), encoding="ascii") as f:
            return int(f.read()) <= at
    except FileNotFoundError:
        return hit.well


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("fault_disk")
    parser.add_argument("--random", type=int, default=0)
    parser.add_argument("--every", action="append", choices=["kill", "power", "full"], default=[])
    parser.add_argument("--begin", action="append", choices=["later", "first"], default=[])
    parser.add_argument("--damage", type=int, default=0)
    parser.add_argument("--stride", type=int, default=1)
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--report")
    options = parser.parse_args()
    top = tempfile.mkdtemp(prefix="schoolwatch-crash-")
    mail = MailServer(os.path.join(top, "mail"))

    def make(name):
        folder = os.path.join(top, name)
        os.makedirs(folder)
        make_believe.configure(folder, SHIPPED, mail.port)
        return Installation(os.path.abspath(options.program), os.path.abspath(options.fault_disk),
                            folder, make_believe.Town(), mail)

    parts = []
    if options.random:
        parts.append(lambda: random_kills(make, options.random, options.seed))
    for mode in options.every:
        for begin in options.begin or ["later"]:
            parts.append(lambda mode=mode, begin=begin: every_write(make, mode, options.stride, begin))
    if options.damage:
        parts.append(lambda: every_damage(make, options.damage))
    try:
        for part in parts:
            began = time.monotonic()
            result = part()
            result["seconds"] = round(time.monotonic() - began)
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            result["cpu_seconds"] = round(used.ru_utime + used.ru_stime)
            print(json.dumps(result), flush=True)
            if options.report:
                with open(options.report, "a", encoding="utf-8") as f:
                    f.write(json.dumps(result) + "\n")
    except Broken as broken:
        print(f"FAILED (seed {options.seed}, files in {top}): {broken}", file=sys.stderr)
        mail.stop()
        return 1
    mail.stop()
    shutil.rmtree(top)
    return 0


if __name__ == "__main__":
    sys.exit(main())
