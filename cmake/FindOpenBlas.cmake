# OpenBlas::OpenBlas from the system (Debian: libopenblas-pthread-dev).
find_path(OpenBlas_INCLUDE_DIR cblas.h PATH_SUFFIXES x86_64-linux-gnu/openblas-pthread aarch64-linux-gnu/openblas-pthread openblas)
find_library(OpenBlas_LIBRARY openblas PATH_SUFFIXES openblas-pthread)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(OpenBlas REQUIRED_VARS OpenBlas_LIBRARY OpenBlas_INCLUDE_DIR)
if(OpenBlas_FOUND AND NOT TARGET OpenBlas::OpenBlas)
  add_library(OpenBlas::OpenBlas UNKNOWN IMPORTED)
  set_target_properties(OpenBlas::OpenBlas PROPERTIES IMPORTED_LOCATION "${OpenBlas_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${OpenBlas_INCLUDE_DIR}")
endif()
