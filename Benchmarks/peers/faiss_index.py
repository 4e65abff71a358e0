"""faiss on the vectors of the partner index, one thread.

    python Benchmarks/peers/faiss_index.py KIND FOLDER

KIND is flat (IndexFlatIP: float32, exact) or sq8 (IndexScalarQuantizer, QT_8bit).
FOLDER is what MatchingBench wrote: vectors.f32 has a row of content, offers and
seeks for each profile; queries.f32 the same of the queries with the weights folded
in, so that an inner product is the weighted sum of the cosines; best.json the rows
of the true best, and rows.json those of the queries themselves, which count for
neither. Prints JSON.
"""

import json
import resource
import sys
import time
from pathlib import Path

import faiss
import numpy as np

WIDTH = 3 * 256
CHUNK = 50_000


def passes(run, count, seconds):
    """Seconds of the processor of repeated passes, after one that is not timed."""
    run()
    times = []
    while len(times) < count or sum(times) < seconds:
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    times.sort()
    return {"count": len(times), "fastest": times[0], "median": times[len(times) // 2]}


def build(kind, vectors):
    if kind == "flat":
        index = faiss.IndexFlatIP(WIDTH)
    else:
        index = faiss.IndexScalarQuantizer(
            WIDTH, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
        index.train(np.array(vectors[:CHUNK]))
    for start in range(0, len(vectors), CHUNK):
        index.add(np.array(vectors[start:start + CHUNK]))
    return index


def main():
    kind, folder = sys.argv[1], Path(sys.argv[2])
    faiss.omp_set_num_threads(1)
    vectors = np.memmap(folder / "vectors.f32", "<f4", "r").reshape(-1, WIDTH)
    queries = np.fromfile(folder / "queries.f32", "<f4").reshape(-1, WIDTH)
    best = json.loads((folder / "best.json").read_text())
    rows = json.loads((folder / "rows.json").read_text())
    wanted = len(best[0])

    start = time.process_time()
    index = build(kind, vectors)
    seconds = time.process_time() - start
    del vectors

    _, found = index.search(queries, wanted + 1)
    hits = sum(
        len(set([row for row in line if row != own][:wanted]) & set(true))
        for line, own, true in zip(found.tolist(), rows, best))
    at = iter(range(1 << 60))

    def single():
        number = next(at) % len(queries)
        index.search(queries[number:number + 1], wanted)

    print(json.dumps({
        "version": faiss.__version__,
        "options": faiss.get_compile_options(),
        "buildSeconds": seconds,
        "recall": hits / sum(map(len, best)),
        "single": passes(single, 20, 3),
        "batch": passes(lambda: index.search(queries, wanted), 3, 3),
        "peakMemory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }))


if __name__ == "__main__":
    main()
