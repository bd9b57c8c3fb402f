"""bakeoff.rank_evaluate against brute force over the orders of ties, scikit-learn, and trec_eval's definitions."""

import itertools

import bakeoff
import numpy as np
import pytest
from bakeoff import _core
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score, roc_auc_score

METRICS = ["ndcg@3", "ndcg", "ndcg_exp@3", "dcg@2", "dcg_exp", "map", "map@2", "mrr", "mrr@2", "precision@3",
           "recall@2", "hit@2", "r_precision", "grouped_auc"]


def gain(grades, k, exponential):
    grades = np.maximum(np.asarray(grades, float)[:k], 0)
    return float(np.sum((2**grades - 1 if exponential else grades) / np.log2(np.arange(len(grades)) + 2)))


def plain(name, ranked, judged):
    """The metric of one order of documents, by its definition; `judged` are the grades of all documents."""
    base, _, k = name.partition("@")
    k = int(k) if k else len(judged)
    hits = [grade > 0 for grade in ranked]
    relevant = sum(grade > 0 for grade in judged)
    if base in ("dcg", "dcg_exp", "ndcg", "ndcg_exp"):
        best = gain(sorted(judged, reverse=True), k, "exp" in base) if base[0] == "n" else 1
        return gain(ranked, k, "exp" in base) / best
    if base == "map":
        return sum(sum(hits[:r + 1]) / (r + 1) for r in range(min(k, len(hits))) if hits[r]) / relevant
    if base == "mrr":
        return next((1 / (r + 1) for r in range(min(k, len(hits))) if hits[r]), 0)
    if base == "precision":
        return sum(hits[:k]) / k
    if base == "recall":
        return sum(hits[:k]) / relevant
    if base == "hit":
        return float(any(hits[:k]))
    if base == "r_precision":
        return sum(hits[:relevant]) / relevant
    pairs = [(i, j) for i in range(len(hits)) for j in range(len(hits)) if hits[i] and not hits[j]]
    return sum(i < j for i, j in pairs) / len(pairs)


def orders(scores):
    """All orders of the documents in which scores don't rise."""
    return [o for o in itertools.permutations(range(len(scores)))
            if all(scores[a] >= scores[b] for a, b in itertools.pairwise(o))]


def mean_over_ties(name, grades, scores):
    return np.mean([plain(name, [grades[i] for i in order], grades) for order in orders(scores)])


def counts(name, grades):
    relevant = sum(grade > 0 for grade in grades)
    return 0 < relevant < len(grades) if name == "grouped_auc" else relevant > 0


grades_and_scores = st.lists(st.tuples(st.sampled_from([0, 0, 1, 2, 3, 0.5, -1]),
                                       st.sampled_from([-1.0, 0.0, 0.25, 2.0])), min_size=1, max_size=5)


@settings(max_examples=60, deadline=None)
@given(st.lists(grades_and_scores, min_size=1, max_size=4), st.randoms(use_true_random=False),
       st.sampled_from([np.float32, np.float64]), st.booleans())
def test_expected_value_over_ties(queries, random, dtype, text):
    rows = [(q, *row) for q, documents in enumerate(queries) for row in documents]
    random.shuffle(rows)
    ids = [f"query {q}" if text else 7 * q - 9 for q, _, _ in rows]
    report = bakeoff.rank_evaluate(np.array(ids), [grade for _, grade, _ in rows],
                                   np.array([s for *_, s in rows], dtype), METRICS, threads=1)
    first = {}
    for q, *_ in rows:
        first.setdefault(q, len(first))
    assert list(report.queries) == [f"query {q}" if text else 7 * q - 9 for q in first]
    for k, name in enumerate(METRICS):
        values = []
        for q, place in first.items():
            grades, scores = zip(*[row[1:] for row in rows if row[0] == q])
            got = report.per_query[0, k, place]
            if not counts(name, grades):
                assert np.isnan(got)
                continue
            values.append(mean_over_ties(name, grades, scores))
            assert got == pytest.approx(values[-1], rel=1e-12, abs=1e-12), name
        if values:
            assert report.value[0, 0, k] == pytest.approx(np.mean(values), rel=1e-12, abs=1e-12)
        else:
            assert np.isnan(report.value[0, 0, k]) and report.reason[0][0][k] == "empty"


