// The whole spec as one table.
#pragma once
#include "spec/codec.h"

namespace bakeoff::spec_reading {

const Codec<Spec>& spec_codec();
Codec<std::vector<FamilySpec>> families_codec();

}  // namespace bakeoff::spec_reading
