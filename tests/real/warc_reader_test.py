"""The evidence of an exported case, read by software that nobody here wrote: npm's warcio.

usage: warc_reader_test.py SCHOOLWATCH READER_FOLDER
"""
import json
import os
import subprocess
import sys
import tempfile
import zipfile


def check(good, what):
    if not good:
        sys.exit("FAILED: " + what)


def main():
    program, reader = map(os.path.abspath, sys.argv[1:3])
    with tempfile.TemporaryDirectory() as folder:
        def run(*args):
            return subprocess.run([program, *args], capture_output=True, text=True, check=True,
                                  cwd=folder).stdout

        run("demo", "--folder", "town")
        cases = [json.loads(line) for line in run("--config", "town", "cases", "list",
                                                  "--json").splitlines()]
        check(cases, "the demonstration finds cases")
        for case in cases:
            name = case["case"] + ".zip"
            run("--config", "town", "cases", "export", case["case"], "--to", name)
            with zipfile.ZipFile(os.path.join(folder, name)) as archive:
                archive.extract("evidence.warc.gz", folder)
            read = subprocess.run(["node", os.path.join(reader, "read.mjs"), "evidence.warc.gz"],
                                  capture_output=True, text=True, check=True, cwd=folder).stdout
            records = [json.loads(line) for line in read.splitlines()]
            posts = case["posts"]
            types = ["warcinfo"] + ["resource", "metadata"] * posts
            check([record["type"] for record in records] == types, f"its records: {records}")
            for record in records:
                check(record["blockDigest"] == "sha256:" + record["sha256"], "block digest")
            for resource, metadata in zip(records[1::2], records[2::2]):
                said = json.loads(metadata["text"])
                check(resource["payloadDigest"] == "sha256:" + resource["sha256"], "payload digest")
                check(resource["url"] == metadata["url"] == said["url"], "address")
                check(resource["date"] == said["fetched_at"], "time")
                check(metadata["refersTo"] == resource["id"], "which record it tells of")
                check(said["fragment_sha256"] == resource["sha256"], "the part's hash")
                check(resource["contentType"] == said["fragment_type"], "type")
    print(f"passed: {len(cases)} cases")


main()
