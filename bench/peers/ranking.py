"""Ranking metrics of queries against ranx (warm) and pytrec_eval.

    python bench/peers/ranking.py [queries documents]

All three score the same arrays and their per-query values are compared. What the peers ask for (typed dictionaries,
nested dictionaries of strings) is made before the clock starts; its time is stated apart. Ours takes the arrays as they
are. Peers: bench/peers/requirements/ranking.txt.
There are no tied scores, because ranx orders ties as they come.
"""

import sys
import time

from side_by_side import THREADS, machine, measure, show

import numpy as np  # noqa: E402
import pytrec_eval  # noqa: E402
import ranx  # noqa: E402

import bakeoff  # noqa: E402

OURS = ["ndcg@10", "map", "mrr", "precision@10", "recall@10"]
TREC = {"ndcg_cut.10": "ndcg_cut_10", "map": "map", "recip_rank": "recip_rank", "P.10": "P_10",
        "recall.10": "recall_10"}


def data(queries, documents):
    """A tenth of the documents is relevant, with grades 1 to 3; scores know something of them. Every query has one."""
    rng = np.random.default_rng(5)
    grades = np.where(rng.random((queries, documents)) < 0.1, rng.integers(1, 4, (queries, documents)), 0)
    grades[:, 0] = 1
    scores = np.argsort(np.argsort(rng.normal(size=grades.shape) + 0.7 * grades, axis=1), axis=1) / documents
    return np.repeat(np.arange(queries), documents), grades.ravel().astype(float), scores.ravel().astype(np.float32)


def timed(what, call):
    wall = time.perf_counter()
    result = call()
    print(f"    {what}: {time.perf_counter() - wall:.2f} s, not counted below", flush=True)
    return result


def nested(ids, values, documents, kind):
    names, cells = [f"d{d}" for d in range(documents)], values.astype(kind).tolist()
    return {f"q{q}": dict(zip(names, cells[q * documents:(q + 1) * documents])) for q in range(ids[-1] + 1)}


def main():
    queries, documents = (int(a) for a in sys.argv[1:3]) if len(sys.argv) > 2 else (10_000, 100)
    print(f"{machine()}; {queries:,} queries x {documents} documents, {len(OURS)} metrics; {THREADS} threads")
    ids, grades, scores = data(queries, documents)
    judged = timed("dictionaries of judgements", lambda: nested(ids, grades, documents, int))
    run = timed("dictionaries of scores", lambda: nested(ids, scores, documents, float))
    relevant = {q: {d: grade for d, grade in row.items() if grade} for q, row in judged.items()}
    qrels = timed("ranx.Qrels", lambda: ranx.Qrels(relevant))
    ranked = timed("ranx.Run", lambda: ranx.Run(run))
    evaluator = timed("RelevanceEvaluator", lambda: pytrec_eval.RelevanceEvaluator(judged, set(TREC)))
    timed("ranx compiles", lambda: ranx.evaluate(qrels, ranked, OURS))

    ours = measure(lambda: bakeoff.rank_evaluate(ids, grades, scores, OURS, threads=THREADS), 11)
    values = ours[2].per_query[0]
    peer = measure(lambda: ranx.evaluate(qrels, ranked, OURS, return_mean=False, threads=THREADS), 5)
    order = [int(q[1:]) for q in ranked.keys()]
    gap = max(np.abs(np.asarray(peer[2][name]) - values[k][order]).max() for k, name in enumerate(OURS))
    show("bakeoff.rank_evaluate / ranx.evaluate, warm", ours, peer, gap)
    means = measure(lambda: ranx.evaluate(qrels, ranked, OURS, threads=THREADS), 5)
    show("the same, means only from ranx", ours, means, max(abs(means[2][n] - ours[2].value[0, 0, k])
                                                            for k, n in enumerate(OURS)))
    peer = measure(lambda: evaluator.evaluate(run), 5)
    theirs = np.array([[peer[2][f"q{q}"][name] for q in range(queries)] for name in TREC.values()])
    show("bakeoff.rank_evaluate / pytrec_eval", ours, peer, np.abs(theirs - values).max())

    tied, names = np.round(scores, 1), np.tile([f"d{d}" for d in range(documents)], queries)
    theirs = evaluator.evaluate(nested(ids, tied, documents, float))
    trec = bakeoff.rank_evaluate(ids, grades, tied, OURS, ties="trec", documents=names, threads=THREADS).per_query[0]
    theirs = np.array([[theirs[f"q{q}"][name] for q in range(queries)] for name in TREC.values()])
    print(f"ten scores, many ties, ties='trec' against pytrec_eval: gap {np.abs(theirs - trec).max():.2e}")


if __name__ == "__main__":
    main()
