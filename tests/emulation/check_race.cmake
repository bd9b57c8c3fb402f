# Runs a kernel under TSan: cmake "-DPREFIX=<words before the command>" -DPROBE=<binary> -DNAME=<case> -DMARKS=<file>
# -P check_race.cmake
# The case `right` must give no report. Any other must give a data race that names every line of the file MARKS which is
# marked `race: ... <case> ...`.
separate_arguments(PREFIX)
execute_process(COMMAND ${PREFIX} ${PROBE} ${NAME} TIMEOUT 100
                RESULT_VARIABLE exit OUTPUT_VARIABLE output ERROR_VARIABLE output)
string(FIND "${output}" "WARNING: ThreadSanitizer: data race" at)
if(NAME STREQUAL "right")
  if(NOT exit EQUAL 0 OR output MATCHES "ThreadSanitizer")
    message(FATAL_ERROR "expected no report and exit code 0, came ${exit} and:\n${output}")
  endif()
  return()
endif()
if(at EQUAL -1)
  message(FATAL_ERROR "expected a data race, came exit code ${exit} and:\n${output}")
endif()
get_filename_component(file "${MARKS}" NAME)
# Line by line through grep's numbering: CMake's own lists break at semicolons, of which C++ is full.
execute_process(COMMAND grep -nE "// race:.* ${NAME}( |$)" "${MARKS}" OUTPUT_VARIABLE marks)
string(REGEX MATCHALL "(^|\n)[0-9]+:" lines "${marks}")
if(NOT lines)
  message(FATAL_ERROR "no line of ${file} is marked 'race: ${NAME}'")
endif()
foreach(line IN LISTS lines)
  string(REGEX REPLACE "[\n:]" "" line "${line}")
  if(NOT output MATCHES "${file}:${line}[^0-9]")
    message(FATAL_ERROR "expected the race to name ${file}:${line}, came:\n${output}")
  endif()
endforeach()
