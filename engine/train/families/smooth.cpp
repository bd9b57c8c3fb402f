#include "train/families/smooth.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>

#include "train/families/panels.h"
#include "train/families/smooth_fit.h"
#include "train/gram_set.h"

namespace bakeoff {
namespace {

class Batch {
 public:
  Batch(const Execution& execution, const LinearProblem& problem, const SmoothLoss& loss)
      : execution_(execution),
        problem_(problem),
        loss_(loss),
        spectral_(loss.kind == kernels::Loss::tube ? has_grams(problem) : has_spectra(problem)),
        solutions_(problem.fits.size()),
        fits_(problem.fits.size()) {}

  std::vector<LinearSolution> train(const TrainProgress& progress) {
    make_spectra();
    Panels panels(execution_, problem_, loss_.kind, centre_);
    const Told told = [&](std::size_t done) {
      if (progress) progress(static_cast<int>(done), static_cast<int>(fits_.size()));
    };
    if (walks())
      walk(panels, told);
    else
      go_in_waves(panels, told);
    return std::move(solutions_);
  }

 private:
  using Told = std::function<void(std::size_t done)>;

  // A few hundred coordinates take a few dozen steps, and are better at work all at once.
  bool walks() const { return problem_.classes > 1 && Index{problem_.classes} * spectra_[0].model > 1000; }

  // The largest penalties first.
  std::vector<int> by_penalty() const {
    std::vector<int> order(fits_.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](int a, int b) { return problem_.fits[a].l2 > problem_.fits[b].l2; });
    return order;
  }

  // Many classes: on each training set one penalty after another, each from where the last one ended and with what it
  // has learnt of the Hessian, which is far from any Gram's. Measured (Fashion-MNIST, 20,000 x 784, l2 from 1 to 1e4 in
  // 30 steps, one training set): 753 passes, where each for itself takes 3,394; objectives differ by 5e-7 at most.
  void walk(Panels& panels, const Told& told) {
    std::vector<std::vector<int>> paths(problem_.sets.size());  // what is left of them, last first
    for (const int f : by_penalty()) paths[problem_.fits[f].set].push_back(f);
    for (std::vector<int>& path : paths) std::reverse(path.begin(), path.end());
    std::size_t done = 0;
    const auto step = [&](std::vector<int>& path) {
      while (!path.empty() && !begin_one(path.back())) {
        finish_one(path.back());
        path.pop_back();
        ++done;
      }
      if (path.empty()) return;
      active_.push_back(path.back());
      ended_[problem_.fits[path.back()].set] = {};  // it has what there was to know
    };
    for (std::vector<int>& path : paths) step(path);
    for (bool packed = false; !active_.empty(); told(done)) {
      execution_.check_stop();
      if (!packed) panels.pack(active_);
      pass(panels);
      const std::vector<int> before = std::exchange(active_, {});
      for (const int f : before) {
        std::vector<int>& path = paths[problem_.fits[f].set];
        if (!fits_[f].search->done()) {
          active_.push_back(f);
          continue;
        }
        finish_one(f);
        path.pop_back();
        ++done;
        step(path);
      }
      packed = active_ == before;
    }
  }

  void go_in_waves(Panels& panels, const Told& told) {
    std::size_t before = 0;
    for (const std::vector<int>& wave : waves()) {
      for (const int f : wave)
        if (begin_one(f)) active_.push_back(f);
      run(panels, [&] { told(before + wave.size() - active_.size()); });
      execution_.workers().for_each(static_cast<Index>(wave.size()), [&](Index i) { finish(wave[i]); });
      for (const int f : wave) keep_end(f);
      before += wave.size();
    }
  }

