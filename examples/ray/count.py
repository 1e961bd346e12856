"""Counts the rows of a snapshot's tables, and who is known by most, on a Ray cluster.

    python count.py snapshot.json team.omni

snapshot.json is what `omnigraph snapshot --tables --json` printed; the second argument is where the workers see the graph, a folder or s3://bucket/prefix. Fragments of a
table are read by tasks of their own, at the version that the snapshot names. RAY_ADDRESS names a cluster; without it one is started here.
"""

import json
import sys
from collections import Counter

import lance_ray
import ray


def read(root, table, columns):
    """Rows of a table of the snapshot, as a dataset of Ray."""
    version = {"version": table["version"]}
    return lance_ray.read_lance(f"{root}/{table['path']}", columns=columns, dataset_options=version)


def counted(rows):
    """How often each end is in a batch: what a worker sends in place of its rows."""
    return rows.group_by("dst").aggregate([([], "count_all")])


def main(snapshot, root):
    with open(snapshot) as file:
        types = json.load(file)["datasets"]
    tables = {}
    for each in types:
        name, of_type = each["type_name"], each["tables"]
        if len(of_type) > 1 or each["commits_besides"] or any(table["tombstones"] for table in of_type):
            sys.exit(f"{name} is not one whole table: omnigraph optimize --full {root}")
        if of_type:
            (tables[name],) = of_type
            print(name, read(root, tables[name], ["id"]).count())
    known = Counter()
    for row in read(root, tables["Knows"], ["dst"]).map_batches(counted, batch_format="pyarrow").iter_rows():
        known[row["dst"]] += row["count_all"]
    for person, count in sorted(known.items(), key=lambda each: (-each[1], each[0]))[:3]:
        print(person, count)


ray.init(log_to_driver=False)
main(*sys.argv[1:])
