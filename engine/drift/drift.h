// Has a table drifted from its reference? One row a column, each with its tests: effect and adjusted p together.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "drift/reference.h"

namespace bakeoff {

// ks, psi, jensen_shannon, wasserstein, chi2, missing, new_categories: in this order.
const std::vector<std::string>& known_drift_tests();

struct DriftOptions {
  // Of known_drift_tests(); empty: all. On a column each runs that fits its kind: ks and wasserstein on numbers, chi2
  // and new_categories on text, the others on both. ks and wasserstein need all rows of a column at once; the others
  // keep counts.
  std::vector<std::string> tests;
  double fdr = 0.05;                      // a column has drifted if a test's adjusted p is at most this ...
  std::map<std::string, double> effects;  // ... and its effect at least what stands here for the test, if anything
  int permutations = 999;                 // of psi, jensen_shannon and wasserstein in small samples
  bool permute = false;                   // always
  std::uint64_t seed = 0;
};

struct DriftTest {
  std::string test;
  double statistic = kNaN;
  // ks: itself. psi: the excess over its mean under no change. jensen_shannon: the distance (base 2), as the statistic.
  // wasserstein: in standard deviations of the reference. chi2: Cramer's V. missing: the change of the rate.
  // new_categories: their share.
  double effect = kNaN;
  double p = kNaN, p_adjusted = kNaN;  // Benjamini-Hochberg over all columns and tests of the report
  std::string method;                  // of p: exact, asymptotic, permutation, bridge, z, good-turing, units
  std::string note;                    // why something is NaN or to be read with care
};

struct ColumnDrift {
  std::string name, kind;  // "numbers" or "text"
  std::int64_t reference_rows = 0, current_rows = 0;
  double reference_missing = kNaN, current_missing = kNaN;  // rates
  std::int64_t new_categories = 0;     // text that the reference doesn't have: how many different ones,
  std::vector<std::string> new_names;  // the 20 most frequent of them,
  double new_share = kNaN;             // and their share of the rows that aren't missing
  std::vector<DriftTest> tests;        // those asked for that fit its kind
  bool drifted = false;
};

struct DriftReport {
  std::vector<ColumnDrift> columns;  // in the reference's order
  std::vector<std::string> tests;    // asked for
  double fdr = 0;
  std::int64_t tested = 0;  // p-values that were adjusted together
};

// Adjusts the p-values of all columns together and says which have drifted.
void conclude(DriftReport& report, const DriftOptions& options);

// The current data block by block: memory grows with the rows only for ks and wasserstein (8 bytes a number).
class DriftBatch {
 public:
  // `columns`: of the reference; empty: all. SpecError for an unknown test or option, or for ks and wasserstein of a
  // reference that hasn't kept its values; DataError for an unknown column. `reference` must outlive the batch.
  DriftBatch(const DriftReference& reference, const DriftOptions& options,
             const std::vector<std::string>& columns = {});
  DriftBatch(DriftBatch&&) noexcept;
  ~DriftBatch();

  // DataError for a column that is missing, new (unless `columns` were named) or of another kind. A block in which a
  // column is all missing may have it as any kind.
  void add(const Execution& execution, const TableView& block);
  // The same, and the block's memory outlives this batch: the first one isn't copied.
  void lend(const Execution& execution, const TableView& block);
  DriftReport report(const Execution& execution) const;
  // The columns that are compared.
  const std::vector<std::string>& names() const { return names_; }

 private:
  struct Column;
  void take(const Execution& execution, const TableView& block, bool lent);

  DriftOptions options_;
  std::vector<std::string> names_;
  bool named_ = false;
  std::vector<Column> columns_;
  std::int64_t rows_ = 0;
};

// All at once.
DriftReport drift(const Execution& execution, const DriftReference& reference, const TableView& current,
                  const DriftOptions& options, const std::vector<std::string>& columns = {});

}  // namespace bakeoff