  // Fits at work at the same time: all, or of sparse rows as many as have their states in some 400 MB: 8 pairs of
  // vectors and 8 more. Then the largest penalties come first: fits of a wave take about as many steps, and the next
  // wave starts where they ended.
  std::vector<std::vector<int>> waves() const {
    const std::vector<int> order = by_penalty();
    if (spectral_) return {order};
    constexpr double kWaveBytes = 400e6, kVectors = 24;
    const double each = 8 * kVectors * (problem_.sparse->columns + 1.0);
    const auto at_once =
        static_cast<std::size_t>(std::clamp(kWaveBytes / each / kernels::kPanel, 1.0, 16.0)) * kernels::kPanel;
    std::vector<std::vector<int>> waves;
    for (std::size_t first = 0; first < order.size(); first += at_once)
      waves.emplace_back(order.begin() + static_cast<std::ptrdiff_t>(first),
                         order.begin() + static_cast<std::ptrdiff_t>(std::min(order.size(), first + at_once)));
    return waves;
  }

  void run(Panels& panels, const std::function<void()>& told) {
    std::size_t packed = 0;
    while (!active_.empty()) {
      execution_.check_stop();
      // A pass costs what its panels cost: pack again once every window's fits might need fewer.
      if (packed != active_.size()) panels.pack(active_);
      packed = active_.size();
      pass(panels);
      std::erase_if(active_, [&](int f) { return fits_[f].search->done(); });
      told();
    }
  }

  void make_spectra() {
    spectra_.resize(problem_.sets.size());
    ended_.resize(problem_.sets.size());
    if (spectral_) {
      const GramSet grams(execution_, problem_);
      mean_ = grams.label_shift();
      execution_.workers().for_each(static_cast<Index>(problem_.sets.size()), [&](Index i) {
        spectra_[i] = make_spectrum(grams.of(problem_.sets[i]), mean_, *problem_.sets[i].map);
      });
    } else {
      mean_ = mean_label(problem_);
      execution_.workers().for_each(static_cast<Index>(problem_.sets.size()),
                                    [&](Index i) { spectra_[i] = make_diagonal(problem_, problem_.sets[i], mean_); });
    }
    centre_ = logits_centre(loss_.kind, mean_);
    if (loss_.kind != kernels::Loss::softmax) return;
    shares_.resize(problem_.sets.size());
    execution_.workers().for_each(static_cast<Index>(shares_.size()), [&](Index i) {
      shares_[i] = class_shares(problem_, problem_.sets[i], spectra_[i].weight);
    });
  }

  std::string why_hopeless_set(int set) const {
    const std::string why = why_hopeless(spectra_[set], loss_, mean_);
    return why.empty() && !shares_.empty() ? why_hopeless(shares_[set]) : why;
  }

  // False if there is nothing to search for.
  bool begin_one(int f) {
    SmoothFit& fit = fits_[f];
    const int set = problem_.fits[f].set;
    fit.spectrum = &spectra_[set];
    fit.l2 = problem_.fits[f].l2;
    fit.centre = centre_;
    fit.shape = loss_shape(loss_, problem_.fits[f].shape);
    fit.classes = problem_.classes;
    solutions_[f].reason = why_hopeless_set(set);
    if (!solutions_[f].reason.empty()) {
      solutions_[f].status = FitStatus::diverged;
      return false;
    }
    fit.theta.resize(static_cast<std::size_t>(fit.classes) * (fit.spectrum->raw + 1));
    fit.gradient.resize(fit.theta.size());
    if (constant(fit.shape, fit.labels(), fit.spectrum->label_mean)) return false;
    if (fit.classes > 1)
      begin_with_classes(fit, shares_[set], walks(), ended_[set]);
    else
      begin(fit, loss_, ended_[set]);
    return !fit.first.empty() || !fit.search->done();
  }

  // What others may go on from.
  void keep_end(int f) {
    if (fits_[f].search && (walks() || !spectral_) && solutions_[f].status != FitStatus::diverged)
      ended_[problem_.fits[f].set] = {std::move(fits_[f].search), fits_[f].l2};
    fits_[f] = {};
  }

