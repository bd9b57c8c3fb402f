// The whole spec as one table.
#pragma once
#include "spec/codec.h"

namespace bakeoff::spec_reading {

const Codec<Spec>& spec_codec();

}  // namespace bakeoff::spec_reading
