"""Two tables of people, one of them with every kind of mistake, and one of who knows whom, each with a deletion or two versions."""
import sys, lance, pyarrow as pa
root = sys.argv[1]
def people(names, ages, mails, seen):
    return pa.table({"name": pa.array(names, pa.string()), "age": pa.array(ages, pa.int64()), "mail": pa.array(mails, pa.string()), "seen": pa.array(seen, pa.timestamp("us", "UTC"))})
good = lance.write_dataset(people(["ann", "bob", "cyd"], [41, None, 7], ["a@x", None, "c@x"], [1000, None, 1500]), f"{root}/people.lance")
lance.write_dataset(people(["dee", "gone"], [1, 2], [None, None], [None, None]), f"{root}/people.lance", mode="append")
lance.dataset(f"{root}/people.lance").delete("name = 'gone'")
lance.write_dataset(people(["eve", None, "eve", "fay", "gus"], [1, 2, 3, 999, 4], ["a@x", None, None, "f@x", "f@x"], [None] * 5), f"{root}/wrong.lance")
lance.write_dataset(pa.table({"from": ["ann", "bob"], "to": ["bob", "nobody"]}), f"{root}/knows.lance")
lance.write_dataset(pa.table({"name": ["x"], "ages": [1]}), f"{root}/strange.lance")
print(lance.dataset(f"{root}/people.lance").count_rows(), lance.dataset(f"{root}/people.lance").version)
