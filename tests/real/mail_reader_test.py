"""Our mails, read by software that nobody here wrote: Python's email and npm's mailparser.

usage: mail_reader_test.py READER_FOLDER
"""
import base64
import email
import email.policy
import glob
import json
import os
import subprocess
import sys

OURS = {"from", "to", "subject", "date", "message-id", "references", "mime-version", "content-type",
        "auto-submitted", "x-auto-response-suppress", "content-language", "importance",
        "x-priority"}


def check(good, what):
    if not good:
        sys.exit("FAILED: " + what)


def same(read, written):
    return read.replace("\r\n", "\n").rstrip("\n") == written.rstrip("\n")


def with_images(html, mail):
    """The HTML with each image that came along where it is named, as mailparser gives it."""
    for part in mail.walk():
        if part.get_content_maintype() == "image":
            check(part.get_content_disposition() == "inline", "an image that is not inline")
            name = "cid:" + part["Content-ID"].strip("<>")
            check(html.count(name) == 1, f"{name}: {html.count(name)} times")
            image = base64.b64encode(part.get_content()).decode()
            html = html.replace(name, f"data:{part.get_content_type()};base64,{image}")
    return html


def load(path):
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def read_by_python(path):
    with open(path, "rb") as file:
        mail = email.message_from_binary_file(file, policy=email.policy.default)
    check(not mail.defects, f"{path}: {mail.defects}")
    for part in mail.walk():
        check(not part.defects, f"{path}: {part.defects}")
        for name, value in part.items():
            check(not value.defects, f"{path}: {name}: {value.defects}")
    return {
        "subject": mail["Subject"],
        "from": [one.addr_spec for one in mail["From"].addresses],
        "to": [one.addr_spec for one in mail["To"].addresses],
        "copies": len(mail.get_all("Cc", []) + mail.get_all("Bcc", [])),
        "messageId": mail["Message-ID"],
        "headers": [name.lower() for name in mail.keys()],
        "attachments": sum(1 for part in mail.walk() if part.get_content_maintype() == "image"),
        "text": mail.get_body(("plain",)).get_content(),
        "html": with_images(mail.get_body(("html",)).get_content(), mail),
    }


def read_by_node(reader, paths):
    read = subprocess.run(["node", os.path.join(reader, "read.mjs"), *paths], capture_output=True,
                          text=True, encoding="utf-8", check=True).stdout
    return {one["file"]: one for one in map(json.loads, read.split("\n")[:-1])}


def main():
    reader = os.path.abspath(sys.argv[1])
    paths = sorted(glob.glob(os.path.join(reader, "mails", "*.eml")))
    check(len(paths) > 15, f"{len(paths)} mails")
    by_node = read_by_node(reader, paths)
    for path in paths:
        stem = path.removesuffix(".eml")
        written = json.loads(load(stem + ".json"))
        for program, mail in (("email", read_by_python(path)), ("mailparser", by_node[path])):
            where = f"{os.path.basename(path)} by {program}"
            check(mail["subject"] == written["subject"], f"{where}: subject {mail['subject']!r}")
            check(mail["from"] == [written["from"]], f"{where}: from {mail['from']}")
            check(mail["to"] == [written["to"]], f"{where}: to {mail['to']}")
            check(mail["copies"] == 0, f"{where}: copies")
            check(mail["messageId"] == f"<{written['message_id']}>", f"{where}: Message-ID")
            check(set(mail["headers"]) <= OURS, f"{where}: headers {mail['headers']}")
            check(len(set(mail["headers"])) == len(mail["headers"]), f"{where}: headers twice")
            check(same(mail["text"], load(stem + ".txt")), f"{where}: text")
            html = load(stem + ".html")
            check(same(mail["html"], html), f"{where}: html")
            images = html.count('<img src="data:image/png;base64,')
            check(mail["attachments"] == images, f"{where}: {mail['attachments']} attachments")
    print(f"passed: {len(paths)} mails")


main()
