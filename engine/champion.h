// The model to beat: one that Bakeoff trained, a foreign ONNX file, a column of logged scores, or a constant.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "candidates/candidate.h"
#include "core/execution.h"
#include "registry/registry.h"
#include "run_table.h"

namespace bakeoff {

struct Champion {
  std::optional<RegisteredModel> registered;  // empty: the constant predictor
  std::string label() const;                  // "flights-late v3", "constant"
  // Columns that it reads: its own, a foreign model's as its metadata lists them ("columns"), or that of logged scores.
  std::vector<std::string> columns() const;
  // Its value of `metric` when it was chosen, from its metadata; nothing if it is not there.
  std::optional<double> reference(const std::string& metric) const;
  // When it was decided upon, in the time of the data; nothing if it was put in place by hand.
  std::optional<Micros> since() const;
  // Its configuration, if Bakeoff trained it.
  std::optional<Candidate> configuration() const;
};

// When the last bake-off of the spec's registry entry was decided, up to `at`, in the time of the data.
std::optional<Micros> last_decision(const Spec& spec, Micros at);

// The champion of the spec's registry entry; with gate.baseline constant, or if there is none yet, the constant
// predictor.
Champion find_champion(const Spec& spec);

// One score a row of the range; the constant predictor's is the mean label of the training rows. Of task multiclass row
// by row one a class of the table: by name, 0 for a class that the champion does not know, and the constant predictor's
// are the shares of the training rows. DataError if a column that the champion reads is missing, or it knows a class
// that the table has not; SpecError if it is no model of Bakeoff's there.
std::vector<float> champion_scores(const Execution& execution, const Champion& champion, const RunTable& table,
                                   const RowRange& train, const RowRange& rows);

}  // namespace bakeoff
