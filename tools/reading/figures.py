"""Run a built schoolwatch over a folder of reading cases and print every figure.

usage: figures.py SCHOOLWATCH FOLDER [--only threads,articles,segments,feeds,dates] [--keep DIR]
FOLDER holds any of threads.jsonl, articles.jsonl, segments.jsonl, feeds.jsonl, dates.jsonl and pages/
(pages may be gzipped); docs/reading.md says what stands in each. The program is asked by `inspect read`.
"""
import base64
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from lines import read_jsonl, write_jsonl

HERE = os.path.dirname(os.path.abspath(__file__))


def body(folder, name):
    data = open(os.path.join(folder, name), "rb").read()
    return gzip.decompress(data) if name.endswith(".gz") else data


def run(program, verb, rows, env):
    """Feeds rows to `inspect VERB`; returns {id: answer} and the seconds it took."""
    text = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows)
    start = time.time()
    p = subprocess.run([program, "inspect", verb], input=text.encode("utf-8", "surrogatepass"),
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    took = time.time() - start
    out = {}
    for line in p.stdout.decode("utf-8", "replace").splitlines():
        if line.strip():
            r = json.loads(line)
            out[r["id"]] = r
    if p.returncode != 0 or len(out) != len(rows):
        print("!! inspect %s: exit %d, %d of %d answers; %s" % (
            verb, p.returncode, len(out), len(rows), p.stderr.decode("utf-8", "replace")[-300:]))
    return out, took


def epoch(v):
    try:
        return int(datetime.fromisoformat(v.replace("Z", "+00:00")).timestamp())
    except (AttributeError, ValueError):
        return None


FEED_FIELDS = re.compile(r"(feed\.(title|link|id|subtitle|updated|author\.(text|name))"
                         r"|entr(y|ies)\[\d+\]\.(title|link|id|summary|content\[0\]\.value|author\.(text|name)|authors\[0\]\.name|published|updated)|encoding|bozo)$")
# Names that the Encoding Standard folds together, and Python's names for what it calls otherwise.
LABEL = {"iso-8859-1": "windows-1252", "latin-1": "windows-1252", "ascii": "windows-1252", "tis-620": "windows-874", "iso-8859-11": "windows-874",
         "iso-8859-9": "windows-1254", "gb2312": "gbk", "cp949": "euc-kr", "shift_jis": "shift_jis", "sjis": "shift_jis", "utf8": "utf-8",
         "u16": "utf-16", "utf-16be": "utf-16", "utf-16le": "utf-16", "utf-32be": "utf-32", "utf-32le": "utf-32"}


def standard(name):
    name = (name or "").lower().replace("_", "-").replace("shift-jis", "shift_jis")
    return LABEL.get(name, name)


def expressible(rows):
    """Cases with only the assertions that `inspect read` can answer; the withdrawn us-ascii default is left out."""
    kept = []
    for r in rows:
        asserts = [a for a in r["asserts"] if a["path"] and FEED_FIELDS.match(a["path"])]
        whole = len(asserts) == len(r["asserts"])
        asserts = [dict(a, value=standard(a["value"])) if a["path"] == "encoding" else a for a in asserts]
        if whole and any(a["op"] != "bozo" for a in asserts) and not any(a["path"] == "encoding" and a["value"] in ("us-ascii", "") for a in asserts):
            kept.append(dict(r, asserts=asserts))
    return kept, len(rows) - len(kept)


def entry(post):
    """A post as the feed scorer wants it."""
    text = post.get("text") or ""
    author = post.get("author") or ""
    return {"title": post.get("title") or "", "link": post.get("url") or "", "id": post.get("id") or "",
            "summary": post.get("summary") or text, "content": [{"value": text}],
            "author": {"text": author, "name": author, "url": post.get("author_url")},
            "authors": [{"name": author}], "published": epoch(post.get("published")),
            "updated": epoch(post.get("updated") or post.get("published"))}


def main():
    args = sys.argv[1:]
    program, folder = os.path.abspath(args[0]), args[1]
    only = args[args.index("--only") + 1].split(",") if "--only" in args else None
    keep = args[args.index("--keep") + 1] if "--keep" in args else tempfile.mkdtemp()
    os.makedirs(keep, exist_ok=True)
    env = dict(os.environ, LC_ALL="C.UTF-8")

    def have(name):
        return (only is None or name in only) and os.path.exists(os.path.join(folder, name + ".jsonl"))

    def score(script, name, preds, *more, cases=None):
        path = os.path.join(keep, name + ".pred.jsonl")
        write_jsonl(path, preds)
        print("\n== " + name)
        sys.stdout.flush()
        subprocess.run([sys.executable, os.path.join(HERE, script), cases or os.path.join(folder, name + ".jsonl"), path, *more])

    def pages(name):
        rows = read_jsonl(os.path.join(folder, name + ".jsonl"))
        ask = [{"id": r["id"], "url": r["url"] if str(r.get("url") or "").startswith("http") else "http://page.example/", "content_type": "text/html",
                "body_b64": base64.b64encode(body(folder, r["html"])).decode()} for r in rows]
        out, took = run(program, "read", ask, env)
        size = sum(len(a["body_b64"]) for a in ask) * 3 / 4e6
        print("\n%s: %d pages, %.1f MB in %.2f s (%.0f pages/s, start-up included)" % (name, len(rows), size, took, len(rows) / took))
        return out

    if have("threads"):
        out = pages("threads")
        score("posts.py", "threads", [{"id": i, "posts": [
            {"text": p.get("text"), "user": p.get("author"), "user_url": p.get("author_url"), "datetime": p.get("published_text"),
             "link": p.get("url")} for p in r.get("posts", [])]} for i, r in out.items()])
    if have("articles"):
        out = pages("articles")
        score("articles.py", "articles", [{"id": i, "text": r.get("main_text") or ""} for i, r in out.items()])
    if have("segments"):
        out = pages("segments")
        score("segments.py", "segments", [
            {"id": i, "text": r.get("main_text") or "", "title": r.get("title"), "author": r.get("author"), "date": (r.get("published") or "")[:10],
             "comments": [{"text": p.get("text") or ""} for p in r.get("posts", []) if p.get("kind") == "comment"]} for i, r in out.items()])
    if have("feeds"):
        rows = read_jsonl(os.path.join(folder, "feeds.jsonl"))
        rows, dropped = expressible(rows)
        write_jsonl(os.path.join(keep, "feeds.cases.jsonl"), rows)
        print("\nfeeds: %d cases; %d left out that ask for what the contract does not carry" % (len(rows), dropped))
        out, _ = run(program, "read", [{"id": r["id"], "url": "http://feed.example/feed", "content_type":
                                        {k.lower(): v for k, v in (r.get("http") or {}).items()}.get("content-type", "application/xml"),
                                        "body_b64": r["body_b64"]} for r in rows], env)
        preds = []
        for i, r in out.items():
            f = r.get("feed") or {}
            preds.append({"id": i, "encoding": standard(r.get("encoding")), "feed": {
                "title": f.get("title") or "", "link": f.get("url") or "", "id": f.get("id") or "", "subtitle": f.get("subtitle") or "",
                "updated": epoch(f.get("updated")), "author": {"text": f.get("author") or "", "name": f.get("author") or ""}},
                "entries": [entry(p) for p in r.get("posts", [])]})
        score("feeds.py", "feeds", preds, "--profile", "core", cases=os.path.join(keep, "feeds.cases.jsonl"))
        score("feeds.py", "feeds", preds, "--profile", "encoding", cases=os.path.join(keep, "feeds.cases.jsonl"))
    if have("dates"):
        rows = [r for r in read_jsonl(os.path.join(folder, "dates.jsonl")) if r.get("epoch") is not None]
        ask = []
        for r in rows:
            text = r["text"].replace("&", "&amp;").replace("<", "&lt;")
            feed = "<rss version='2.0'><channel><title>t</title><item><title>i</title><link>http://feed.example/1</link><pubDate>%s</pubDate></item></channel></rss>" % text
            ask.append({"id": r["id"], "url": "http://feed.example/feed", "content_type": "application/rss+xml", "body_b64": base64.b64encode(feed.encode()).decode()})
        out, _ = run(program, "read", ask, env)
        right = [r["id"] for r in rows if (out.get(r["id"], {}).get("posts") or [{}])[0].get("published") and
                 epoch(out[r["id"]]["posts"][0]["published"]) == r["epoch"]]
        print("\n== dates\nright: %d of %d; wrong: %s" % (len(right), len(rows), [r["text"] for r in rows if r["id"] not in right][:12]))


main()
