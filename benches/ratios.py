#!/usr/bin/env python3
"""Prints the tables of docs/performance.md from the JSON lines of one run: benches/ratios.py FILE.jsonl

A ratio is the fastest other library's median by ours, so above 1 we are faster. Lines of cnn may have several policies.
"""

import json
import sys
from collections import defaultdict

GOALS = {  # (mode, batch is 1): by network, for the default policy
    ("infer", False): {"googlenet224": 1.8, None: 2.0},
    ("infer", True): {"lenet": 2.0, "vgg11": 2.0, None: 1.5},
    ("train", False): {"lenet": 4.0, None: 3.0},
}
POLICY_GOALS = {"f2": 1.3, "exact": 1.1}


def ms(value):
    return f"{value:.4f}" if value < 0.1 else f"{value:.3f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def main(path):
    cells, versions = defaultdict(dict), {}
    for line in open(path):
        record = json.loads(line)
        if "median_ms" not in record:
            continue
        peer = record["peer"]
        if peer == "cnn":
            peer = (peer, record.get("policy", "fast"))
        versions[record["peer"]] = record.get("version")
        cell = cells[record["mode"], record["net"], record["batch"], record["threads"]]
        if peer not in cell or record["median_ms"] < cell[peer]["median_ms"]:
            cell[peer] = record
    print("versions:", ", ".join(f"{peer} {version}" for peer, version in versions.items() if version), "\n")
    for mode in ("infer", "train"):
        print(f"| {mode} | batch | threads | cnn, ms | fastest other, ms | ratio | goal | f2 | exact | memory, MiB |")
        print("|:--|--:|--:|--:|:--|--:|--:|--:|--:|--:|")
        for (of, net, batch, threads), cell in cells.items():
            others = {peer: record for peer, record in cell.items() if isinstance(peer, str)}
            if of != mode or ("cnn", "fast") not in cell or not others:
                continue
            ours = cell["cnn", "fast"]
            name, best = min(others.items(), key=lambda item: item[1]["median_ms"])
            goals = GOALS[mode, batch == 1]
            goal = goals.get(net, goals[None])
            ratio = best["median_ms"] / ours["median_ms"]
            shown = f"**{ratio:.2f}**" if ratio >= goal else f"{ratio:.2f}"
            policies = []
            for policy, goal_of_policy in POLICY_GOALS.items():
                record = cell.get(("cnn", policy))
                value = best["median_ms"] / record["median_ms"] if record else None
                policies.append("" if value is None else f"**{value:.2f}**" if value >= goal_of_policy else f"{value:.2f}")
            print(
                f"| {net} | {batch} | {threads} | {ms(ours['median_ms'])} | {name} {ms(best['median_ms'])} | {shown} | {goal} "
                f"| {policies[0]} | {policies[1]} | {ours['peak_rss_mb']:.0f} |"
            )
        print()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
