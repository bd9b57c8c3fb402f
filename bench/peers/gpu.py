"""On a GPU: evaluation against torchmetrics on the same GPU, training against loops of CuPy.

    python bench/peers/gpu.py [auc] [ridge] [logistic]      # all three without a name

BAKEOFF_BENCH_DEVICE=cpu tries the script where there is no GPU (NumPy in CuPy's place, a hundredth of the rows): no
figure of such a run says anything about a GPU. Times are those of calls that begin and end in host memory for ours, and
on the device for the peers, which is in their favour.
"""

import os
import sys

from side_by_side import machine, measure, show

import numpy as np  # noqa: E402

import bakeoff  # noqa: E402

DEVICE = os.environ.get("BAKEOFF_BENCH_DEVICE", "cuda")
SCALE = 1 if DEVICE == "cuda" else 100


def auc():
    """64 candidates, 1e6 rows, B = 1000, paired; BootStrapper: 5 resamples of one candidate, scaled."""
    import torch
    from torchmetrics.classification import BinaryAUROC
    from torchmetrics.wrappers import BootStrapper

    rows, candidates, resamples, timed = 1_000_000 // SCALE, 64, 1000, 5
    rng = np.random.default_rng(7)
    labels = (rng.random(rows) < 0.3).astype(np.float64)
    scores = rng.normal(size=(candidates, rows)).astype(np.float32) + 0.8 * labels.astype(np.float32)
    ours = measure(lambda: bakeoff.evaluate(labels, scores, ["roc_auc"], resamples=resamples, device=DEVICE), 5)
    exact = measure(lambda: bakeoff.evaluate(labels, scores[0], ["roc_auc"], device=DEVICE), 9)
    chances = 1 / (1 + np.exp(-scores))
    points = measure(lambda: bakeoff.evaluate(labels, chances, ["log_loss", "brier", "accuracy", "f1", "mcc"],
                                              device=DEVICE), 5)
    target = torch.from_numpy(labels.astype(np.int64)).to(DEVICE)
    one = torch.from_numpy(scores[0]).to(DEVICE)

    def wait(value):
        if DEVICE == "cuda":
            torch.cuda.synchronize()
        return value

    def boot_strapper():
        metric = BootStrapper(BinaryAUROC(thresholds=None, validate_args=False), num_bootstraps=timed,
                              sampling_strategy="multinomial").to(DEVICE)
        metric.update(one, target)
        return wait(metric.compute())

    def one_auc():
        metric = BinaryAUROC(thresholds=None, validate_args=False).to(DEVICE)
        metric.update(one, target)
        return wait(metric.compute())

    peer = measure(boot_strapper, 5)
    show(f"{candidates} AUCs, {rows:,} rows, B = {resamples}, paired / torchmetrics BootStrapper", ours, peer,
         abs(float(ours[2].value[0, 0, 0]) - float(peer[2]["mean"])), candidates * resamples / timed)
    peer = measure(one_auc, 9)
    show("exact AUC / torchmetrics", exact, peer, abs(float(exact[2].value[0, 0, 0]) - float(peer[2])))
    print(f"    five point metrics of {candidates}: {points[0]:.4f} s")


def arrays():
    if DEVICE == "cuda":
        import cupy
        return cupy
    return np


def regression(rows, columns):
    rng = np.random.default_rng(3)
    x = rng.normal(size=(rows, columns))
    return x, x @ rng.normal(size=columns) + rng.normal(size=rows)


def ridge():
    """100 penalties x 5 folds on 1e6 x 128 float64 against a loop over folds and penalties."""
    xp = arrays()
    rows, columns, folds = 1_000_000 // SCALE, 128, 5
    x, y = regression(rows, columns)
    penalties = np.logspace(-3, 4, 100)
    ids = np.arange(rows) % folds
    ours = measure(lambda: bakeoff.fit(x, y, "ridge", [{"l2": float(p)} for p in penalties], ids, scoring="r2",
                                       device=DEVICE), 5)
    dx, dy, di = xp.asarray(x), xp.asarray(y), xp.asarray(ids)

    def loop():
        scores = np.empty((len(penalties), folds))
        for fold in range(folds):
            a, b, ta, tb = dx[di != fold], dy[di != fold], dx[di == fold], dy[di == fold]
            mean, centre = a.mean(axis=0), b.mean()
            a, b = a - mean, b - centre
            gram, product = a.T @ a, a.T @ b
            for i, p in enumerate(penalties):
                w = xp.linalg.solve(gram + p * xp.eye(columns), product)
                residual = tb - centre - (ta - mean) @ w
                scores[i, fold] = 1 - float((residual**2).sum() / ((tb - tb.mean())**2).sum())
        return scores

    peer = measure(loop, 3)
    show(f"ridge 100 x 5 on {rows:,} x {columns} / loop of {xp.__name__}", ours, peer,
         float(np.abs(np.asarray(ours[2].scores) - peer[2]).max()))


def logistic():
    """64 penalties x 5 folds on 1e6 x 128 float32 against L-BFGS one by one (two of them timed, and scaled)."""
    from scipy.optimize import minimize

    xp = arrays()
    rows, columns, folds, timed = 1_000_000 // SCALE, 128, 5, 2
    x, margin = regression(rows, columns)
    x = x.astype(np.float32)
    rng = np.random.default_rng(4)
    y = (rng.random(rows) < 1 / (1 + np.exp(-margin / margin.std()))).astype(np.float64)
    penalties = np.logspace(-1, 4, 64)
    candidates = [{"l2": float(p)} for p in penalties]
    ours = measure(lambda: bakeoff.fit(x, y, "logistic", candidates, folds, device=DEVICE), 3)
    dx, dy = xp.asarray(x), xp.asarray(y)

    def objective(w, l2):
        z = dx @ xp.asarray(w[:-1], dtype=np.float32) + np.float32(w[-1])
        loss = float(xp.logaddexp(0, z).astype(np.float64).sum() - (dy * z).sum()) + l2 / 2 * float(w[:-1] @ w[:-1])
        residual = (1 / (1 + xp.exp(-z)) - dy).astype(np.float32)
        gradient = np.append(np.asarray((dx.T @ residual).tolist()) + l2 * w[:-1], float(residual.sum()))
        return loss, gradient

    def loop():
        return [minimize(objective, np.zeros(columns + 1), (float(p),), "L-BFGS-B", jac=True,
                         options={"gtol": 1e-4, "maxiter": 200}).fun for p in penalties[[0, -1]]]

    peer = measure(loop, 1, warm_up=1)
    gap = max(ours[2].models[i].objective / value - 1 for i, value in zip((0, -1), peer[2]))
    show(f"logistic 64 x 5 on {rows:,} x {columns} / L-BFGS on {xp.__name__} one by one", ours, peer, gap,
         len(penalties) * (folds + 1) / timed)


def main():
    print(f"{machine()}; device {DEVICE}" + ("" if SCALE == 1 else f", a {SCALE}th of the rows: tries the script only"))
    for part in sys.argv[1:] or ["auc", "ridge", "logistic"]:
        {"auc": auc, "ridge": ridge, "logistic": logistic}[part]()


if __name__ == "__main__":
    main()
