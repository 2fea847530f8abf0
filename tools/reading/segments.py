"""Segment score: wanted strings present, unwanted strings absent.

usage: segments.py segments.jsonl predictions.jsonl
predictions: {id, text, comments?, title?, author?, date?}; `comments` is either a string
or a list of strings/objects with `text`.  Whitespace is collapsed on both sides.
`title_exact`/`date_exact` count only pages that carry ground truth.
"""
import json
import re
import sys
from lines import read_jsonl


def flat(v):
    if isinstance(v, list):
        v = " ".join(flat(x) for x in v)
    elif isinstance(v, dict):
        v = flat(v.get("text", ""))
    return re.sub(r"\s+", " ", v or "").strip()


def main():
    truth = read_jsonl(sys.argv[1])
    pred = {r["id"]: r for r in read_jsonl(sys.argv[2])}
    tp = fp = fn = tn = 0
    c_hit = c_all = c_in_main = 0
    meta = {k: [0, 0] for k in ("title", "author", "date")}
    for t in truth:
        p = pred.get(t["id"], {})
        main_text, comments = flat(p.get("text")), flat(p.get("comments"))
        for s in t["with"]:
            ok = flat(s) in main_text
            tp += ok
            fn += not ok
        for s in t["without"]:
            bad = flat(s) in main_text
            fp += bad
            tn += not bad
        for s in t["comments"]:
            c_all += 1
            c_hit += flat(s) in comments
            c_in_main += flat(s) in main_text
        for k, acc in meta.items():
            if t[k]:
                acc[1] += 1
                acc[0] += flat(p.get(k)).lower() == flat(t[k]).lower()
    prec, rec = tp / (tp + fp) if tp + fp else 0, tp / (tp + fn) if tp + fn else 0
    print(json.dumps({"pages": len(truth), "missing": sum(t["id"] not in pred for t in truth),
                      "precision": round(prec, 4), "recall": round(rec, 4),
                      "accuracy": round((tp + tn) / max(1, tp + tn + fp + fn), 4),
                      "f1": round(2 * prec * rec / (prec + rec), 4) if prec + rec else 0,
                      "tp": tp, "fp": fp, "fn": fn, "tn": tn,
                      "comment_recall": round(c_hit / c_all, 4) if c_all else None,
                      "comment_strings_in_main_text": c_in_main,
                      **{k + "_exact": "%d/%d" % tuple(v) for k, v in meta.items()}}))


if __name__ == "__main__":
    main()
