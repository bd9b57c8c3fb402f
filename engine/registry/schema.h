// The registry's tables, and opening a file that has them or shall get them.
#pragma once
#include <string>

struct sqlite3;

namespace bakeoff::sqlite {

// A connection to the registry at `path`, created if missing. Errors as in registry.h.
sqlite3* open_registry(const std::string& path);

}  // namespace bakeoff::sqlite
