// Candidates x slices x metrics, with intervals and, where asked for, every replicate.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/types.h"

namespace bakeoff {

// "ok", "empty", "one_class", ...: why a value is NaN or a convention; never a silent 0 or 0.5.
const char* name(Reason reason);

// How a cell's interval was made. bias_corrected: BCa without acceleration, where a left-out value is undefined.
enum class IntervalMethod : std::uint8_t {
  none,
  percentile,
  basic,
  bca,
  bias_corrected,
  wilson,
  delong,
  delong_logit,
  jackknife
};
const char* name(IntervalMethod method);

// By what law a cell's resamples were drawn. stratified: as many draws in each stratum, or in each class, as it has
// rows.
enum class Resampling : std::uint8_t { none, poisson, multinomial, stratified };
const char* name(Resampling resampling);

struct Cell {
  double value = kNaN, low = kNaN, high = kNaN;
  std::int64_t valid_resamples = 0;
  Reason reason = Reason::ok;
  IntervalMethod method = IntervalMethod::none;
  Resampling resampling = Resampling::none;
};

struct Scoreboard {
  std::vector<std::string> names;                     // M candidates
  std::vector<std::string> slice_names;               // S; [0] is "all"
  std::vector<std::string> metric_names;              // K
  std::vector<Direction> directions;                  // K
  std::vector<Cell> cells;                            // M x S x K, row-major
  std::vector<std::int64_t> count, positives, units;  // by slice
  std::int64_t rows_dropped = 0;                      // by drop_nan
  int resamples = 0;
  double confidence = 0.95;
  std::string interval = "percentile";  // what was asked for; each cell names what it got
  std::vector<double> replicates;       // B x M x S x K if kept, NaN where invalid; else empty
  std::vector<double> left_out;         // with interval "bca": G x M x S x K, one group of units left out
  std::int64_t left_out_groups = 0;
  std::vector<std::int64_t> left_out_rows;  // G x S: how many rows of the slice the group has

  std::int64_t index(std::int64_t m, std::int64_t s, std::int64_t k) const {
    return (m * static_cast<std::int64_t>(slice_names.size()) + s) * static_cast<std::int64_t>(metric_names.size()) + k;
  }
  const Cell& cell(std::int64_t m, std::int64_t s, std::int64_t k) const { return cells[index(m, s, k)]; }
  // A cell's values without each of the groups that its slice has rows of.
  std::vector<double> left_out_of(std::int64_t cell) const;
};

}  // namespace bakeoff
