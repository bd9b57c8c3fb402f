#include "drift/drift.h"

#include <algorithm>
#include <cmath>

#include "core/adjust.h"
#include "core/error.h"
#include "core/text.h"
#include "drift/columns.h"
#include "drift/current_column.h"
#include "drift/probability.h"

namespace bakeoff {
namespace {

void check_test(const std::string& test, const char* what) {
  const std::vector<std::string>& known = known_drift_tests();
  if (std::find(known.begin(), known.end(), test) == known.end())
    throw SpecError(std::string(what) + ": '" + printable(test) + "' is not a drift test" + hint(test, known));
}

void check_options(const DriftOptions& options) {
  for (const std::string& test : options.tests) check_test(test, "tests");
  for (const auto& [test, effect] : options.effects) check_test(test, "effects");
  if (!(options.fdr >= 0 && options.fdr <= 1)) throw SpecError("fdr: expected 0 to 1, got " + shortest(options.fdr));
  if (options.permutations < 0)
    throw SpecError("permutations: expected 0 or more, got " + std::to_string(options.permutations));
}

[[noreturn]] void refuse_kind(const std::string& source, const ReferenceColumn& reference, const ColumnView& current) {
  throw DataError(source + ": column '" + printable(current.name) + "': the reference holds " + reference.kind() +
                  ", here are " + (current.numeric() ? "numbers" : "text") +
                  "; convert one of the two, or leave the column out");
}

// A column of the block that the reference doesn't know.
void refuse_new(const TableView& block, const std::vector<std::string>& known) {
  for (const ColumnView& column : block.columns)
    if (std::find(known.begin(), known.end(), column.name) == known.end())
      throw DataError(block.source + ": column '" + printable(column.name) +
                      "' is new: the reference has none of that name" + hint(column.name, known) +
                      "; name the columns to compare to leave it out");
}

}  // namespace

const std::vector<std::string>& known_drift_tests() {
  static const std::vector<std::string> known = {"ks",   "psi",     "jensen_shannon", "wasserstein",
                                                 "chi2", "missing", "new_categories"};
  return known;
}

void conclude(DriftReport& report, const DriftOptions& options) {
  report.tests = options.tests.empty() ? known_drift_tests() : options.tests;
  report.fdr = options.fdr;
  report.tested = 0;
  std::vector<double> p;
  for (const ColumnDrift& column : report.columns)
    for (const DriftTest& test : column.tests) p.push_back(test.p);
  const std::vector<double> adjusted = benjamini_hochberg(p);
  std::size_t at = 0;
  for (ColumnDrift& column : report.columns) {
    column.drifted = false;
    for (DriftTest& test : column.tests) {
      test.p_adjusted = adjusted[at++];
      report.tested += !std::isnan(test.p);
      const auto least = options.effects.find(test.test);
      const bool large = least == options.effects.end() || std::abs(test.effect) >= least->second;
      column.drifted |= test.p_adjusted <= options.fdr && large;
    }
  }
}

DriftBatch::DriftBatch(const DriftReference& reference, const DriftOptions& options,
                       const std::vector<std::string>& columns)
    : options_(options), named_(!columns.empty()) {
  check_options(options);
  const std::vector<std::string> known = reference.names();
  const bool values = asks_for(options, "ks") || asks_for(options, "wasserstein");
  const auto add = [&](const ReferenceColumn& from) {
    Column column;
    column.reference = &from;
    if (const auto* numbers = std::get_if<NumericReference>(&from.data)) {
      column.keep_values = values;
      column.counts.resize(numbers->counts.size());
      if (values && numbers->sorted.empty() && numbers->missing() != static_cast<std::uint64_t>(reference.rows()))
        throw SpecError("tests: ks and wasserstein need all values of '" + printable(from.name) +
                        "', and this reference has kept its quantiles only; fit it with its values, or name other " +
                        "tests: psi, jensen_shannon, missing");
    } else {
      column.counts.resize(std::get<CategoricalReference>(from.data).counts.size());
    }
    columns_.push_back(std::move(column));
    names_.push_back(from.name);
  };
  for (const ReferenceColumn& from : reference.columns())
    if (!named_ || std::find(columns.begin(), columns.end(), from.name) != columns.end()) add(from);
  for (const std::string& name : columns)
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw DataError("reference: no column '" + printable(name) + "'" + hint(name, known));
}

DriftBatch::DriftBatch(DriftBatch&&) noexcept = default;
DriftBatch::~DriftBatch() = default;

void DriftBatch::add(const Execution& execution, const TableView& block) { take(execution, block, false); }

void DriftBatch::lend(const Execution& execution, const TableView& block) { take(execution, block, rows_ == 0); }

void DriftBatch::take(const Execution& execution, const TableView& block, bool lent) {
  std::vector<const ColumnView*> from;
  if (!named_) refuse_new(block, names_);
  for (const Column& column : columns_) {
    from.push_back(&column_of(block, column.reference->name));
    const bool numbers = std::holds_alternative<NumericReference>(column.reference->data);
    if (from.back()->numeric() != numbers && !from.back()->all_missing())
      refuse_kind(block.source, *column.reference, *from.back());
  }
  for_each_column(execution, columns_.size(), [&](std::size_t c, const kernels::Workers& workers) {
    Column& column = columns_[c];
    // A second block: what was lent becomes ours.
    for (Index i = 0; column.lent.data && i < column.lent.extent(0); ++i) column.values.push_back(column.lent(i));
    column.lent = Numbers{};
    column.take(workers, *from[c], block.rows, lent);
  });
  rows_ += block.rows;
}

DriftReport DriftBatch::report(const Execution& execution) const {
  if (rows_ == 0) throw DataError("current: expected rows, got none: there is nothing to compare");
  DriftReport report;
  report.columns.resize(columns_.size());
  for_each_column(execution, columns_.size(), [&](std::size_t c, const kernels::Workers& workers) {
    report.columns[c] = columns_[c].compare(workers, options_);
  });
  conclude(report, options_);
  return report;
}

DriftReport drift(const Execution& execution, const DriftReference& reference, const TableView& current,
                  const DriftOptions& options, const std::vector<std::string>& columns) {
  DriftBatch batch(reference, options, columns);
  batch.lend(execution, current);
  return batch.report(execution);
}

}  // namespace bakeoff
