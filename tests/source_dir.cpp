#include "source_dir.h"

namespace bakeoff::test {

std::filesystem::path source_dir() { return BAKEOFF_SOURCE_DIR; }

}  // namespace bakeoff::test
