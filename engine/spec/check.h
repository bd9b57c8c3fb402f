// What a single field can't see: rules between fields.
#pragma once
#include "spec/tree.h"

namespace bakeoff::spec_reading {

// Fills what follows from other fields: time parts, the registry's name, the cooldown.
void complete(Spec& spec, const Node& tree);
// The broken rules, each as "file:line: field: ...".
std::vector<std::string> broken_rules(const Spec& spec, const Node& tree);

}  // namespace bakeoff::spec_reading
