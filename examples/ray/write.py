"""Writes Lance tables from CSV files on a Ray cluster, for `omnigraph adopt`.

    python write.py people-csv people.lance knows-csv knows.lance

Each pair is a folder of CSV files and the table to make of them, addresses that the workers see: folders or s3://bucket/prefix. Any number of workers read the files and
write fragments; one commit at the end makes the table. Columns keep their names. RAY_ADDRESS names a cluster; without it one is started here.
"""

import sys

import lance_ray
import ray

ray.init(log_to_driver=False)
sources, tables = sys.argv[1::2], sys.argv[2::2]
for source, table in zip(sources, tables, strict=True):
    lance_ray.write_lance(ray.data.read_csv(source), table, min_rows_per_file=1, max_rows_per_file=1_000_000)
