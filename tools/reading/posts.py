"""Post-level score for forum pages.

usage: posts.py forum.jsonl predictions.jsonl [--threshold 0.8] [--per-page]
predictions: {id, posts:[{text, user?, datetime?, link?}]}
A predicted post matches a true one when the token-multiset F1 of their texts reaches the
threshold; pairs are taken greedily from the best downwards, one to one.  Reported: post
precision/recall/F1 (micro, plus the mean over pages), boundary errors (a prediction that
covers two or more true posts = merged; a true post spread over several predictions =
split), order kept, and for matched posts the share with the right user / datetime / link
(compared after light normalisation; a user gold value that is a link matches on its last
path part too).
"""
import json
import re
import sys
from collections import Counter
from urllib.parse import unquote
from lines import read_jsonl

WORD = re.compile(r"\w+")


def toks(s):
    return Counter(WORD.findall((s or "").lower()))


def f1(a, b):
    both = sum((a & b).values())
    return 0.0 if not both else 2 * both / (sum(a.values()) + sum(b.values()))


def cover(small, big):
    n = sum(small.values())
    return sum((small & big).values()) / n if n else 0.0


def norm(s):
    return re.sub(r"\s+", " ", unquote(str(s or "")).strip().lower())


def same(kind, gold, got):
    g, p = norm(gold), norm(got)
    if not p:
        return False
    if g == p:
        return True
    if kind in ("user", "link"):
        return g.endswith(p) or p.endswith(g) or re.split(r"[/=]", g.rstrip("/"))[-1] == p \
            or WORD.findall(re.split(r"[/=]", g.rstrip("/"))[-1]) == WORD.findall(p)
    return g in p or p in g


def main():
    truth = read_jsonl(sys.argv[1])
    pred = {r["id"]: r.get("posts") or [] for r in read_jsonl(sys.argv[2])}
    th = float(sys.argv[sys.argv.index("--threshold") + 1]) if "--threshold" in sys.argv else 0.8
    TP = FP = FN = merged = split = ordered = 0
    pages = []
    meta = {k: [0, 0] for k in ("user", "datetime", "link")}
    for t in truth:
        gold = [p for p in t["posts"] if toks(p["text"])]
        got = [p for p in pred.get(t["id"], []) if toks(p.get("text"))]
        G, P = [toks(p["text"]) for p in gold], [toks(p.get("text")) for p in got]
        pairs = sorted(((f1(a, b), i, j) for i, a in enumerate(G) for j, b in enumerate(P)), reverse=True)
        ug, up, match = set(), set(), []
        for s, i, j in pairs:
            if s < th:
                break
            if i not in ug and j not in up:
                ug.add(i)
                up.add(j)
                match.append((i, j))
        merged += sum(1 for j, p in enumerate(P) if j not in up and
                      sum(cover(g, p) > .9 and sum(g.values()) >= 5 for i, g in enumerate(G) if i not in ug) > 1)
        split += sum(1 for i, g in enumerate(G) if i not in ug and sum(cover(p, g) > .9 and sum(p.values()) >= 5 for p in P) > 1)
        match.sort()
        ordered += all(a[1] < b[1] for a, b in zip(match, match[1:]))
        for i, j in match:
            for k, acc in meta.items():
                if gold[i].get(k):
                    acc[1] += 1
                    acc[0] += same(k, gold[i][k], got[j].get(k)) or (k == "user" and same(k, gold[i][k], got[j].get("user_url")))
        tp, fp, fn = len(match), len(got) - len(match), len(gold) - len(match)
        TP, FP, FN = TP + tp, FP + fp, FN + fn
        pages.append((2 * tp / (2 * tp + fp + fn) if tp + fp + fn else 1.0, t["id"], t["host"], tp, fp, fn))
    p, r = TP / (TP + FP) if TP + FP else 0, TP / (TP + FN) if TP + FN else 0
    print(json.dumps({"pages": len(truth), "missing": sum(t["id"] not in pred for t in truth), "threshold": th,
                      "precision": round(p, 4), "recall": round(r, 4),
                      "f1": round(2 * p * r / (p + r), 4) if p + r else 0,
                      "page_mean_f1": round(sum(x[0] for x in pages) / len(pages), 4),
                      "pages_perfect": sum(x[0] == 1 for x in pages), "pages_zero": sum(x[0] == 0 for x in pages),
                      "merged": merged, "split": split, "pages_in_order": ordered,
                      **{k: "%d/%d" % tuple(v) for k, v in meta.items()}}))
    if "--per-page" in sys.argv:
        for x in sorted(pages):
            print("%.3f %s %s tp=%d fp=%d fn=%d" % x)


if __name__ == "__main__":
    main()
