// The losses of the linear models, once for the host, the device and vectors of floats: plain additions,
// multiplications and one division, so that all of them give the same bits.
#pragma once
#include <bit>

#include "kernels/math.h"
#include "kernels/portable.h"

namespace bakeoff::kernels {

struct FloatOps {  // of one float; *_simd.cpp has the same for vectors
  using Value = float;
  static BAKEOFF_HD BAKEOFF_INLINE float fill(float x) { return x; }
  static BAKEOFF_HD BAKEOFF_INLINE float smaller(float a, float b) { return a < b ? a : b; }
  static BAKEOFF_HD BAKEOFF_INLINE float larger(float a, float b) { return a > b ? a : b; }
  // a where x < 0, else b
  static BAKEOFF_HD BAKEOFF_INLINE float if_negative(float x, float a, float b) { return x < 0.0f ? a : b; }
  // p * 2^n, where `shifted` is n + 1.5 * 2^23 and so has n in its lowest bits
  static BAKEOFF_HD BAKEOFF_INLINE float scale(float p, float shifted) {
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(p) + (std::bit_cast<std::uint32_t>(shifted) << 23));
  }
};

// e^x = 2^n (1 + r + r^2 p), after Cephes expf.
template <class Ops>
struct ReducedExponent {
  typename Ops::Value shifted, n, r, p;
};
template <class Ops>
BAKEOFF_HD BAKEOFF_INLINE ReducedExponent<Ops> reduce_exponent(typename Ops::Value x) {
  using V = typename Ops::Value;
  const V magic = Ops::fill(12582912.0f);
  const V shifted = x * Ops::fill(1.44269504088896341f) + magic;
  const V n = shifted - magic;
  const V r = x - n * Ops::fill(0.693359375f) - n * Ops::fill(-2.12194440e-4f);
  V p = Ops::fill(1.9875691500e-4f);
  p = p * r + Ops::fill(1.3981999507e-3f);
  p = p * r + Ops::fill(8.3334519073e-3f);
  p = p * r + Ops::fill(4.1665795894e-2f);
  p = p * r + Ops::fill(1.6666665459e-1f);
  p = p * r + Ops::fill(5.0000001201e-1f);
  return {shifted, n, r, p};
}

// e^x for x in [-87, 88].
template <class Ops>
BAKEOFF_HD BAKEOFF_INLINE typename Ops::Value exponential(typename Ops::Value x) {
  const ReducedExponent<Ops> e = reduce_exponent<Ops>(x);
  return Ops::scale(e.p * (e.r * e.r) + e.r + Ops::fill(1.0f), e.shifted);
}

template <class Value>
struct LogisticPoint {
  Value probability;  // 1 / (1 + e^s): of being wrong
  Value loss;         // log(1 + e^-s)
};

// s = margin: the logit, negated where the label is 0. Both answers to 4e-7 relative for s >= -87, where e^-s ends.
// log1p(t) = t * minimax polynomial on [0, 1] (Remez, relative error 3e-8 before rounding).
template <class Ops>
BAKEOFF_HD BAKEOFF_INLINE LogisticPoint<typename Ops::Value> logistic_point(typename Ops::Value s) {
  using V = typename Ops::Value;
  const V zero = Ops::fill(0.0f), one = Ops::fill(1.0f);
  const V t = exponential<Ops>(Ops::larger(Ops::smaller(s, zero - s), Ops::fill(-87.0f)));  // e^-|s|
  V q = Ops::fill(0.00523269409f);
  q = q * t + Ops::fill(-0.0295052398f);
  q = q * t + Ops::fill(0.0782259554f);
  q = q * t + Ops::fill(-0.136632457f);
  q = q * t + Ops::fill(0.191060066f);
  q = q * t + Ops::fill(-0.24842982f);
  q = q * t + Ops::fill(0.333190978f);
  q = q * t + Ops::fill(-0.499994934f);
  q = q * t + Ops::fill(0.99999994f);
  return {Ops::if_negative(s, one, t) / (one + t), q * t + Ops::larger(zero, zero - s)};  // in this order NaN stays NaN
}

enum class Loss : std::uint8_t { logistic, squared_hinge, poisson, gamma, huber, softmax, tube, squared_tube, squared };
BAKEOFF_HD inline constexpr bool has_shape(Loss loss) {
  return loss == Loss::huber || loss == Loss::tube || loss == Loss::squared_tube;
}

// A row's label and weight as the pass over the rows wants them, from those of the data. Logits are counted from
// `centre`, so that labels (or their logarithms) and logits keep their digits in float32; 0 for classes.
struct LossRow {
  double label, weight;
};
inline constexpr double kNoEvents = -2e30;  // where poisson has the logarithm of a count: the count is 0
BAKEOFF_HD inline LossRow loss_row(Loss loss, double label, double weight, double centre = 0) {
  if (loss == Loss::gamma) return {math::log(label) - centre, weight};
  if (loss != Loss::poisson) return {label - centre, weight};
  if (label > 0) return {math::log(label) - centre, weight * label};
  return {kNoEvents, weight * math::exp(centre)};
}

