#include "drift/json.h"

namespace bakeoff {

Json to_json(const DriftReport& report) {
  Json columns = Json::array();
  for (const ColumnDrift& column : report.columns) {
    Json tests = Json::object();
    for (const DriftTest& test : column.tests)
      tests[test.test] = {{"statistic", test.statistic},   {"effect", test.effect}, {"p", test.p},
                          {"p_adjusted", test.p_adjusted}, {"method", test.method}, {"note", test.note}};
    columns.push_back({{"column", column.name},
                       {"kind", column.kind},
                       {"drifted", column.drifted},
                       {"reference_rows", column.reference_rows},
                       {"current_rows", column.current_rows},
                       {"reference_missing", column.reference_missing},
                       {"current_missing", column.current_missing},
                       {"new_categories", column.new_categories},
                       {"new_names", column.new_names},
                       {"new_share", column.new_share},
                       {"tests", std::move(tests)}});
  }
  return {{"fdr", report.fdr}, {"tested", report.tested}, {"columns", std::move(columns)}};
}

}  // namespace bakeoff
