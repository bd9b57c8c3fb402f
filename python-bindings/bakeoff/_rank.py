"""bakeoff.rank_evaluate: ranking metrics of every candidate with intervals over queries."""

import numpy as np

from bakeoff import _arrays, _core, _slices
from bakeoff._evaluate import Report


def rank_evaluate(queries, relevance, scores, metrics=None, *, offsets=None, documents=None, vectors=None, names=None,
                  weights=None, units=None, slices=None, baseline=None, ties="expected", nan="raise", device="auto",
                  threads=0, keep_replicates=False, **options):
    """Evaluates M candidates on N documents of Q queries.

    queries: (N,) the query of each document, integers, strings or times, in any order (fastest where the documents of a
    query stand together); or None, and offsets (Q + 1,): query q has rows offsets[q] to offsets[q + 1].
    relevance: (N,), 0 for not relevant. scores: (N,) or (M, N), float32 or float64, or {name: (N,)}.
    metrics: ndcg@10, ndcg_exp@10 (gain 2^relevance - 1), dcg@10, dcg_exp@10, map@10, mrr@10, precision@10, recall@10,
    hit@10, r_precision, grouped_auc; of the lists shown, whatever is relevant: diversity@10 (1 - mean cosine; needs
    vectors, (N, d) or {document: (d,)}) and coverage@10 (share of the catalog in any list; needs documents, (N,) ids;
    no mean over queries, so it stands in report.of_catalog). By default ndcg@10 and recall@10.
    ties: "expected", the mean over all orders of equal scores; "trec", trec_eval's own order, which needs documents.
    weights of queries (or "documents": as many as each has), units of resampling (by default the query) and slices are
    (N,), one value all over a query, or (Q,) with offsets.
    nan="drop": a score that is not finite means that the candidate did not retrieve the document. It stays relevant:
    recall, map and the ideal of ndcg count it. A query without a retrieved document counts as 0.
    options: level (relevant from this relevance on), catalog_size (of coverage), resamples, confidence, interval, seed.
    Returns a RankReport. Queries without a relevant document are left out and counted in report.excluded.
    """
    if nan not in ("raise", "drop"):
        raise _core.SpecError(f"nan: expected 'raise' or 'drop', got {nan!r}")
    if ties not in ("expected", "trec"):
        raise _core.SpecError(f"ties: expected 'expected' or 'trec', got {ties!r}")
    if metrics is not None:
        options["metrics"] = _arrays.as_names(metrics, "metrics")
    options = _arrays.as_options(options, level=float, catalog_size=int, resamples=int, confidence=float, interval=str,
                                 seed="seed")
    if names is None and isinstance(scores, dict):
        names = list(scores)
    grades = _arrays.as_float(relevance, "relevance")
    if grades.ndim != 1:
        raise _core.DataError(f"relevance: expected shape (N,), got {grades.shape}")
    index, ids, by_query = _query_index(queries, offsets, len(grades))
    if isinstance(weights, str):
        if weights != "documents":
            raise _core.SpecError(f"weights: expected numbers or 'documents', got {weights!r}")
        weights = np.diff(index.offsets).astype(np.float64)
    elif weights is not None:
        weights = _arrays.as_float(by_query(weights, "weights"), "weights")
    order, count = (None, 0) if documents is None else _document_order(documents, len(grades))
    points, point_of_row = _vectors(vectors, documents, len(grades))
    result = _core.rank_evaluate(
        queries=index,
        relevance=grades,
        scores=_arrays.as_scores(scores),
        documents=order,
        document_count=count,
        vectors=points,
        vector_of_row=point_of_row,
        weights=weights,
        units=None if units is None else _arrays.as_units(by_query(units, "units")),
        slices=_query_slices(slices, by_query),
        names=_arrays.as_candidates(names),
        trec_ties=ties == "trec", drop_nan=nan == "drop", **_arrays.as_machine(device, threads), **options)
    return RankReport(result, ids, baseline, keep_replicates)


def _query_index(queries, offsets, rows):
    """The engine's index, the queries' ids, and what turns (N,) into (Q,)."""
    if (queries is None) == (offsets is None):
        raise _core.SpecError("queries: expected either the query of each row, or None and offsets")
    if queries is None:
        given = _arrays.as_array(offsets, "offsets")
        if given.ndim != 1 or (given.dtype.kind not in "iu" and len(given)):
            raise _core.DataError(f"offsets: expected integers (Q + 1,), got {given.dtype} {given.shape}")
        given = np.ascontiguousarray(given, dtype=np.int64)
        index = _core.QueryIndex.of_offsets(given, rows)

        def by_query(values, what):
            array = _arrays.as_array(values, what)
            if array.shape != (len(given) - 1,):
                raise _core.DataError(f"{what}: expected shape ({len(given) - 1},), one a query, got {array.shape}")
            return array

        return index, np.arange(len(given) - 1), by_query
    array = _arrays.as_array(queries, "queries")
    if array.shape != (rows,):
        raise _core.DataError(f"queries: expected shape ({rows},) like the relevance, got {array.shape}")
    if not rows and array.dtype.kind == "f":  # NumPy's type of []
        raise _core.DataError("queries: expected integers, strings or times, got none; without rows, an empty array of "
                              "integers")
    starts = np.flatnonzero(np.concatenate([[True], array[1:] != array[:-1]])) if rows else np.zeros(0, np.int64)
    index = _core.QueryIndex.of_runs(_arrays.as_units(array[starts], "queries"), starts, rows)
    order, lengths = index.rows, np.diff(index.offsets)
    first = index.offsets[:-1] if order is None else order[index.offsets[:-1]]

    def by_query(values, what):
        by_row = _arrays.as_array(values, what)
        if by_row.shape != (rows,):
            raise _core.DataError(f"{what}: expected shape ({rows},), one a document, got {by_row.shape}")
        grouped = by_row if order is None else by_row[order]
        differs = grouped != np.repeat(by_row[first], lengths)
        if differs.any():
            place = int(differs.argmax())
            row = place if order is None else int(order[place])
            raise _core.DataError(f"{what}: row {row} is {by_row[row]!r}, but another row of query "
                                  f"{array[row]!r} has another value; expected one value a query")
        return by_row[first]

    return index, array[first], by_query


