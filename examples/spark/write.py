"""As ../ray/write.py, on Spark: each task writes fragments with pylance, the driver commits them together.

    spark-submit write.py people-csv people.lance knows-csv knows.lance
"""

import json
import sys

import lance
import pyarrow
from lance.fragment import write_fragments
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
sources, tables = sys.argv[1::2], sys.argv[2::2]


def write(rows, address):
    """Writes a data frame as a table."""
    schema = rows.limit(0).toArrow().schema

    def fragments(batches):
        reader = pyarrow.RecordBatchReader.from_batches(schema, batches)
        written = [json.dumps(each.to_json()) for each in write_fragments(reader, address, schema=schema)]
        yield pyarrow.RecordBatch.from_pydict({"fragment": pyarrow.array(written, pyarrow.string())})

    written = [row.fragment for row in rows.mapInArrow(fragments, "fragment string").collect()]
    metadata = [lance.FragmentMetadata.from_json(each) for each in written]
    lance.LanceDataset.commit(address, lance.LanceOperation.Overwrite(schema, metadata))


for source, table in zip(sources, tables, strict=True):
    write(spark.read.csv(source, header=True, inferSchema=True), table)