def random_queries(rng, queries=60, levels=6):
    lengths = rng.integers(1, 40, queries)
    ids = np.repeat(np.arange(queries), lengths)
    grades = np.where(rng.random(len(ids)) < 0.4, rng.integers(1, 4, len(ids)), 0).astype(float)
    return ids, grades, rng.integers(0, levels, len(ids)) / 4


@pytest.mark.parametrize("levels", [2, 10, 10**6])
def test_scikit_learn_s_ndcg_and_auc(levels):
    ids, grades, scores = random_queries(np.random.default_rng(levels), levels=levels)
    report = bakeoff.rank_evaluate(ids, grades, scores, ["ndcg@10", "ndcg", "grouped_auc"])
    for q in range(60):
        rows = ids == q
        if (grades[rows] > 0).any() and rows.sum() > 1:
            for k, cut in enumerate((10, None)):
                want = ndcg_score(grades[rows][None], scores[rows][None], k=cut)
                assert report.per_query[0, k, q] == pytest.approx(want, rel=1e-12)
        if 0 < (grades[rows] > 0).sum() < rows.sum():
            assert report.per_query[0, 2, q] == pytest.approx(roc_auc_score(grades[rows] > 0, scores[rows]), rel=1e-12)


TREC = ["ndcg@5", "ndcg", "map", "map@5", "mrr", "precision@5", "recall@5", "hit@1", "r_precision"]


def trec_order(scores, documents):
    """trec_eval keeps float32 scores and sorts them descending, then docnos descending, as text."""
    order = sorted(range(len(scores)), key=lambda i: str(documents[i]).encode(), reverse=True)
    return sorted(order, key=lambda i: -np.float32(scores[i]))


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_trec_order(seed, text):
    rng = np.random.default_rng(seed)
    ids, grades, scores = random_queries(rng, 5)
    scores += rng.choice([0, 1e-12], len(ids))  # no difference in float32
    documents = np.concatenate([rng.permutation(200)[:n] for n in np.bincount(ids)])
    shuffled = rng.permutation(len(ids))
    ids, grades, scores, documents = ids[shuffled], grades[shuffled], scores[shuffled], documents[shuffled]
    report = bakeoff.rank_evaluate(ids, grades, scores, TREC, ties="trec",
                                   documents=[f"d{d}" for d in documents] if text else documents)
    for place, q in enumerate(report.queries):
        rows = np.flatnonzero(ids == q)
        ranked = grades[rows][trec_order(scores[rows], documents[rows])]
        for k, name in enumerate(TREC):
            if (ranked > 0).any():
                assert report.per_query[0, k, place] == pytest.approx(plain(name, ranked, ranked), abs=1e-14)


def test_perfect_scores_are_exactly_one():
    ids, grades, _ = random_queries(np.random.default_rng(3))
    report = bakeoff.rank_evaluate(ids, grades, grades + np.arange(len(ids)) * 1e-9, ["ndcg@10", "ndcg_exp", "mrr"])
    assert (report.value == 1).all()


