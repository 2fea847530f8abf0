"""Score parsed feeds against field assertions.

usage: feeds.py cases.jsonl predictions.jsonl [--profile core|encoding|all] [--list]
predictions: {id, encoding?, bozo?, feed:{title, link, ...}, entries:[{title, ...}]}
             with the neutral names the converters use; dates as epoch seconds.
An assertion holds on exact equality after whitespace collapsing; where the expected value
carries markup, equality of the visible text is enough (sanitiser details differ).
"""
import html
import json
import re
import sys
from collections import Counter
from lines import read_jsonl

STEP = re.compile(r"([A-Za-z_]\w*)|\[(\d+)\]")


def lookup(pred, path):
    cur = pred
    path = re.sub(r"^entry\[", "entries[", path)
    for name, idx in STEP.findall(path):
        try:
            cur = cur[name] if name else cur[int(idx)]
        except (KeyError, IndexError, TypeError):
            return None
    return cur


def text(v):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", str(v)))).strip()


def holds(a, pred):
    if a["op"] == "bozo":
        return True                                    # strictness is the parser's own business
    got = lookup(pred, a["path"])
    want = a["value"]
    if a["op"] == "len":
        return (len(got) if isinstance(got, (list, str)) else 0) == want
    if a["op"] == "true":
        return bool(got)
    if a["op"] in ("false", "absent"):
        return not got
    if isinstance(want, (int, float)) and not isinstance(want, bool):
        ok = isinstance(got, (int, float)) and abs(got - want) < 1
    elif got is None:
        ok = want is None
    elif a["path"] == "encoding":
        ok = str(got).lower().replace("_", "-") == str(want).lower().replace("_", "-")
    elif a.get("markup"):
        ok = text(got) == text(want)
    else:
        ok = re.sub(r"\s+", " ", str(got)).strip() == re.sub(r"\s+", " ", str(want)).strip()
    return ok if a["op"] == "eq" else not ok


def main():
    profile = sys.argv[sys.argv.index("--profile") + 1] if "--profile" in sys.argv else "core"
    cases = [c for c in read_jsonl(sys.argv[1]) if profile == "all" or c.get("profile", "core") == profile]
    pred = {r["id"]: r for r in read_jsonl(sys.argv[2])}
    cases_ok = n = ok = 0
    groups, fields = {}, Counter()
    for c in cases:
        good = True
        for a in c["asserts"]:
            if a["op"] == "bozo" or a["path"] is None:
                continue
            n += 1
            h = c["id"] in pred and holds(a, pred[c["id"]])
            ok += h
            if not h:
                good = False
                fields[re.sub(r"\d+", "N", a["path"])] += 1
                if "--list" in sys.argv:
                    print("%s  %s %s %r  got %r" % (c["id"], a["path"], a["op"], a["value"],
                                                    lookup(pred.get(c["id"], {}), a["path"])))
        g = groups.setdefault(c.get("group", c.get("format", "?")), [0, 0])
        g[1] += 1
        g[0] += good
        cases_ok += good
    print(json.dumps({"cases": len(cases), "missing": sum(c["id"] not in pred for c in cases), "cases_ok": cases_ok,
                      "asserts": n, "asserts_ok": ok, "groups": {k: "%d/%d" % tuple(v) for k, v in sorted(groups.items())},
                      "failing_fields": fields.most_common(12)}))


if __name__ == "__main__":
    main()
