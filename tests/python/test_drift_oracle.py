"""bakeoff.drift against scipy, and against its definitions in NumPy."""

import bakeoff
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.distance import jensenshannon


def one(reference, current, **options):
    """{test: row} of a table with one column."""
    report = bakeoff.drift({"x": reference}, {"x": current}, **options)
    return {row["test"]: row for row in report.tests().to_pylist()}


@st.composite
def samples(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    levels = draw(st.sampled_from([0, 2, 5, 100]))  # ties; 0 means none
    shift, scale = draw(st.floats(-2, 2)), draw(st.floats(0.2, 3))

    def sample(shift, scale):
        x = rng.normal(size=draw(st.integers(1, 600))) * scale + shift
        return np.round(x * levels) / levels if levels else x

    return sample(0, 1), sample(shift, scale)


@given(samples())
@settings(max_examples=60, deadline=None)
def test_statistics_are_scipys(pair):
    a, b = pair
    got = one(a, b, tests=["ks", "wasserstein"], permutations=9)
    ks = stats.ks_2samp(a, b)
    assert abs(got["ks"]["statistic"] - ks.statistic) < 1e-14
    np.testing.assert_allclose(got["ks"]["p"], ks.pvalue, rtol=1e-9, atol=1e-300)
    w1 = stats.wasserstein_distance(a, b)
    assert abs(got["wasserstein"]["statistic"] - w1) <= 1e-12 * max(1, w1)
    if a.std() > 0:
        np.testing.assert_allclose(got["wasserstein"]["effect"], w1 / a.std(), rtol=1e-9, atol=1e-12)


# Above 10,000 rows scipy goes over to one sample of n m / (n + m). Each pair of sizes meets another method there.
@pytest.mark.parametrize(("n", "m"), [(20_000, 15_000), (10_001, 1), (10_001, 3), (30_000, 60), (30_000, 141),
                                      (60_000, 60_000), (12_000, 900)])
@pytest.mark.parametrize("shift", [0.0, 0.004, 0.02, 0.1, 0.4, 1.5])
def test_asymptotic_p_is_scipys(n, m, shift):
    rng = np.random.default_rng(n + m)
    a, b = rng.normal(size=n), rng.normal(size=m) + shift
    ks = stats.ks_2samp(a, b)
    np.testing.assert_allclose(one(a, b, tests="ks")["ks"]["p"], ks.pvalue, rtol=2e-9, atol=1e-300)


# An integer weight is that many equal values.
def test_ties_are_weights():
    rng = np.random.default_rng(3)
    values, other = rng.normal(size=40), rng.normal(size=30)
    weights, others = rng.integers(1, 9, 40), rng.integers(1, 9, 30)
    got = one(np.repeat(values, weights), np.repeat(other, others), tests="wasserstein")["wasserstein"]["statistic"]
    np.testing.assert_allclose(got, stats.wasserstein_distance(values, other, weights, others), rtol=1e-12)


def shares(reference, current, bins=10):
    """Counts of the reference's quantile bins, the missing last."""
    a = np.sort(reference[~np.isnan(reference)])
    edges = [a[-(-len(a) * k // bins) - 1] for k in range(1, bins)]
    if edges[0] == a[0]:
        edges = [np.nextafter(edges[0], -np.inf), *edges]
    edges = np.unique(edges)
    count = lambda x: np.append(np.bincount(np.searchsorted(edges, x[~np.isnan(x)]), minlength=len(edges) + 1),
                                np.isnan(x).sum())
    return count(reference), count(current)


@given(samples(), st.sampled_from([2, 10, 20]), st.sampled_from([0, 3]))
@settings(max_examples=40, deadline=None)
def test_psi_and_jensen_shannon_are_their_definitions(pair, bins, gaps):
    a, b = (x.copy() for x in pair)
    if gaps:
        a[1::gaps], b[::gaps] = np.nan, np.nan
    if np.isnan(a).all():
        return
    p, q = shares(a, b, bins)
    n, m = p.sum(), q.sum()
    floored = np.maximum(p / n, 1e-4), np.maximum(q / m, 1e-4)
    psi = np.sum((floored[1] - floored[0]) * np.log(floored[1] / floored[0]))
    got = one(a, b, tests=["psi", "jensen_shannon"], bins=bins, permutations=20)
    np.testing.assert_allclose(got["psi"]["statistic"], psi, rtol=1e-9, atol=1e-12)
    null = (np.count_nonzero(p + q) - 1) * (1 / n + 1 / m)
    np.testing.assert_allclose(got["psi"]["effect"], psi - null, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(got["jensen_shannon"]["statistic"], jensenshannon(p, q, base=2), atol=1e-7)


@given(st.lists(st.sampled_from("abcdef"), min_size=2, max_size=300),
       st.lists(st.sampled_from("bcdefg"), min_size=2, max_size=300))
@settings(max_examples=40, deadline=None)
def test_chi_squared_is_scipys(a, b):
    names = sorted({*a, *b})
    got = one(np.array(a), np.array(b), tests=["chi2", "new_categories"])
    table = [[x.count(name) for name in names] for x in (a, b)]
    if len(names) > 1:
        expected = stats.chi2_contingency(table)
        np.testing.assert_allclose(got["chi2"]["statistic"], expected.statistic, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(got["chi2"]["p"], expected.pvalue, rtol=1e-9, atol=1e-300)
    assert got["new_categories"]["statistic"] == sum(name not in a for name in b) / len(b)


def test_missing_rate_is_a_two_proportion_test():
    a, b = np.zeros(400), np.zeros(300)
    a[:20], b[:40] = np.nan, np.nan
    got = one(a, b, tests="missing")["missing"]
    assert got["statistic"] == 40 / 300 and abs(got["effect"] - (40 / 300 - 20 / 400)) < 1e-15
    expected = stats.chi2_contingency([[20, 380], [40, 260]], correction=False).pvalue
    np.testing.assert_allclose(got["p"], expected, rtol=1e-12)


def test_adjusted_p_are_benjamini_hochbergs():
    rng = np.random.default_rng(4)
    a = {f"c{i}": rng.normal(size=500) for i in range(12)}
    b = {f"c{i}": rng.normal(size=400) + 0.03 * i for i in range(12)}
    report = bakeoff.drift(a, b, ["ks", "wasserstein", "psi"])
    rows = report.tests().to_pydict()
    np.testing.assert_allclose(rows["p_adjusted"], stats.false_discovery_control(rows["p"]), rtol=1e-12)
    assert report.tested == 36
    assert report.drifted == [name for name in a if min(
        q for q, c in zip(rows["p_adjusted"], rows["column"]) if c == name) <= 0.05]


# Under no change each p is below .05 about 5 % of the time: 99.9 % bounds of 400 draws are 10 and 36.
@pytest.mark.parametrize("rows", [60, 1500])
@pytest.mark.parametrize("kind", ["normal", "skewed"])
def test_p_values_keep_their_level(rows, kind):
    rng = np.random.default_rng(rows)
    draw = rng.normal if kind == "normal" else lambda size: rng.exponential(size=size) ** 2
    a = {f"c{i}": draw(size=rows) for i in range(400)}
    b = {f"c{i}": draw(size=rows) for i in range(400)}
    report = bakeoff.drift(a, b, ["ks", "psi", "jensen_shannon", "wasserstein"], permutations=199)
    rows = report.tests().to_pydict()
    for test in ("psi", "jensen_shannon", "wasserstein"):
        below = sum(p <= 0.05 for p, t in zip(rows["p"], rows["test"]) if t == test)
        assert 8 <= below <= 38, (test, below)
    assert len(report.drifted) <= 3


def test_permutation_and_asymptotic_p_agree_where_counts_are_large():
    rng = np.random.default_rng(5)
    a, b = rng.normal(size=4000), rng.normal(size=3000) + 0.06
    fast = one(a, b, tests=["psi", "jensen_shannon"])
    slow = one(a, b, tests=["psi", "jensen_shannon"], permute=True, permutations=4999)
    for test in fast:
        assert (fast[test]["method"], slow[test]["method"]) == ("asymptotic", "permutation")
        p = fast[test]["p"]
        assert abs(slow[test]["p"] - p) < 5 * np.sqrt(p * (1 - p) / 4999) + 0.005


def bits(report):
    return [[v.hex() if isinstance(v, float) else v for v in row.values()] for row in report.tests().to_pylist()]


@pytest.mark.parametrize("columns", [1, 20])  # columns side by side, or one with all threads
def test_same_bits_with_any_threads(columns):
    rng = np.random.default_rng(6)
    a = {f"c{i}": rng.normal(size=50_000) for i in range(columns)}
    b = {f"c{i}": np.round(rng.normal(size=40_000), 3) for i in range(columns)}
    base = bits(bakeoff.drift(a, b, threads=1))
    for threads in (2, 3, 8, 16):
        assert bits(bakeoff.drift(a, b, threads=threads)) == base


def test_a_reference_is_kept_for_many_tables(tmp_path):
    rng = np.random.default_rng(7)
    table = pa.table({"x": pa.array([None, *rng.normal(size=999)]), "s": pa.array([*"abé"] * 333 + [None])})
    reference = bakeoff.DriftReference(table)
    reference.save(tmp_path / "reference.safetensors")
    loaded = bakeoff.DriftReference.load(tmp_path / "reference.safetensors")
    assert (loaded.columns, loaded.rows) == (["x", "s"], 1000)
    for shift in (0, 0.5):
        current = pa.table({"s": ["a"] * 40 + ["z"] * 10, "x": rng.normal(size=50) + shift})
        assert bits(bakeoff.drift(loaded, current)) == bits(bakeoff.drift(table, current))


def test_a_damaged_reference_is_an_error(tmp_path):
    path = tmp_path / "reference.safetensors"
    bakeoff.DriftReference({"x": np.arange(50.0), "s": np.array(["a", "b"] * 25)}).save(path)
    whole = path.read_bytes()
    rng = np.random.default_rng(8)
    for _ in range(300):
        damaged = bytearray(whole)
        for at in rng.integers(0, len(whole), rng.integers(1, 4)):
            damaged[at] = rng.integers(0, 256)
        path.write_bytes(bytes(damaged[:rng.integers(0, len(whole) + 1)] if rng.random() < 0.3 else damaged))
        try:
            loaded = bakeoff.DriftReference.load(path)
        except bakeoff.DataError:
            continue
        try:
            bakeoff.drift(loaded, {"x": np.arange(9.0), "s": np.array(["a"] * 9)})
        except bakeoff.DataError:  # a name was hit
            pass


def test_every_kind_of_table_gives_the_same():
    pd = pytest.importorskip("pandas")
    rng = np.random.default_rng(9)
    a = {"x": rng.normal(size=300), "i": rng.integers(0, 9, 300), "s": rng.choice(["u", "v"], 300)}
    b = {"x": rng.normal(size=200), "i": rng.integers(0, 9, 200), "s": rng.choice(["u", "w"], 200)}
    base = bits(bakeoff.drift(a, b))
    assert bits(bakeoff.drift(pa.table(a), pa.table(b))) == base
    assert bits(bakeoff.drift(pd.DataFrame(a), pd.DataFrame(b))) == base
    assert bits(bakeoff.drift(pa.table(a), pd.DataFrame(b)[["s", "i", "x"]])) == base
    chunks = pa.concat_tables([pa.table(b).slice(0, 70), pa.table(b).slice(70)])
    assert bits(bakeoff.drift(pd.DataFrame(a), chunks)) == base
    strided = np.column_stack([a["x"], a["x"]])
    assert bits(bakeoff.drift({**a, "x": strided[:, 1]}, b)) == base


def test_numbers_that_are_names():
    a, b = np.repeat([1, 2, 3], 50), np.repeat([1, 2, 4], 50)
    report = bakeoff.drift({"code": a}, {"code": b}, categorical=["code"])
    row = report.table().to_pylist()[0]
    assert row["kind"] == "text" and row["new_names"] == ["4"] and row["ks"] is None
    assert row["new_share"] == 1 / 3 and row["chi2_p_adjusted"] < 1e-9


def test_a_report_has_one_row_a_column():
    a = pa.table({"x": [1.0, 2, 3, None], "s": ["a", "b", None, "b"]})
    table = bakeoff.drift(a, a).table()
    assert table.column("column").to_pylist() == ["x", "s"]
    assert table.column("reference_missing").to_pylist() == [0.25, 0.25]
    assert table.column("ks").to_pylist() == [0, None] and table.column("chi2").to_pylist() == [None, 0]
    assert {"psi_excess", "wasserstein_per_sd", "cramers_v", "missing_change", "ks_p", "ks_p_adjusted"} <= {
        *table.column_names}
    assert bakeoff.drift(a, a).to_pandas().shape[0] == 2
    assert "0 of 2 columns" in repr(bakeoff.drift(a, a))


# ---- what it is given in production

def test_edges_have_notes():
    x = np.arange(100.0)
    gone = one(x, np.full(50, np.nan))
    assert np.isnan(gone["ks"]["p"]) and gone["ks"]["note"] == "all missing"
    assert gone["missing"]["p"] < 1e-9 and gone["psi"]["p"] < 0.01
    single = one(x, np.array([55.0]))
    assert single["ks"]["p"] == pytest.approx(stats.ks_2samp(x, [55.0]).pvalue, rel=1e-9)
    constant = one(np.full(50, 7.0), np.full(60, 7.0))
    assert constant["ks"]["p"] == 1 and constant["wasserstein"]["effect"] == 0
    assert constant["psi"]["note"] == "one bin only"
    for moved in (6.0, 8.0):  # below and above all that was there
        assert one(np.full(50, 7.0), np.full(60, moved))["psi"]["p"] < 0.01
    apart = one(x, x + 1000)
    assert apart["ks"]["statistic"] == 1 and apart["wasserstein"]["statistic"] == 1000
    infinite = one(np.append(x, np.inf), np.append(x, [np.inf, np.inf]))
    assert infinite["wasserstein"]["statistic"] == np.inf and "infinite" in infinite["wasserstein"]["note"]
    assert infinite["ks"]["statistic"] == pytest.approx(2 / 102 - 1 / 101)
    nothing = one(np.full(9, np.nan), x)
    assert nothing["missing"]["p"] < 1e-9 and np.isnan(nothing["wasserstein"]["p"])


def test_a_million_categories():
    texts = lambda first, last: pa.table({"s": pa.array(np.arange(first, last)).cast(pa.string())})
    a, b = texts(0, 1_000_000), texts(-50_000, 50_000)
    got = {row["test"]: row for row in bakeoff.drift(a, b).tests().to_pylist()}
    # Every category was seen once: the reference says that most of what comes is new.
    assert got["new_categories"]["statistic"] == 0.5 and got["new_categories"]["p"] == 1
    assert got["chi2"]["note"] == "an expected count is below 5"


@pytest.mark.parametrize(("reference", "current", "options", "says"), [
    ({"x": [1.0]}, {"y": [1.0]}, {}, "'y' is new.*did you mean 'x'|'y' is new.*known: x"),
    ({"price": [1.0], "b": [1.0]}, {"b": [1.0]}, {}, "no column 'price'"),
    ({"price": [1.0]}, {"price": [1.0], "prise": [1.0]}, {}, "'prise' is new.*did you mean 'price'"),
    ({"price": [1.0]}, {"price": [1.0]}, {"columns": ["prise"]}, "'prise'.*did you mean 'price'"),
    ({"x": [1.0]}, {"x": np.array(["a"])}, {}, "column 'x': the reference holds numbers, here are text"),
    ({"x": np.array(["a"])}, {"x": [1.0]}, {}, "column 'x': the reference holds text, here are numbers"),
    ({"x": []}, {"x": [1.0]}, {}, "reference: expected rows, got none"),
    ({"x": [1.0]}, {"x": np.empty(0)}, {}, "current: expected rows, got none"),
    ({"x": [1.0], "y": [1.0, 2]}, {"x": [1.0]}, {}, "as many rows"),
    ({"x": [1.0]}, [1.0, 2.0], {}, "expected a table"),
    ({"x": [[1.0], [2.0]]}, {"x": [1.0]}, {}, "x"),
])
def test_bad_tables_are_named(reference, current, options, says):
    as_table = lambda t: {k: np.array(v) if k == "price" else v for k, v in t.items()} if isinstance(t, dict) else t
    with pytest.raises(bakeoff.DataError, match=says):
        bakeoff.drift(as_table(reference), as_table(current), **options)


@pytest.mark.parametrize(("options", "says"), [
    ({"tests": ["kss"]}, "did you mean 'ks'"), ({"effects": {"pssi": 1}}, "did you mean 'psi'"),
    ({"fdr": 2}, "fdr"), ({"bins": 1}, "bins"), ({"permutation": 9}, "did you mean 'permutations'"),
    ({"permutations": -1}, "permutations"), ({"device": "gpu"}, "device"),
])
def test_bad_options_are_named(options, says):
    with pytest.raises(bakeoff.SpecError, match=says):
        bakeoff.drift({"x": [1.0, 2.0]}, {"x": [1.0]}, **options)


def test_effects_say_what_is_worth_an_alarm():
    rng = np.random.default_rng(11)
    a, b = {"x": rng.normal(size=50_000)}, {"x": rng.normal(size=50_000) + 0.05}
    assert bakeoff.drift(a, b, "ks").drifted == ["x"]
    assert bakeoff.drift(a, b, "ks", effects={"ks": 0.1}).drifted == []


def test_quantiles_alone_serve_the_counting_tests():
    rng = np.random.default_rng(12)
    a, b = {"x": rng.normal(size=5000)}, {"x": rng.normal(size=3000)}
    small = bakeoff.DriftReference(a, keep_values=False)
    tests = ["psi", "jensen_shannon", "missing"]
    assert bits(bakeoff.drift(small, b, tests)) == bits(bakeoff.drift(a, b, tests))
    with pytest.raises(bakeoff.SpecError, match="quantiles only"):
        bakeoff.drift(small, b)