def test_what_was_not_retrieved_counts_as_missed():
    nan = np.nan
    ids, grades = [1, 1, 1, 2, 2, 3, 3], [1, 1, 0, 1, 0, 0, 0]
    scores = {"whole": [3, 2, 1, 2, 1, 2, 1.0], "partial": [3, nan, 1, nan, nan, nan, 1]}
    report = bakeoff.rank_evaluate(ids, grades, scores, ["recall@10", "map", "ndcg@10", "mrr"], nan="drop")
    assert report.value[0, 0].tolist() == [1, 1, 1, 1]
    assert report.per_query[1, 0].tolist()[:2] == [0.5, 0]
    assert report.per_query[1, 1].tolist()[:2] == [0.5, 0]
    assert report.per_query[1, 2, 0] == pytest.approx(1 / (1 + 1 / np.log2(3)))
    assert report.value[1, 0, 3] == 0.5
    assert (report.missing, report.dropped) == ([0, 1], [0, 4])
    assert report.excluded == {"empty": 0, "no_relevant": 1}
    assert report.query_reason.tolist() == ["ok", "ok", "no_relevant"]
    assert (report.count, report.positives) == ([2], [3])
    assert repr(report).splitlines()[-2:] == ["left out: 1 queries (no_relevant)",
                                              "partial: 1 queries without a retrieved document count as 0"]
    with pytest.raises(bakeoff.DataError, match="candidate partial row 1.*NaN.*nan=\"drop\""):
        bakeoff.rank_evaluate(ids, grades, scores)


def test_a_query_of_one_class_counts_in_all_but_auc():
    report = bakeoff.rank_evaluate([1, 1, 2, 2], [1, 0, 1, 1], [2, 1, 2, 1.0], ["grouped_auc", "mrr"])
    assert np.isnan(report.per_query[0, 0, 1]) and report.per_query[0, 1, 1] == 1
    assert report.excluded == {"empty": 0, "no_relevant": 0, "one_class": 1}


def test_level_asks_for_more_than_any_grade():
    report = bakeoff.rank_evaluate([1, 1, 1], [3, 4, 5], [3, 2, 1.0], ["mrr", "precision@2", "ndcg"], level=4)
    assert report.value[0, 0, :2].tolist() == [0.5, 0.5]
    assert report.value[0, 0, 2] == pytest.approx(ndcg_score([[3, 4, 5]], [[3, 2, 1]]))


def case(seed=0, queries=300):
    rng = np.random.default_rng(seed)
    ids, grades, scores = random_queries(rng, queries, 10**6)
    return rng, ids, grades, {"a": scores + grades * 0.2, "b": scores + grades * 0.25}


def test_offsets_are_queries():
    _, ids, grades, scores = case()
    by_id = bakeoff.rank_evaluate(ids, grades, scores, METRICS, resamples=50, keep_replicates=True)
    by_offset = bakeoff.rank_evaluate(None, grades, scores, METRICS, offsets=np.searchsorted(ids, np.arange(301)),
                                      resamples=50, keep_replicates=True)
    np.testing.assert_array_equal(by_id.replicates, by_offset.replicates)
    np.testing.assert_array_equal(by_id.value, by_offset.value)
    with_empty = bakeoff.rank_evaluate(None, [1, 0], [2, 1.0], ["mrr"], offsets=[0, 0, 2])
    assert with_empty.query_reason.tolist() == ["empty", "ok"] and with_empty.value[0, 0, 0] == 1


def test_shuffled_rows_and_other_threads_give_the_same_replicates():
    rng, ids, grades, scores = case()
    shuffled = rng.permutation(len(ids))
    a, b = (bakeoff.rank_evaluate(ids[rows], grades[rows], {name: s[rows] for name, s in scores.items()}, METRICS,
                                  resamples=60, keep_replicates=True, seed=3, threads=threads)
            for rows, threads in ((slice(None), 1), (shuffled, 3)))
    np.testing.assert_array_equal(a.replicates, b.replicates)
    np.testing.assert_allclose(a.value, b.value, rtol=1e-14)


