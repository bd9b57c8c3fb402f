#include "design/design.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/text.h"
#include "ingest/feature.h"
#include "kernels/order.h"

namespace bakeoff {
namespace {

using kernels::chunk_count;
using kernels::kChunkRows;

// Beyond this a square or a sum could overflow.
constexpr double kLargest = 1e100;
// |mean| / sd. Models carry means as float32, so a mean is off by up to 6 % of the standard deviation here.
constexpr double kMaxMeanInDeviations = 1 << 20;

// f(chunk, begin, end) for the chunks of `rows`.
template <class F>
void for_chunks(const Execution& execution, Index rows, const F& f) {
  execution.workers().for_each(chunk_count(rows), [&](Index chunk) {
    const Index begin = chunk * kChunkRows;
    f(chunk, begin, std::min(rows, begin + kChunkRows));
  });
}

struct Moments {
  Index present = 0, missing = 0;
  Index bad_row = -1;  // the first that is infinite or too large
  double sum = 0, squares = 0;
  double low = std::numeric_limits<double>::infinity(), high = -low;

  void merge(const Moments& next) {
    present += next.present;
    missing += next.missing;
    if (bad_row < 0) bad_row = next.bad_row;
    sum += next.sum;
    squares += next.squares;
    low = std::min(low, next.low);
    high = std::max(high, next.high);
  }
};

// Sums of x - centre and of its square over the first `rows`.
Moments moments(const Execution& execution, const std::vector<double>& values, Index rows, double centre) {
  std::vector<Moments> chunks(chunk_count(rows));
  for_chunks(execution, rows, [&](Index chunk, Index begin, Index end) {
    Moments m;
    for (Index i = begin; i < end; ++i) {
      const double x = values[i];
      if (std::isnan(x)) {
        ++m.missing;
        continue;
      }
      if (!(std::abs(x) <= kLargest) && m.bad_row < 0) m.bad_row = i;
      ++m.present;
      m.sum += x - centre;
      m.squares += (x - centre) * (x - centre);
      m.low = std::min(m.low, x);
      m.high = std::max(m.high, x);
    }
    chunks[chunk] = m;
  });
  Moments all;
  for (const Moments& m : chunks) all.merge(m);
  return all;
}

RawDesign::Numeric reference(const Execution& execution, const Dataset& data, const std::string& name,
                             Index reference_rows, bool& has_missing) {
  const std::vector<double>& values = data.numeric(name).values;
  const Moments all = moments(execution, values, data.rows(), 0);
  if (all.bad_row >= 0)
    throw DataError(data.place(name, all.bad_row) + ": expected a finite number of at most " + shortest(kLargest) +
                    ", got " + shortest(values[all.bad_row]) + "; make it missing, or clip it");
  if (all.present == 0)
    throw DataError(data.source() + ": column '" + name + "' is missing in every row; leave it out of the features");
  has_missing = all.missing > 0;
  const Moments within = reference_rows < data.rows() ? moments(execution, values, reference_rows, 0) : all;
  const auto [rows, first] = within.present > 0 ? std::pair(reference_rows, within) : std::pair(data.rows(), all);
  RawDesign::Numeric out{name, first.low, 1, -1};
  if (first.low == first.high) return out;
  out.mean = first.sum / static_cast<double>(first.present);
  out.scale = std::sqrt(moments(execution, values, rows, out.mean).squares / static_cast<double>(first.present));
  if (std::abs(out.mean) > kMaxMeanInDeviations * out.scale)
    throw DataError(data.source() + ": column '" + name + "' varies too little around its mean for float32 (mean " +
                    shortest(out.mean) + ", standard deviation " + shortest(out.scale) +
                    "): subtract a constant from it");
  return out;
}

void fill_dense(const Execution& execution, const Dataset& data, RawDesign& design) {
  std::vector<const double*> columns;
  for (const auto& numeric : design.numeric) columns.push_back(data.numeric(numeric.name).values.data());
  design.dense = Buffer<float>(design.rows * design.dense_columns);
  for_chunks(execution, design.rows, [&](Index, Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      float* row = design.dense.data() + i * design.dense_columns;
      for (std::size_t j = 0; j < columns.size(); ++j) {
        const auto& numeric = design.numeric[j];
        const double x = columns[j][i];
        const bool missing = std::isnan(x);
        row[j] = missing ? 0.0f : static_cast<float>((x - numeric.mean) / numeric.scale);
        if (numeric.missing_column >= 0) row[numeric.missing_column] = missing ? 1.0f : 0.0f;
      }
    }
  });
}

void fill_codes(const Execution& execution, const std::vector<CategoricalColumn>& columns, RawDesign& design) {
  const Index width = static_cast<Index>(columns.size());
  design.codes = Buffer<std::int32_t>(design.rows * width);
  for_chunks(execution, design.rows, [&](Index, Index begin, Index end) {
    for (Index i = begin; i < end; ++i)
      for (Index j = 0; j < width; ++j) {
        const std::int32_t code = columns[j].codes[i];
        design.codes[i * width + j] = code < 0 ? design.categorical[j].missing_code() : code;
      }
  });
}

CategoricalColumn read_feature(const Dataset& data, const std::string& name, const std::string& zone) {
  CategoricalColumn column = categorical_feature(data, name, zone);
  const auto count = static_cast<std::int64_t>(column.categories.size());
  if (count > kMaxCategories)
    throw DataError(data.source() + ": column '" + name + "' has " + std::to_string(count) +
                    " categories; expected at most " + std::to_string(kMaxCategories) +
                    ": group the rare ones, or leave out what is an id");
  if (std::all_of(column.codes.begin(), column.codes.end(), [](std::int32_t code) { return code < 0; }))
    throw DataError(data.source() + ": column '" + name + "' is missing in every row; leave it out of the features");
  return column;
}

void require_once(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) throw SpecError("features: expected each once, '" + printable(*twice) + "' is named twice");
}

}  // namespace

