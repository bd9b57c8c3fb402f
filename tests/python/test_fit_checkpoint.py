"""bakeoff.fit and SearchCV with a checkpoint: killed or interrupted, the same call ends with the same bits."""

import signal
import subprocess
import sys
import warnings

import bakeoff
import numpy as np
import pytest
import scipy.sparse

L2 = [10.0**e for e in range(-2, 3)]
CASES = {
    "logistic": [{"l2": l2, "l1_ratio": r} for l2 in L2 for r in (0, 0.5)],
    "linear_svm": [{"l2": l2} for l2 in L2],
    "huber": [{"l2": l2, "l1_ratio": r} for l2 in L2 for r in (0, 0.5)],
    "ridge": [{"l2": l2} for l2 in L2],
    "elastic_net": [{"l2": 10 * l2, "l1_ratio": r} for l2 in L2 for r in (0.3, 0.9)],
    "softmax": [{"l2": l2, "l1_ratio": r} for l2 in L2 for r in (0, 0.5)],
}
# What a process of its own does, too: a seed, no file.
DATA = """
import numpy as np
def data(case):
    rng = np.random.default_rng(5)
    x = rng.normal(size=(4000, 12))
    z = x[:, :4].sum(axis=1) + rng.normal(size=4000)
    if case == "softmax":
        return x, np.digitize(z, [-1, 1])
    return x, (z > 0).astype(float) if case in ("logistic", "linear_svm") else z
"""
exec(DATA)


def fit(case, checkpoint=None, x=None, **more):
    rows, y = data(case)  # noqa: F821
    family = "logistic" if case == "softmax" else case
    return bakeoff.fit(rows if x is None else x, y, family, CASES[case], folds=3, threads=2, checkpoint=checkpoint,
                       **more)


def bits(done):
    return [done.scores.tobytes()] + [(m.coefficients.tobytes(), np.asarray(m.intercept).tobytes(), m.iterations,
                                       m.objective) for m in done.models]


def often(folder):
    return {"folder": folder, "every": 0}


@pytest.mark.parametrize("case", CASES)
def test_an_interrupted_fit_goes_on_to_the_same_bits(case, tmp_path):
    whole, folder, calls = bits(fit(case)), tmp_path / "kept", []

    def interrupt(done, total):
        calls.append(done)
        if len(calls) == 3:
            raise KeyboardInterrupt

    try:
        fit(case, folder, callback=interrupt)
    except KeyboardInterrupt:
        assert len(calls) == 3 and list(folder.rglob("*.checkpoint"))
    assert bits(fit(case, folder)) == whole
    assert not folder.exists()


@pytest.mark.parametrize("case", ["logistic", "softmax"])
def test_a_killed_fit_goes_on_to_the_same_bits(case, tmp_path):
    code = f"""{DATA}
import bakeoff, os, signal
def die(done, total, calls=[]):
    calls.append(done)
    if len(calls) == 4:
        os.kill(os.getpid(), signal.SIGKILL)
x, y = data({case!r})
bakeoff.fit(x, y, "logistic", {CASES[case]!r}, folds=3, threads=2, callback=die,
            checkpoint={{"folder": {str(tmp_path / "kept")!r}, "every": 0}})
"""
    for _ in range(2):
        assert subprocess.run([sys.executable, "-c", code]).returncode == -signal.SIGKILL
    assert list((tmp_path / "kept").rglob("*.checkpoint"))
    assert bits(fit(case, often(tmp_path / "kept"))) == bits(fit(case))


def interrupted(case, folder):
    def interrupt(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(case, often(folder), callback=interrupt)
    return sorted(folder.rglob("*.checkpoint"))


def test_other_rows_and_other_splits_have_checkpoints_of_their_own(tmp_path):
    interrupted("logistic", tmp_path)
    x, y = data("logistic")  # noqa: F821
    x[17, 3] += 1e-9
    for more in ({"x": x}, {"x": np.asfortranarray(x)}, {"seed": 1}, {"weights": np.linspace(1, 2, len(y))},
                 {"groups": np.arange(len(y)) // 7}, {"class_weight": "balanced"}):
        assert bits(fit("logistic", tmp_path, **more)) == bits(fit("logistic", **more)), more
    assert list(tmp_path.rglob("*.checkpoint")), "what another fit has found out stays"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert bits(fit("logistic", tmp_path)) == bits(fit("logistic"))
    assert not list(tmp_path.rglob("*.checkpoint"))


def test_damaged_checkpoints_warn_and_change_nothing(tmp_path):
    whole_file, *others = interrupted("logistic", tmp_path)
    whole_file.write_bytes(whole_file.read_bytes()[:-1])
    others[-1].write_bytes(b"nonsense\n{}\n")
    with pytest.warns(RuntimeWarning, match="checkpoint_ignored"):
        assert bits(fit("logistic", tmp_path)) == bits(fit("logistic"))


def test_a_folder_that_cannot_be_written_warns_and_changes_nothing(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.warns(RuntimeWarning, match="checkpoint_failed"):
        assert bits(fit("logistic", often(tmp_path / "file"))) == bits(fit("logistic"))
    assert (tmp_path / "file").is_file()


def test_what_else_lies_in_the_folder_stays(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    fit("logistic", often(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("wrong", [{"every": 1}, {"folder": "x", "evry": 1}, {"folder": "x", "every": -1},
                                   {"folder": "x", "every": float("nan")}])
def test_wrong_checkpoints_are_refused(wrong):
    with pytest.raises(bakeoff.SpecError, match="checkpoint"):
        fit("ridge", wrong)


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("case", ["logistic", "linear_svm", "softmax"])
def test_an_interrupted_fit_of_sparse_rows_goes_on_to_the_same_bits(case, wide, tmp_path):
    x = scipy.sparse.csr_matrix(np.where(np.abs(data(case)[0]) > 0.5, data(case)[0], 0))  # noqa: F821
    if wide:  # too wide for a Gram
        x = scipy.sparse.csr_matrix((x.data, x.indices * 200, x.indptr), (4000, 2400))
    whole = bits(fit(case, x=x))
    calls = []

    def interrupt(done, total):
        calls.append(done)
        if len(calls) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(case, often(tmp_path / "kept"), x=x, callback=interrupt)
    assert list((tmp_path / "kept").rglob("*.checkpoint"))
    assert bits(fit(case, tmp_path / "kept", x=x)) == whole
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize("strategy", ["sobol", "halving"])
def test_an_interrupted_search_goes_on_to_the_same_scores(strategy, tmp_path):
    x, y = data("logistic")  # noqa: F821

    def search(**more):
        return bakeoff.SearchCV("logistic", {"l2": {"log": [1e-2, 1e2]}}, 150, strategy, cv=3, threads=2, **more)

    def interrupt(event, batches=[]):
        batches += [event] if event["event"] == "batch" else []
        if len(batches) == 2:
            raise KeyboardInterrupt

    whole = search().fit(x, y)
    kept = search(checkpoint=tmp_path / "kept", callback=interrupt)
    with pytest.raises(KeyboardInterrupt):
        kept.fit(x, y)
    assert list((tmp_path / "kept").rglob("*.checkpoint"))
    kept.set_params(callback=None).fit(x, y)
    assert kept.cv_results_["mean_test_score"].tobytes() == whole.cv_results_["mean_test_score"].tobytes()
    assert kept.best_params_ == whole.best_params_
    assert kept.best_estimator_.coef_.tobytes() == whole.best_estimator_.coef_.tobytes()
    assert not (tmp_path / "kept").exists()
