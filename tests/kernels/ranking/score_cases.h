// Scores and labels that ranking kernels find hard.
#pragma once
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "kernels/portable.h"

namespace bakeoff::kernels::testing {

template <class T>
struct ScoreCase {
  std::string name;
  std::vector<T> scores;
  std::vector<std::uint8_t> labels;
};

template <class T>
ScoreCase<T> score_case(const std::string& name, Index n, std::uint64_t seed,
                        const std::function<T(std::mt19937_64&, Index)>& score, double positives = 0.4) {
  std::mt19937_64 rng(seed);
  ScoreCase<T> c{name, std::vector<T>(static_cast<std::size_t>(n)),
                 std::vector<std::uint8_t>(static_cast<std::size_t>(n))};
  std::bernoulli_distribution label(positives);
  for (Index i = 0; i < n; ++i) {
    c.scores[static_cast<std::size_t>(i)] = score(rng, i);
    c.labels[static_cast<std::size_t>(i)] = label(rng);
  }
  return c;
}

template <class T>
std::vector<ScoreCase<T>> score_cases(Index n) {
  using Rng = std::mt19937_64;
  const auto uniform = [](Rng& rng) { return std::uniform_real_distribution<double>()(rng); };
  std::vector<ScoreCase<T>> cases{
      score_case<T>("uniform", n, 1, [=](Rng& g, Index) { return T(uniform(g)); }),
      score_case<T>("logits", n, 2, [](Rng& g, Index) { return T(std::normal_distribution<double>(0, 3)(g)); }),
      score_case<T>("float32 values", n, 3, [=](Rng& g, Index) { return T(float(uniform(g))); }),
      score_case<T>("two values", n, 4, [](Rng& g, Index) { return T(g() % 2); }),
      score_case<T>("forty values", n, 5, [](Rng& g, Index) { return T(g() % 40) / 40; }),
      score_case<T>("pairs", n, 6, [](Rng&, Index i) { return T(i / 2); }),
      score_case<T>("constant", n, 7, [](Rng&, Index) { return T(0.25); }),
      score_case<T>("ascending", n, 8, [](Rng&, Index i) { return T(i); }),
      score_case<T>("descending", n, 9, [](Rng&, Index i) { return T(-i); }),
      score_case<T>("both zeros", n, 10,
                    [](Rng& g, Index) { return g() % 3 == 0 ? T(-0.0)
                                               : g() % 2    ? T(0.0)
                                                            : T(1e-30); }),
      // One far value, and the rest crowded into the last bits: runs of equal upper bits are long.
      score_case<T>("crowded", n, 11,
                    [](Rng& g, Index i) {
                      return i == 3 ? -std::numeric_limits<T>::max()
                                    : T(1) + T(g() % 1000) * std::numeric_limits<T>::epsilon();
                    }),
      score_case<T>("all magnitudes", n, 12,
                    [](Rng& g, Index) {
                      const double x = std::pow(10.0, std::uniform_real_distribution<double>(-40, 37)(g));
                      return T(g() % 2 ? x : -x);
                    }),
      score_case<T>("infinities", n, 13,
                    [=](Rng& g, Index) {
                      const T inf = std::numeric_limits<T>::infinity();
                      return g() % 4 == 0 ? inf : g() % 4 == 0 ? -inf : T(uniform(g));
                    }),
      score_case<T>(
          "only positives", n, 14, [=](Rng& g, Index) { return T(uniform(g)); }, 1.0),
      score_case<T>(
          "rare positives", n, 15, [=](Rng& g, Index) { return T(uniform(g)); }, 0.002),
  };
  ScoreCase<T> alternating = cases[5];
  alternating.name = "alternating labels in pairs";
  for (std::size_t i = 0; i < alternating.labels.size(); ++i) alternating.labels[i] = i % 2 == 0;
  cases.push_back(alternating);
  return cases;
}

}  // namespace bakeoff::kernels::testing