// Of one row under one model, with z the logit.
template <class Value>
struct LossPoint {
  Value derivative, loss;  // derivative: by z
  Value slope;             // of the loss by the model's shape, where it has one
};

// A loss: target(label of the row), at(z, target, shape of the model); kTube: with the tube's half width behind.
struct LogisticLoss {
  static constexpr bool kShaped = false, kTube = false;
  BAKEOFF_HD static float target(double label) { return label > 0 ? 1.0f : -1.0f; }
  template <class Ops, class V = typename Ops::Value>
  BAKEOFF_HD static BAKEOFF_INLINE LossPoint<V> at(V z, V sign, V) {
    const LogisticPoint<V> point = logistic_point<Ops>(sign * z);
    return {-sign * point.probability, point.loss, V{}};
  }
};

// max(0, 1 - s z)^2, s the label as -1 or 1.
struct SquaredHingeLoss {
  static constexpr bool kShaped = false, kTube = false;
  BAKEOFF_HD static float target(double label) { return label > 0 ? 1.0f : -1.0f; }
  template <class Ops, class V = typename Ops::Value>
  BAKEOFF_HD static BAKEOFF_INLINE LossPoint<V> at(V z, V sign, V) {
    const V short_of = Ops::larger(Ops::fill(0.0f), Ops::fill(1.0f) - sign * z);  // in this order NaN stays NaN
    return {Ops::fill(-2.0f) * sign * short_of, short_of * short_of, V{}};
  }
};

// e^d and e^d - 1 - d: the second to float's digits near 0, too, where the deviances have their minimum. e^d ends at
// e^-87 and e^88.
template <class Value>
struct Growth {
  Value power, excess;
};
template <class Ops, class V = typename Ops::Value>
BAKEOFF_HD BAKEOFF_INLINE Growth<V> growth(V d) {
  const V one = Ops::fill(1.0f);
  const ReducedExponent<Ops> e =
      reduce_exponent<Ops>(Ops::larger(Ops::smaller(d, Ops::fill(88.0f)), Ops::fill(-87.0f)));
  const V tail = e.p * (e.r * e.r), power = Ops::scale(tail + e.r + one, e.shifted);
  const V apart = Ops::larger(e.n, Ops::fill(0.0f) - e.n) - Ops::fill(0.5f);  // below 0 where n = 0, and so r = d
  return {power, Ops::if_negative(apart, tail, power - one - d)};
}

// Half the Poisson deviance of a count y with mean e^z, divided by y where y > 0 (the weight has it): with d = z -
// log y, e^d - 1 - d; where y = 0, e^z.
struct PoissonLoss {
  static constexpr bool kShaped = false, kTube = false;
  BAKEOFF_HD static float target(double log_label) { return static_cast<float>(log_label); }
  template <class Ops, class V = typename Ops::Value>
  BAKEOFF_HD static BAKEOFF_INLINE LossPoint<V> at(V z, V log_label, V) {
    const V none = log_label - Ops::fill(static_cast<float>(0.5 * kNoEvents));  // below 0 where y = 0
    const V d = z - Ops::if_negative(none, Ops::fill(0.0f), log_label);
    const Growth<V> g = growth<Ops>(d);
    return {Ops::if_negative(none, g.power, g.excess + d), Ops::if_negative(none, g.power, g.excess), V{}};
  }
};

// Half the gamma deviance of y with mean e^z: with d = z - log y, e^-d - 1 + d.
struct GammaLoss {
  static constexpr bool kShaped = false, kTube = false;
  BAKEOFF_HD static float target(double log_label) { return static_cast<float>(log_label); }
  template <class Ops, class V = typename Ops::Value>
  BAKEOFF_HD static BAKEOFF_INLINE LossPoint<V> at(V z, V log_label, V) {
    const V d = z - log_label;
    const V excess = growth<Ops>(log_label - z).excess;
    return {d - excess, excess, V{}};
  }
};

// r^2 where |r| <= c, else c (2 |r| - c); r = z - label and c the model's shape.
struct HuberLoss {
  static constexpr bool kShaped = true, kTube = false;
  BAKEOFF_HD static float target(double label) { return static_cast<float>(label); }
  template <class Ops, class V = typename Ops::Value>
  BAKEOFF_HD static BAKEOFF_INLINE LossPoint<V> at(V z, V label, V shape) {
    const V two = Ops::fill(2.0f), r = z - label;
    const V far = Ops::larger(r, Ops::fill(0.0f) - r), near = Ops::smaller(far, shape);
    return {two * Ops::if_negative(r, Ops::fill(0.0f) - near, near), near * (two * far - near), two * (far - near)};
  }
};

