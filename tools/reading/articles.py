"""Main-text score: 4-token shingles, per-page normalised, macro precision/recall.

usage: articles.py extract.jsonl predictions.jsonl [--worst N]
predictions: {id, text}; a missing id scores as empty text.
The measure is the one the article benchmark publishes: counts of shared and unshared
shingles are divided by their sum page by page, precision is averaged over pages with any
predicted shingle, recall over pages with any true shingle, F1 is taken of the two means.
"""
import json
import re
import sys
from collections import Counter
from lines import read_jsonl

WORD = re.compile(r"\w+")


def shingles(text, n=4):
    toks = WORD.findall(text or "")
    if not toks:
        return Counter()
    return Counter(tuple(toks[i:i + n]) for i in range(max(1, len(toks) - n + 1)))


def page(true, pred):
    a, b = shingles(true), shingles(pred)
    tp = sum((a & b).values())
    fp, fn = sum(b.values()) - tp, sum(a.values()) - tp
    return tp, fp, fn


def score(truth, pred):
    ps, rs, exact, per = [], [], 0, []
    for t in truth:
        guess = pred.get(t["id"], "") or ""
        tp, fp, fn = page(t["text"], guess)
        p = r = None
        if tp + fp:
            p = tp / (tp + fp)
            ps.append(p)
        if tp + fn:
            r = tp / (tp + fn)
            rs.append(r)
        exact += WORD.findall(t["text"] or "") == WORD.findall(guess)
        f = 0.0 if not p or not r else 2 * p * r / (p + r)
        per.append((f, t["id"], p, r))
    p = sum(ps) / len(ps) if ps else 0.0
    r = sum(rs) / len(rs) if rs else 0.0
    return {"f1": 2 * p * r / (p + r) if p + r else 0.0, "precision": p, "recall": r,
            "accuracy": exact / len(truth)}, per


def main():
    truth = read_jsonl(sys.argv[1])
    pred = {r["id"]: r.get("text") for r in read_jsonl(sys.argv[2])}
    got, per = score(truth, pred)
    print(json.dumps({"pages": len(truth), "missing": sum(t["id"] not in pred for t in truth),
                      **{k: round(v, 4) for k, v in got.items()}}))
    if "--worst" in sys.argv:
        for f, i, p, r in sorted(per)[:int(sys.argv[sys.argv.index("--worst") + 1])]:
            print("%.3f %s p=%s r=%s" % (f, i, p, r))


if __name__ == "__main__":
    main()