def test_weights_slices_and_units():
    rng, ids, grades, scores = case(1)
    weights, users, market = rng.random(300), rng.integers(0, 60, 300), rng.integers(0, 3, 300)
    report = bakeoff.rank_evaluate(ids, grades, scores, ["ndcg@10", "grouped_auc"], weights=weights[ids],
                                   units=users[ids], slices={"market": market[ids]}, resamples=200, baseline="a")
    assert report.slice_names == ["all", "market=0", "market=1", "market=2"]
    for k in range(2):
        values = report.per_query[1, k]
        counted = ~np.isnan(values)
        assert report.value[1, 0, k] == pytest.approx(np.average(values[counted], weights=weights[counted]), rel=1e-12)
        inside = counted & (market == 1)
        assert report.value[1, 2, k] == pytest.approx(np.average(values[inside], weights=weights[inside]), rel=1e-12)
    counted = ~np.isnan(report.per_query[0, 0])
    assert report.count == [counted.sum(), *(sum(counted & (market == m)) for m in range(3))]
    assert report.units[0] == len(set(users[counted]))
    assert (report.low < report.value).all() and (report.value < report.high).all()
    comparison = report.compare()
    assert comparison["difference"][1, 0, 0] == pytest.approx(report.value[1, 0, 0] - report.value[0, 0, 0])
    assert (comparison["p_adjusted"] >= comparison["p"] - 1e-12)[1].all()
    assert report.table().num_rows == 2 * 4 * 2
    assert report.positives == [(grades > 0).sum(), *(((grades > 0) & (market[ids] == m)).sum() for m in range(3))]
    assert report.query_table().column_names == ["query", "candidate", "ndcg@10", "grouped_auc", "reason"]


def test_auc_weighted_by_documents():
    _, ids, grades, scores = case(2)
    report = bakeoff.rank_evaluate(ids, grades, scores, "grouped_auc", weights="documents")
    values, lengths = report.per_query[0, 0], np.bincount(ids)
    counted = ~np.isnan(values)
    assert report.value[0, 0, 0] == pytest.approx(np.average(values[counted], weights=lengths[counted]))


def test_intervals_have_the_width_of_the_standard_error():
    _, ids, grades, scores = case(3)
    report = bakeoff.rank_evaluate(ids, grades, scores, "ndcg@10", resamples=2000)
    values = report.per_query[0, 0][~np.isnan(report.per_query[0, 0])]
    width = 2 * 1.96 * values.std(ddof=1) / np.sqrt(len(values))
    assert report.high[0, 0, 0] - report.low[0, 0, 0] == pytest.approx(width, rel=0.1)


def list_diversity(vectors):
    units = [v / (np.linalg.norm(v) or 1) for v in vectors]
    pairs = list(itertools.combinations(units, 2))
    return np.mean([1 - a @ b for a, b in pairs]) if pairs else 0


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4))
def test_lists_over_ties(seed, k):
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 6, 3)
    ids, scores = np.repeat(np.arange(3), lengths), rng.integers(0, 3, lengths.sum()) / 2
    documents = np.concatenate([rng.permutation(7)[:n] for n in lengths])
    of_document = {d: rng.integers(-1, 2, 3).astype(float) for d in range(7)}
    vectors = np.array([of_document[d] for d in documents])
    metrics = [f"diversity@{k}", f"coverage@{k}"]
    grades = np.ones(len(ids))
    report = bakeoff.rank_evaluate(ids, grades, scores, metrics, documents=documents, vectors=vectors, catalog_size=9)
    absent = np.ones(7)
    for q in range(3):
        rows = np.flatnonzero(ids == q)
        lists = [rows[list(order[:k])] for order in orders(scores[rows])]
        want = np.mean([list_diversity(vectors[shown]) for shown in lists])
        assert report.per_query[0, 0, q] == pytest.approx(want, abs=1e-12)
        for d in documents[rows]:
            absent[d] *= 1 - np.mean([d in documents[shown] for shown in lists])
    assert report.metric_names == metrics[:1]
    assert report.of_catalog[metrics[1]][0] == pytest.approx((7 - absent.sum()) / 9, abs=1e-12)
    other = bakeoff.rank_evaluate(ids, grades, scores, metrics, documents=documents, vectors=of_document)
    np.testing.assert_array_equal(other.per_query, report.per_query)


def test_diversity_counts_queries_without_a_relevant_document():
    report = bakeoff.rank_evaluate([1, 1, 2, 2], [0, 0, 1, 0], [2, 1, 2, 1.0], ["diversity@2", "mrr"],
                                   vectors=[[1, 0], [0, 1], [1, 0], [1, 0]], resamples=20)
    assert report.per_query[0, 0].tolist() == [1, 0] and report.value[0, 0].tolist() == [0.5, 1]


