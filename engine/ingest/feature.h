// Categorical features as the spec names them: columns of text or integers, and parts of a time column.
#pragma once
#include <optional>
#include <string>

#include "ingest/dataset.h"

namespace bakeoff {

struct TimePart {
  std::string column;  // a time column
  std::string part;    // hour | weekday | month
};
// "time_hour.weekday" -> {"time_hour", "weekday"}; nothing if `feature` doesn't end in a dot and one of the parts.
std::optional<TimePart> parse_time_part(const std::string& feature);

// hour "0".."23", weekday "0".."6" (Monday first) or month "1".."12" on the zone's wall clock, categories in that order
// whether they occur or not. SpecError for an unknown part or zone.
CategoricalColumn time_part(const TimeColumn& times, const std::string& part, const std::string& zone);

// The feature's codes and texts: a column of text; integers and booleans as their decimal text; or, if no column has
// that name, a part of a time column in `zone`. DataError for a missing column or one of another kind.
CategoricalColumn categorical_feature(const Dataset& data, const std::string& feature, const std::string& zone);

}  // namespace bakeoff
