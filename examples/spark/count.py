"""As ../ray/count.py, on Spark: each fragment is read by a task of its own, with pylance.

    spark-submit count.py snapshot.json team.omni
"""

import json
import sys

import lance
from pyspark.sql import SparkSession
from pyspark.sql.functions import desc


def read(spark, root, table, column):
    """A column of text of a table of the snapshot, as a data frame."""
    address, version = f"{root}/{table['path']}", table["version"]
    ids = [(fragment.fragment_id,) for fragment in lance.dataset(address, version=version).get_fragments()]

    def fragments(batches):
        dataset = lance.dataset(address, version=version)
        for batch in batches:
            for fragment in batch.column(0).to_pylist():
                yield from dataset.get_fragment(fragment).to_batches(columns=[column])

    return spark.createDataFrame(ids, "fragment int").repartition(len(ids)).mapInArrow(fragments, f"{column} string")


def main(snapshot, root):
    spark = SparkSession.builder.getOrCreate()
    with open(snapshot) as file:
        types = json.load(file)["datasets"]
    tables = {}
    for each in types:
        name, of_type = each["type_name"], each["tables"]
        if len(of_type) > 1 or each["commits_besides"] or any(table["tombstones"] for table in of_type):
            sys.exit(f"{name} is not one whole table: omnigraph optimize --full {root}")
        if of_type:
            (tables[name],) = of_type
            print(name, read(spark, root, tables[name], "id").count())
    known = read(spark, root, tables["Knows"], "dst").groupBy("dst").count()
    for person, count in known.orderBy(desc("count"), "dst").take(3):
        print(person, count)


main(*sys.argv[1:])