  void finish_one(int f) {
    finish(f);
    keep_end(f);
  }

  void pass(Panels& panels) {
    const Index count = static_cast<Index>(active_.size());
    execution_.workers().for_each(count, [&](Index i) {
      SmoothFit& fit = fits_[active_[i]];
      expand_trial(fit);
      panels.set_theta(active_[i], fit.theta.data());
      set_shape(panels, active_[i], loss_.kind, fit.shape, fit.scale(), fit.corners.width());
    });
    panels.evaluate();
    execution_.workers().for_each(count, [&](Index i) {
      const int f = active_[i];
      panels.gradient(f, fits_[f].gradient.data());
      tell(fits_[f], loss_.penalty, panels.loss(f), kernels::has_shape(loss_.kind) ? panels.slope(f) : 0.0);
    });
  }

  void finish(Index f) {
    const SmoothFit& fit = fits_[f];
    LinearSolution* const out = &solutions_[f];
    if (out->status == FitStatus::diverged) return;
    const Spectrum& s = *fit.spectrum;
    std::vector<double> x(static_cast<std::size_t>(s.model) + 1, 0.0);
    x.back() = s.label_mean - fit.centre;
    out->objective = 0;
    if (fit.search) {
      x = fit.search->best();
      take_common_away(x, fit.classes);
      report(fit, *out);
      out->objective *= loss_.unit;
    }
    set_parameters(fit, *problem_.sets[problem_.fits[f].set].map, x.data(), *out);
  }

  static void set_parameters(const SmoothFit& fit, const LinearMap& map, const double* x, LinearSolution& out) {
    const Spectrum& s = *fit.spectrum;
    const std::size_t model = static_cast<std::size_t>(s.model), classes = static_cast<std::size_t>(fit.classes);
    std::vector<double> u, centres;
    std::vector<LinearSolution> each(classes);
    std::vector<LinearSolution*> places;
    for (std::size_t k = 0; k < classes; ++k) {
      u.insert(u.end(), x + k * (model + 1), x + k * (model + 1) + model);
      centres.push_back(x[k * (model + 1) + model] + fit.centre);
      places.push_back(&each[k]);
    }
    to_parameters(s, map, static_cast<Index>(classes), u.data(), centres.data(), places.data());
    join_classes(std::move(each), out);
  }

  const Execution& execution_;
  const LinearProblem& problem_;
  const SmoothLoss& loss_;
  const bool spectral_;           // corners take hundreds of steps: the last that can do with worse coordinates
  double mean_ = 0, centre_ = 0;  // of the labels of all sets; what the pass counts logits from
  std::vector<Spectrum> spectra_;
  std::vector<std::vector<double>> shares_;  // softmax: by set and class
  std::vector<Ended> ended_;                 // by set: the last search, where others go on from it
  std::vector<LinearSolution> solutions_;
  std::vector<SmoothFit> fits_;
  std::vector<int> active_;
};

}  // namespace

SmoothLoss squared_loss() {
  const auto start = [](const Spectrum& s) {
    // Rounding of a constant label is no slope.
    const bool varies = s.label_variation > 1e-24 * s.weight * s.label_mean * s.label_mean;
    return SmoothStart{s.label_mean, 1, 0.5 * s.label_variation, varies ? -1.0 : 0.0};
  };
  return {kernels::Loss::squared, 1, 1, nullptr, start};
}

double logits_centre(kernels::Loss kind, double label_mean) {
  if (kind == kernels::Loss::poisson || kind == kernels::Loss::gamma) return label_mean > 0 ? std::log(label_mean) : 0;
  return kernels::has_shape(kind) || kind == kernels::Loss::squared ? label_mean : 0;
}

std::vector<LinearSolution> solve_smooth(const Execution& execution, const LinearProblem& problem,
                                         const SmoothLoss& loss, const TrainProgress& progress) {
  return Batch(execution, problem, loss).train(progress);
}

}  // namespace bakeoff
