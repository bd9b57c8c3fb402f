"""The last digits of the one model that is kept: batches are trained on float32 sums."""

import functools

import numpy as np

BLOCK = 4096  # rows in float64 at once
MOST_COLUMNS = 2000  # a Hessian of 32 MB


def _logistic(z, y, shape):
    wrong = np.exp(-np.logaddexp(0, -z))  # P(1)
    return wrong - y, wrong * (1 - wrong)


def _ridge(z, y, shape):  # half of its objective
    return z - y, np.ones(len(z))


def _linear_svm(z, y, shape):
    sign = np.where(y > 0, 1.0, -1.0)
    short_of = np.maximum(0.0, 1 - sign * z)
    return -2 * sign * short_of, 2.0 * (short_of > 0)


def _linear_svr_squared(z, y, shape):
    beyond = np.maximum(0.0, np.abs(z - y) - shape)
    return 2 * np.sign(z - y) * beyond, 2.0 * (beyond > 0)


def _poisson(z, y, shape):
    mean = np.exp(z)
    return mean - y, mean


def _gamma(z, y, shape):
    ratio = y * np.exp(-z)
    return 1 - ratio, ratio


# By family: first and second derivative of a row's loss by its logit.
LOSSES = {"logistic": _logistic, "linear_svm": _linear_svm, "linear_svr_squared": _linear_svr_squared,
          "poisson": _poisson, "gamma": _gamma, "ridge": _ridge}


def refine(family, x, labels, weights, parameters, model):
    """Newton steps in float64 on the objective of CONTRACT, from the model of one of LOSSES without an l1 part; its
    coefficients and intercept are replaced where that lowers the gradient. A singular Hessian (no penalty, more columns
    than rows) leaves it as it is.
    """
    columns = x.shape[1]
    if columns > MOST_COLUMNS or model.status == "diverged":
        return
    penalty = np.append(np.full(columns, float(parameters["l2"])), 0.0)
    loss = functools.partial(LOSSES[family], shape=parameters.get("epsilon", 0.0))
    theta = _newton(lambda theta: _derivatives(loss, x, labels, weights, theta),
                    np.append(model.coefficients, model.intercept), penalty)
    model.coefficients, model.intercept = theta[:-1].copy(), float(theta[-1])


def refine_softmax(x, labels, weights, l2, model):
    """The same for more than two classes."""
    classes, columns = model.coefficients.shape if model.status != "diverged" else (1, 0)
    if classes == 1 or classes * columns > MOST_COLUMNS:
        return
    penalty = np.tile(np.append(np.full(columns, float(l2)), 0.0), classes)
    theta = _newton(lambda theta: _softmax(x, labels, weights, theta.reshape(classes, columns + 1)),
                    np.column_stack([model.coefficients, model.intercept]).ravel(), penalty).reshape(classes, -1)
    model.coefficients, model.intercept = theta[:, :-1].copy(), theta[:, -1] - theta[:, -1].mean()


def _newton(derivatives, theta, penalty):
    gradient, hessian = derivatives(theta)
    gradient += penalty * theta
    for _ in range(6):
        try:
            step = np.linalg.solve(hessian + np.diag(penalty), gradient)
        except np.linalg.LinAlgError:
            break
        trial = theta - step
        after, hessian = derivatives(trial)
        after += penalty * trial
        # Near the optimum the gradient falls; where it does not, rounding is all that is left, or Newton is not for it.
        if not np.linalg.norm(after) < np.linalg.norm(gradient):
            break
        theta, gradient = trial, after
        if np.abs(step).max() <= 1e-12 * max(1.0, np.abs(theta).max()):
            break
    return theta


def huber_scale(residuals, weights, epsilon):
    """The s that minimises sum of weight * (s + s H(r / s)), as huber's objective has it; 0 of an exact fit."""
    r = np.abs(np.asarray(residuals, dtype=np.float64))
    w = np.ones(len(r)) if weights is None else weights
    low, high = 0.0, float(np.sqrt(np.average(r**2, weights=w)))  # where no residual is beyond epsilon scales
    for _ in range(100):
        s = (low + high) / 2
        if s == 0 or np.sum(w * np.minimum(r / s, epsilon) ** 2) <= w.sum():  # the slope is not below 0
            high = s
        else:
            low = s
    return high


def _blocks(x, rows):
    """(rows of a block, x there in float64 with a column of ones), one after the other."""
    for begin in range(0, rows, BLOCK):
        chosen = slice(begin, min(begin + BLOCK, rows))
        some = x[chosen].toarray() if hasattr(x, "toarray") else x[chosen]
        yield chosen, np.hstack([some.astype(np.float64), np.ones((some.shape[0], 1))])


def _derivatives(loss, x, labels, weights, theta):
    gradient, hessian = np.zeros(len(theta)), np.zeros((len(theta), len(theta)))
    for rows, block in _blocks(x, len(labels)):
        slope, curvature = loss(block @ theta, labels[rows])
        if weights is not None:
            slope, curvature = slope * weights[rows], curvature * weights[rows]
        gradient += block.T @ slope
        hessian += block.T @ (block * curvature[:, None])
    return gradient, hessian


def _softmax(x, labels, weights, theta):
    classes, size = theta.shape
    gradient, hessian = np.zeros(theta.shape), np.zeros((classes, size, classes, size))
    for rows, block in _blocks(x, len(labels)):
        z = block @ theta.T
        share = np.exp(z - z.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        weight = np.ones(len(z)) if weights is None else weights[rows]
        wrong = share - (labels[rows, None] == np.arange(classes))
        gradient += (wrong * weight[:, None]).T @ block
        for k in range(classes):
            for j in range(k + 1):
                curvature = weight * share[:, k] * ((k == j) - share[:, j])
                hessian[k, :, j] += block.T @ (block * curvature[:, None])
    for k in range(classes):
        for j in range(k):
            hessian[j, :, k] = hessian[k, :, j]
    hessian[:, -1, :, -1] += 1.0  # what all intercepts have in common changes nothing: no step goes along it
    return gradient.ravel(), hessian.reshape(classes * size, classes * size)
