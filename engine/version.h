// The version of the engine and what built it (the numbers come from CMakeLists.txt).
#pragma once

namespace bakeoff {

inline constexpr const char* kVersion = BAKEOFF_VERSION;
inline constexpr const char* kCompiler = "g++ " __VERSION__;

}  // namespace bakeoff
