"""ROC AUC against torchmetrics, torcheval and scipy.stats.bootstrap: exact, and with a bootstrap interval.

    python bench/peers/auc_torch.py [rows]

torchmetrics and torcheval run with as many threads as ours. Of the bootstraps five resamples are timed, and scaled.
"""

import sys
import warnings

from side_by_side import THREADS, machine, measure, show

import numpy as np  # noqa: E402
import torch  # noqa: E402
from scipy.stats import bootstrap  # noqa: E402
from sklearn.metrics import roc_auc_score  # noqa: E402
from torcheval.metrics.functional import binary_auroc  # noqa: E402
from torchmetrics.classification import BinaryAUROC  # noqa: E402
from torchmetrics.functional.classification import binary_auroc as torchmetrics_auroc  # noqa: E402
from torchmetrics.wrappers import BootStrapper  # noqa: E402

import bakeoff  # noqa: E402

from auc import RESAMPLES, TIMED, data  # noqa: E402


def ours(labels, scores, resamples):
    return bakeoff.evaluate(labels, scores, ["roc_auc"], resamples=resamples, threads=THREADS).value[0, 0, 0]


def boot_strapper(scores, labels):
    metric = BootStrapper(BinaryAUROC(thresholds=None, validate_args=False), num_bootstraps=TIMED,
                          sampling_strategy="multinomial")
    metric.update(scores, labels)
    return metric.compute()


def main():
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    torch.set_num_threads(THREADS)
    warnings.filterwarnings("ignore")
    print(f"{machine()}; {rows:,} rows float32; {THREADS} threads of ours and of torch {torch.__version__}")
    labels, scores = data(rows, np.float32)
    tensors = torch.from_numpy(scores), torch.from_numpy(labels.astype(np.int64))
    exact = measure(lambda: ours(labels, scores, 0), 15, warm_up=3)
    interval = measure(lambda: ours(labels, scores, RESAMPLES))
    for name, call in (("torchmetrics", lambda: torchmetrics_auroc(*tensors, thresholds=None, validate_args=False)),
                       ("torcheval", lambda: binary_auroc(*tensors))):
        peer = measure(call, 15, warm_up=3)
        show(f"exact AUC, bakeoff.evaluate / {name}", exact, peer, abs(float(exact[2]) - float(peer[2])))
    peer = measure(lambda: boot_strapper(*tensors), repeats=5, warm_up=0)
    show(f"AUC + 95 % interval, B = {RESAMPLES}, / torchmetrics BootStrapper", interval, peer,
         abs(float(interval[2]) - float(peer[2]["mean"])), RESAMPLES / TIMED)
    peer = measure(lambda: bootstrap((labels, scores), roc_auc_score, n_resamples=TIMED, paired=True, vectorized=False,
                                     method="percentile", rng=1), repeats=5, warm_up=0)
    show(f"AUC + 95 % interval, B = {RESAMPLES}, / scipy.stats.bootstrap", interval, peer, 0.0, RESAMPLES / TIMED)


if __name__ == "__main__":
    main()