def _document_order(documents, rows):
    """Numbers in the order in which trec_eval compares docnos, as text, byte by byte; and how many there are."""
    array = _arrays.as_array(documents, "documents")
    if array.shape != (rows,):
        raise _core.DataError(f"documents: expected shape ({rows},), got {array.shape}")
    import pyarrow

    encoded = pyarrow.array(array).dictionary_encode()
    if encoded.null_count:
        raise _core.DataError(f"documents: row {int(encoded.is_null().to_numpy(False).argmax())} has no id")
    texts = np.array([str(value).encode() for value in encoded.dictionary.to_pylist()], dtype=object)
    rank = np.empty(len(texts), np.int64)
    rank[np.argsort(texts, kind="stable")] = np.arange(len(texts))
    return rank[encoded.indices.to_numpy()], len(texts)


def _vectors(vectors, documents, rows):
    """float64 vectors, and which of them each row has; None: its own."""
    if vectors is None:
        return None, None
    if not hasattr(vectors, "keys"):
        points = _arrays.as_float(vectors, "vectors")
        if points.ndim != 2 or len(points) != rows:
            raise _core.DataError(f"vectors: expected shape ({rows}, d), one a row, got {points.shape}")
        return points, None
    if documents is None:
        raise _core.SpecError("vectors: by document they need documents, too")
    place = {document: i for i, document in enumerate(vectors)}
    given = _arrays.as_array(documents, "documents").tolist()
    missing = next((i for i, document in enumerate(given) if document not in place), None)
    if missing is not None:
        raise _core.DataError(f"vectors: row {missing}: document {given[missing]!r} has none")
    points = _arrays.as_float(np.stack(list(vectors.values())), "vectors")
    return points, np.array([place[document] for document in given], dtype=np.int64)


def _query_slices(slices, by_query):
    """[(name, its queries)]."""
    out = []
    for name, given in _arrays.as_dict(slices, "slices").items():
        what = f"slice {name}"
        column = _arrays.as_array(given, what)
        if column.dtype == object and column.ndim == 1:
            column = np.where(_arrays.missing(column), None, column)  # unlike NaN and NA, None equals None
        column = by_query(column, what)
        values, codes = _slices.codes_of(what, column, len(column))
        names = [str(name)] if values is None else [f"{name}={value}" for value in values]
        out += [(each, np.flatnonzero(codes == code)) for code, each in enumerate(names)]
    _slices.expect_once(["all", *(name for name, _ in out)])
    return out


class RankReport(Report):
    """A Report whose cells are means over queries; by slice, count is how many queries count, and positives how many
    documents are relevant.

    per_query: (M, K, Q) values, NaN where the query does not count. queries: (Q,) their ids, in order of appearance.
    query_reason: (Q,) "ok", "empty", "no_relevant" or "one_class" (which counts in all but grouped_auc). excluded: how
    many there are of each but ok. missing: (M,) queries of which a candidate retrieved nothing; they count as 0.
    dropped: (M,) documents with nan="drop". of_catalog: {"coverage@10": (M,)}, the metrics that are no means.
    """

    def __init__(self, result, queries, baseline=None, keep_replicates=False):
        super().__init__(result["board"], {}, [], baseline, keep_replicates)
        names, codes = result["reason_names"], result["reason_codes"]
        self.queries, self.per_query = queries, result["per_query"]
        self.query_reason = np.array(names)[codes]
        counts = np.bincount(codes, minlength=len(names))
        auc = "grouped_auc" in self.metric_names  # the only metric that one class is not enough for
        excluding = [name for name in names if name != "ok" and (auc or name != "one_class")]
        self.excluded = {name: int(counts[names.index(name)]) for name in excluding}
        self.missing, self.dropped = result["missing"], result["dropped"]
        self.of_catalog = {name: np.array(values) for name, values in result["of_catalog"]}

    def __repr__(self):
        lines = [super().__repr__()]
        lines += [f"{name} {metric}: {values[m]:.4f}" for metric, values in self.of_catalog.items()
                  for m, name in enumerate(self.names)]
        lines += [f"left out: {n} queries ({reason})" for reason, n in self.excluded.items() if n]
        lines += [f"{name}: {n} queries without a retrieved document count as 0"
                  for name, n in zip(self.names, self.missing) if n]
        return "\n".join(lines)

    def query_table(self):
        """One row a query and candidate, one column a metric, as a pyarrow.Table."""
        import pyarrow

        candidates, queries = len(self.names), len(self.queries)
        columns = {"query": np.tile(self.queries, candidates), "candidate": np.repeat(self.names, queries)}
        for k, name in enumerate(self.metric_names):
            columns[name] = self.per_query[:, k].ravel()
        columns["reason"] = np.tile(self.query_reason, candidates)
        return pyarrow.table(columns)