int RawDesign::intercept() const {
  return categorical.empty() ? dense_columns
                             : categorical.back().offset + static_cast<int>(categorical.back().categories.size());
}

kernels::RowsView RawDesign::view(Index begin, Index end) const {
  kernels::RowsView out;
  out.rows = end - begin;
  out.dense = dense.data() + begin * dense_columns;
  out.row_stride = dense_columns;
  out.dense_columns = dense_columns;
  out.categoricals = static_cast<int>(categorical.size());
  out.codes = codes.data() + begin * out.categoricals;
  out.offsets = offsets.data();
  out.categories = intercept() - dense_columns;
  return out;
}

RawDesign make_raw_design(const Execution& execution, const Dataset& data, const FeatureSpec& features,
                          const std::string& zone, Index reference_rows) {
  std::vector<std::string> categorical = features.categorical;
  categorical.insert(categorical.end(), features.time_parts.begin(), features.time_parts.end());
  if (features.numeric.empty() && categorical.empty())
    throw SpecError("features: expected at least one numeric or categorical column, got none");
  require_once(features.numeric);
  require_once(categorical);

  RawDesign design;
  design.rows = data.rows();
  design.dense_columns = static_cast<int>(features.numeric.size());
  for (const std::string& name : features.numeric) {
    bool has_missing = false;
    design.numeric.push_back(reference(execution, data, name, std::min(reference_rows, data.rows()), has_missing));
    if (has_missing) design.numeric.back().missing_column = design.dense_columns++;
  }
  fill_dense(execution, data, design);

  std::vector<CategoricalColumn> columns(categorical.size());
  execution.workers().for_each(static_cast<Index>(columns.size()),
                               [&](Index j) { columns[j] = read_feature(data, categorical[j], zone); });
  int offset = design.dense_columns;
  for (std::size_t j = 0; j < columns.size(); ++j) {
    RawDesign::Categorical out{categorical[j], columns[j].categories, false, offset};
    out.has_missing = std::any_of(columns[j].codes.begin(), columns[j].codes.end(), [](auto code) { return code < 0; });
    if (out.has_missing) out.categories.emplace_back();
    design.offsets.push_back(offset);
    offset += static_cast<int>(out.categories.size());
    design.categorical.push_back(std::move(out));
  }
  fill_codes(execution, columns, design);
  return design;
}

RawDesign RawDesign::take(const std::vector<Index>& chosen) const {
  RawDesign out;
  out.rows = static_cast<Index>(chosen.size());
  out.numeric = numeric;
  out.categorical = categorical;
  out.dense_columns = dense_columns;
  out.offsets = offsets;
  const Index width = static_cast<Index>(offsets.size());
  out.dense = Buffer<float>(out.rows * dense_columns);
  out.codes = Buffer<std::int32_t>(out.rows * width);
  for (Index i = 0; i < out.rows; ++i) {
    std::copy_n(dense.data() + chosen[i] * dense_columns, dense_columns, out.dense.data() + i * dense_columns);
    std::copy_n(codes.data() + chosen[i] * width, width, out.codes.data() + i * width);
  }
  return out;
}

}  // namespace bakeoff
