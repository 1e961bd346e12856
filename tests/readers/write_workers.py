"""Four processes write fragments of one private table; the parent commits them together."""
import sys, lance, pyarrow as pa
from multiprocessing import get_context
from lance.fragment import write_fragments
ROOT = sys.argv[1]; N = 25_000; W = 4
schema = pa.schema([("name", pa.string()), ("age", pa.int64()), ("seen", pa.timestamp("us", "UTC"))])
def people(w):
    ids = range(w * N, (w + 1) * N)
    t = pa.table({"name": [f"p{i}" for i in ids], "age": [i % 90 for i in ids], "seen": pa.array([i * 1000 for i in ids], pa.timestamp("us", "UTC"))}, schema)
    return [f.to_json() for f in write_fragments(t, f"{ROOT}/people.lance", schema=schema, max_rows_per_file=10_000)]
if __name__ == "__main__":
    with get_context("spawn").Pool(W) as pool: parts = pool.map(people, range(W))
    import json
    frags = [lance.FragmentMetadata.from_json(json.dumps(f) if not isinstance(f, str) else f) for p in parts for f in p]
    lance.LanceDataset.commit(f"{ROOT}/people.lance", lance.LanceOperation.Overwrite(schema, frags))
    n = N * W
    lance.write_dataset(pa.table({"from": [f"p{i}" for i in range(n)], "to": [f"p{(i*7)%n}" for i in range(n)]}), f"{ROOT}/knows.lance")
    print(lance.dataset(f"{ROOT}/people.lance").count_rows(), len(frags))
