#!/usr/bin/env python3
"""What answers_benchmark is compared with: the same mapping by Python's own json, html.parser,
datetime and urllib. usage: map_answers.py plain|html FILE ROUNDS; prints the processor seconds of the
fastest round, the number of posts and the characters of their texts that are no white space."""
import datetime
import html.parser
import json
import sys
import time
import urllib.parse

BASE = "https://social.example/api"
BLOCKS = {"p", "div", "li", "ul", "ol", "blockquote", "pre", "br", "h1", "h2", "h3"}


class Words(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts = []

    def handle_starttag(self, tag, attrs):
        if tag in BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag):
        if tag in BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data):
        self.parts.append(data)


def text_of_html(written):
    words = Words()
    words.feed(written)
    words.close()
    lines = (" ".join(line.split()) for line in "".join(words.parts).split("\n"))
    return "\n".join(line for line in lines if line)


def date(written):
    return datetime.datetime.fromisoformat(written.replace("Z", "+00:00")) if written else None


def first(*values):
    return next((str(value) for value in values if value), "")


def status(item):
    item = item.get("reblog") or item
    if item.get("visibility") not in ("public", "unlisted"):
        return None
    account = item.get("account") or {}
    texts = (text_of_html(item.get(key) or "") for key in ("spoiler_text", "content"))
    return {
        "id": first(item.get("uri")),
        "url": urllib.parse.urljoin(BASE, first(item.get("url"), item.get("uri"))),
        "text": "\n".join(text for text in texts if text),
        "author": " ".join(first(account.get("display_name"), account.get("acct")).split()),
        "author_url": urllib.parse.urljoin(BASE, first(account.get("url"))),
        "published": date(item.get("created_at")),
        "updated": date(item.get("edited_at")),
        "parent": first(item.get("in_reply_to_id")),
        "language": first(item.get("language")),
    }


def skeet(item):
    author, record = item.get("author") or {}, item.get("record") or {}
    if any(label.get("val") == "!no-unauthenticated" for label in author.get("labels") or []):
        return None
    text = record.get("text") or ""
    raw = text.encode()
    facets = sorted(record.get("facets") or [], key=lambda f: f["index"]["byteStart"], reverse=True)
    for facet in facets:
        uri = facet["features"][0].get("uri")
        if uri:
            index = facet["index"]
            raw = raw[: index["byteStart"]] + uri.encode() + raw[index["byteEnd"] :]
    embed = item.get("embed") or {}
    value = (embed.get("record") or {}).get("value") or {}
    name = first(author.get("displayName"), author.get("handle"))
    return {
        "id": first(item.get("uri")),
        "url": urllib.parse.urljoin(
            BASE, f"https://bsky.app/profile/{author['did']}/post/{item['uri'].rsplit('/', 1)[-1]}"
        ),
        "text": raw.decode(),
        "quoted": first(value.get("text")),
        "author": " ".join(name.split()),
        "author_url": urllib.parse.urljoin(BASE, "https://bsky.app/profile/" + author["did"]),
        "published": date(first(record.get("createdAt"), item.get("indexedAt"))),
        "parent": first(((record.get("reply") or {}).get("parent") or {}).get("uri")),
        "language": first(*(record.get("langs") or [])),
    }


def read(kind, body):
    answer = json.loads(body)
    items, mapping = (answer, status) if kind == "html" else (answer["posts"], skeet)
    return [post for post in map(mapping, items) if post and post["text"]]


def main():
    kind, name, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    with open(name, "rb") as file:
        body = file.read()
    best, posts = None, []
    for _ in range(rounds):
        start = time.process_time()
        posts = read(kind, body)
        seconds = time.process_time() - start
        best = seconds if best is None else min(best, seconds)
    print(best, len(posts), sum(len("".join(post["text"].split())) for post in posts))


main()
