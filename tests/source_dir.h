// Where the checkout is. Asked of the one file that is compiled with its path: __FILE__ may be relative
// (CCACHE_BASEDIR), and a definition for every test would keep a compiler cache from serving another checkout.
#pragma once
#include <filesystem>

namespace bakeoff::test {

std::filesystem::path source_dir();

}  // namespace bakeoff::test