@pytest.mark.parametrize("arguments,error,text", [
    ({"metrics": "ndgc@10"}, "SpecError", "did you mean 'ndcg@10'"),
    ({"metrics": "precision"}, "SpecError", "precision@10"),
    ({"metrics": "ndcg@0"}, "SpecError", "above 0"),
    ({"metrics": "ndcg@ten"}, "SpecError", "whole number"),
    ({"metrics": "r_precision@3"}, "SpecError", "takes no parameter"),
    ({"metrics": ["mrr", "mrr"]}, "SpecError", "named twice"),
    ({"metrics": []}, "SpecError", "1 to 64"),
    ({"ties": "trec"}, "SpecError", "ids of the documents"),
    ({"ties": "trec", "documents": [5, 5, 1]}, "DataError", "row 1.*already"),
    ({"ties": "any"}, "SpecError", "expected 'expected' or 'trec'"),
    ({"nan": "skip"}, "SpecError", "'raise' or 'drop'"),
    ({"relevance": [1, np.nan, 0]}, "DataError", "relevance: row 1"),
    ({"relevance": [1, 2000, 0], "metrics": "ndcg_exp@3"}, "DataError", "at most 1023"),
    ({"relevance": [1, 0]}, "DataError", "queries"),
    ({"scores": [1.0, 2]}, "DataError", "3 rows"),
    ({"scores": [1.0, np.inf, 2]}, "DataError", "candidate 0 row 1"),
    ({"queries": [1.5, 1, 2]}, "DataError", "queries: expected integers"),
    ({"weights": [1, 2, 1]}, "DataError", "weights: row 1.*one value a query"),
    ({"weights": [1, 1, -1]}, "DataError", "at least 0"),
    ({"weights": "rows"}, "SpecError", "'documents'"),
    ({"offsets": [0, 3]}, "SpecError", "either"),
    ({"queries": None, "offsets": [0, 2]}, "DataError", "from 0 to the number of rows 3"),
    ({"queries": None, "offsets": [0, 2, 1, 3]}, "DataError", "ascending"),
    ({"metrics": "coverage@2", "documents": [1, 2, 1]}, "SpecError", "no mean over queries"),
    ({"metrics": ["mrr", "coverage@2"]}, "SpecError", "coverage: pass the ids"),
    ({"metrics": "diversity@2"}, "SpecError", "diversity: pass the vectors"),
    ({"metrics": "diversity@2000", "vectors": [[1], [1], [1]]}, "SpecError", "at most 1024"),
    ({"metrics": "diversity@2", "vectors": [[1], [np.nan], [1]]}, "DataError", "vector 1: expected finite"),
    ({"metrics": "diversity@2", "vectors": {5: [1.0]}, "documents": [5, 6, 5]}, "DataError", "document 6 has none"),
    ({"metrics": ["mrr", "coverage@2"], "documents": [5, 6, 5], "catalog_size": 1}, "SpecError", "at least the 2"),
    ({"resample": 10}, "SpecError", "did you mean 'resamples'"),
])
def test_errors_say_what_to_do(arguments, error, text):
    given = {"queries": [1, 1, 2], "relevance": [1, 0, 1], "scores": [1.0, 2, 3]} | arguments
    with pytest.raises(getattr(bakeoff, error), match=text):
        bakeoff.rank_evaluate(**given)


def test_every_metric_that_is_known_has_an_oracle_here():
    known = {name.partition("@")[0] for name in _core.known_rank_metrics()}
    assert known == {name.partition("@")[0] for name in METRICS} | {"coverage", "diversity"}


def test_no_rows():
    report = bakeoff.rank_evaluate(np.zeros(0, int), [], np.zeros((2, 0)), "mrr", resamples=10)
    assert np.isnan(report.value).all() and report.reason[0][0] == ["empty"] and report.count == [0]