// max(0, |r| - dead), r = z - label, with each of its two corners rounded from -c to c, c the model's shape: the mean
// over a uniform shift in [-c, c]. It is at least the loss itself, and the same outside the corners. With p the share
// of a corner that is behind (its slope), c p (1 - p) is at least what the loss lies above the tangent of slope p, so
// that c * slope, summed, bounds how far the optimum of the rounded loss lies above that of the loss.
struct TubeLoss {
  static constexpr bool kShaped = true, kTube = true;
  BAKEOFF_HD static float target(double label) { return static_cast<float>(label); }
  template <class Ops, class V = typename Ops::Value>
  BAKEOFF_HD static BAKEOFF_INLINE LossPoint<V> at(V z, V label, V shape, V dead) {
    const V zero = Ops::fill(0.0f), one = Ops::fill(1.0f), r = z - label;
    const V over = r - dead, under = zero - r - dead, per_width = Ops::fill(0.5f) / shape;
    // in these orders NaN stays NaN
    const V p = Ops::smaller(one, Ops::larger(zero, (over + shape) * per_width));
    const V q = Ops::smaller(one, Ops::larger(zero, (under + shape) * per_width));
    const V beyond = Ops::larger(zero, over - shape) + Ops::larger(zero, under - shape);
    return {p - q, shape * (p * p + q * q) + beyond, p * (one - p) + q * (one - q)};
  }
};

// max(0, |r| - c)^2, r = z - label and c the model's shape.
struct SquaredTubeLoss {
  static constexpr bool kShaped = true, kTube = false;
  BAKEOFF_HD static float target(double label) { return static_cast<float>(label); }
  template <class Ops, class V = typename Ops::Value>
  BAKEOFF_HD static BAKEOFF_INLINE LossPoint<V> at(V z, V label, V shape) {
    const V zero = Ops::fill(0.0f), two = Ops::fill(2.0f), r = z - label;
    const V e = Ops::larger(zero, Ops::larger(r, zero - r) - shape);  // in this order NaN stays NaN
    return {two * Ops::if_negative(r, zero - e, e), e * e, zero - two * e};
  }
};

// Half the squared error.
struct SquaredLoss {
  static constexpr bool kShaped = false, kTube = false;
  BAKEOFF_HD static float target(double label) { return static_cast<float>(label); }
  template <class Ops, class V = typename Ops::Value>
  BAKEOFF_HD static BAKEOFF_INLINE LossPoint<V> at(V z, V label, V) {
    const V r = z - label;
    return {r, Ops::fill(0.5f) * (r * r), V{}};
  }
};

template <class Kind, class Ops, class V = typename Ops::Value>
BAKEOFF_HD BAKEOFF_INLINE LossPoint<V> loss_point(V z, V target, V shape, V dead) {
  if constexpr (Kind::kTube)
    return Kind::template at<Ops>(z, target, shape, dead);
  else
    return Kind::template at<Ops>(z, target, shape);
}

// use(Loss type) for a loss of one logit.
template <class Use>
BAKEOFF_HD inline void with_loss(Loss loss, const Use& use) {
  if (loss == Loss::logistic) use(LogisticLoss{});
  if (loss == Loss::squared_hinge) use(SquaredHingeLoss{});
  if (loss == Loss::poisson) use(PoissonLoss{});
  if (loss == Loss::gamma) use(GammaLoss{});
  if (loss == Loss::huber) use(HuberLoss{});
  if (loss == Loss::tube) use(TubeLoss{});
  if (loss == Loss::squared_tube) use(SquaredTubeLoss{});
  if (loss == Loss::squared) use(SquaredLoss{});
}
BAKEOFF_HD inline float loss_target(Loss loss, double label) {
  float target = static_cast<float>(label);  // softmax: the class
  with_loss(loss, [&](auto kind) { target = decltype(kind)::target(label); });
  return target;
}

// softmax: log(sum of e^z) - z of the label's class, in three steps so that the second can go by vectors: z - max z in
// place of z, e^ of that (exponential), then the derivatives. The first returns how far the label's class lies from the
// largest.
BAKEOFF_HD BAKEOFF_INLINE float softmax_begin(float* z, int classes, int label) {
  float most = z[0];
  for (int k = 1; k < classes; ++k) most = FloatOps::larger(z[k], most);
  const float below = z[label] - most;
  for (int k = 0; k < classes; ++k) z[k] = FloatOps::larger(-87.0f, z[k] - most);  // in this order NaN stays NaN
  return below;
}
// Returns the loss. A row that is not seen has neither loss nor derivatives.
BAKEOFF_HD BAKEOFF_INLINE float softmax_end(float* e, int classes, int label, float below, float weight, bool seen) {
  double sum = 0;
  for (int k = 0; k < classes; ++k) sum += static_cast<double>(e[k]);
  const double rest = sum - static_cast<double>(e[label]), share = weight / sum;
  const float scale = seen ? static_cast<float>(share) : 0.0f;
  for (int k = 0; k < classes; ++k) e[k] = seen ? e[k] * scale : 0.0f;
  if (!seen) return 0.0f;
  e[label] = static_cast<float>(-rest * share);  // not p - 1, which has no digits left near p = 1
  return static_cast<float>(weight * (math::log(sum) - static_cast<double>(below)));
}

}  // namespace bakeoff::kernels
