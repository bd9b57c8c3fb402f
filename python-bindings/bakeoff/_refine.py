"""The last digits of the one model that is kept: batches are trained on float32 sums."""

import numpy as np

BLOCK = 4096  # rows in float64 at once
MOST_COLUMNS = 2000  # a Hessian of 32 MB


def refine_logistic(x, labels, weights, l2, model):
    """Newton steps in float64 on the objective of CONTRACT, from the model; its coefficients and intercept are replaced
    where that lowers the gradient. A singular Hessian (no penalty, more columns than rows) leaves it as it is.
    """
    columns = x.shape[1]
    if columns > MOST_COLUMNS or model.status == "diverged":
        return
    theta = np.append(model.coefficients, model.intercept)
    penalty = np.append(np.full(columns, float(l2)), 0.0)
    gradient, hessian = _derivatives(x, labels, weights, theta)
    gradient += penalty * theta
    for _ in range(6):
        try:
            step = np.linalg.solve(hessian + np.diag(penalty), gradient)
        except np.linalg.LinAlgError:
            return
        trial = theta - step
        after, hessian = _derivatives(x, labels, weights, trial)
        after += penalty * trial
        # Near the optimum the gradient falls; where it does not, rounding is all that is left, or Newton is not for it.
        if not np.linalg.norm(after) < np.linalg.norm(gradient):
            return
        theta, gradient = trial, after
        model.coefficients, model.intercept = theta[:-1].copy(), float(theta[-1])
        if np.abs(step).max() <= 1e-12 * max(1.0, np.abs(theta).max()):
            return


def refine_softmax(x, codes, weights, l2, model):
    """The same of more than two classes; intercepts keep their sum, which changes no probability."""
    classes, columns = model.coefficients.shape
    if classes * (columns + 1) > MOST_COLUMNS or model.status == "diverged":
        return
    theta = np.column_stack([model.coefficients, model.intercept])
    penalty = np.append(np.full(columns, float(l2)), 0.0)
    codes = codes.astype(int)
    gradient, hessian = _softmax_derivatives(x, codes, weights, theta)
    gradient += penalty * theta
    # Curvature for the one direction that has none, the intercepts' sum, where the gradient is 0.
    level = np.tile(np.append(np.zeros(columns), 1.0), classes)
    fixed = np.diag(np.tile(penalty, classes)) + np.outer(level, level) * len(codes)
    for _ in range(6):
        try:
            step = np.linalg.solve(hessian + fixed, gradient.ravel()).reshape(theta.shape)
        except np.linalg.LinAlgError:
            return
        trial = theta - step
        after, hessian = _softmax_derivatives(x, codes, weights, trial)
        after += penalty * trial
        if not np.linalg.norm(after) < np.linalg.norm(gradient):
            return
        theta, gradient = trial, after
        model.coefficients, model.intercept = theta[:, :-1].copy(), theta[:, -1].copy()
        if np.abs(step).max() <= 1e-12 * max(1.0, np.abs(theta).max()):
            return


def _softmax_derivatives(x, codes, weights, theta):
    classes, width = theta.shape
    gradient, hessian = np.zeros(theta.shape), np.zeros((classes, width, classes, width))
    for begin in range(0, len(codes), BLOCK):
        rows = slice(begin, begin + BLOCK)
        block = np.hstack([x[rows].astype(np.float64), np.ones((len(codes[rows]), 1))])
        z = block @ theta.T
        p = np.exp(z - z.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        w = np.ones(len(p)) if weights is None else weights[rows]
        wrong = p.copy()
        wrong[np.arange(len(p)), codes[rows]] -= 1
        gradient += (wrong * w[:, None]).T @ block
        for k in range(classes):
            for m in range(k + 1):
                part = block.T @ (block * (w * p[:, k] * ((k == m) - p[:, m]))[:, None])
                hessian[k, :, m] += part
                if m < k:
                    hessian[m, :, k] += part
    return gradient, hessian.reshape(classes * width, -1)


def _derivatives(x, labels, weights, theta):
    gradient, hessian = np.zeros(len(theta)), np.zeros((len(theta), len(theta)))
    for begin in range(0, len(labels), BLOCK):
        rows = slice(begin, begin + BLOCK)
        block = np.hstack([x[rows].astype(np.float64), np.ones((len(labels[rows]), 1))])
        wrong = np.exp(-np.logaddexp(0, -(block @ theta)))  # P(1)
        curvature = wrong * (1 - wrong)
        wrong -= labels[rows]
        if weights is not None:
            wrong *= weights[rows]
            curvature *= weights[rows]
        gradient += block.T @ wrong
        hessian += block.T @ (block * curvature[:, None])
    return gradient, hessian
