"""bakeoff.rank_evaluate with ties="trec" is pytrec_eval, and without ties it is so anyway."""

import bakeoff
import numpy as np
import pytest
import pytrec_eval
from hypothesis import given, settings
from hypothesis import strategies as st

NAMES = {"ndcg": "ndcg", "ndcg@1": "ndcg_cut.1", "ndcg@5": "ndcg_cut.5", "map": "map", "map@3": "map_cut.3",
         "mrr": "recip_rank", "precision@5": "P.5", "precision@30": "P.30", "recall@5": "recall.5",
         "hit@1": "success.1", "hit@5": "success.5", "r_precision": "Rprec"}


def theirs(judged, run):
    """{query: (K,)} in the order of NAMES."""
    found = pytrec_eval.RelevanceEvaluator(judged, set(NAMES.values())).evaluate(run)
    return {q: [values[name.replace(".", "_")] for name in NAMES.values()] for q, values in found.items()}


def compare(queries, grades, scores, documents, **options):
    judged, run = {}, {}
    for q, grade, score, document in zip(queries, grades, scores, documents):
        judged.setdefault(f"q{q}", {})[document] = int(grade)
        run.setdefault(f"q{q}", {})[document] = float(score)
    report = bakeoff.rank_evaluate(np.array(queries), np.array(grades, float), np.array(scores, np.float64),
                                   list(NAMES), documents=documents, threads=1, **options)
    expected = theirs(judged, run)
    counted = 0
    for i, q in enumerate(report.queries):
        if max(judged[f"q{q}"].values()) <= 0:  # trec_eval has 0 there, ours leaves the query out
            assert np.isnan(report.per_query[0, :, i]).all()
            continue
        np.testing.assert_allclose(report.per_query[0, :, i], expected[f"q{q}"], atol=1e-12, err_msg=f"q{q}")
        counted += 1
    return report, counted


rows = st.lists(st.tuples(st.integers(0, 3), st.sampled_from([0, 0, 0, 1, 2, 3]),
                          st.sampled_from([-2.0, 0.0, 0.25, 0.5, 1.0, 3.5])), min_size=1, max_size=40)


@settings(max_examples=150, deadline=None)
@given(rows, st.randoms(use_true_random=False))
def test_trec_order_of_ties(rows, random):
    documents = [f"d{n}" for n in range(len(rows))]
    random.shuffle(documents)
    compare(*zip(*rows), documents, ties="trec")


@settings(max_examples=50, deadline=None)
@given(rows, st.randoms(use_true_random=False))
def test_without_ties_the_expected_value_is_trecs(rows, random):
    scores = [float(n) / 7 for n in range(len(rows))]
    random.shuffle(scores)
    queries, grades, _ = zip(*rows)
    compare(queries, grades, scores, [f"d{n}" for n in range(len(rows))])


@pytest.mark.parametrize("levels", [3, 20, 10**6])
def test_many_queries_and_their_means(levels):
    rng = np.random.default_rng(levels)
    queries = np.repeat(np.arange(300), 60)
    grades = np.where(rng.random(18000) < 0.1, rng.integers(1, 4, 18000), 0)
    scores = np.round(rng.random(18000) * levels) / levels
    report, counted = compare(queries.tolist(), grades.tolist(), scores.tolist(), [f"d{n % 60}" for n in range(18000)],
                              ties="trec")
    assert counted > 290
    np.testing.assert_allclose(report.value[0, 0], np.nanmean(report.per_query[0], axis=1), atol=1e-12)
