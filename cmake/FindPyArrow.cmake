# Arrow C++ and Parquet from the pyarrow wheel of the Python that builds: PyArrow::arrow, PyArrow::parquet.
# The libraries are linked by their versioned names, which is what the wheel carries.
execute_process(
  COMMAND "${Python_EXECUTABLE}" -c "import importlib.util,os;print(os.path.dirname(importlib.util.find_spec('pyarrow').origin))"
  OUTPUT_VARIABLE PyArrow_DIR_FOUND OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed ERROR_QUIET)
if(NOT failed)
  file(GLOB PyArrow_LIBRARY "${PyArrow_DIR_FOUND}/libarrow.so.*")
  file(GLOB PyArrow_PARQUET "${PyArrow_DIR_FOUND}/libparquet.so.*")
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(PyArrow REQUIRED_VARS PyArrow_LIBRARY PyArrow_PARQUET
  REASON_FAILURE_MESSAGE "pip install pyarrow into ${Python_EXECUTABLE}'s environment (make setup does it)")
if(PyArrow_FOUND AND NOT TARGET PyArrow::arrow)
  add_library(PyArrow::arrow SHARED IMPORTED)
  set_target_properties(PyArrow::arrow PROPERTIES IMPORTED_LOCATION "${PyArrow_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${PyArrow_DIR_FOUND}/include")
  add_library(PyArrow::parquet SHARED IMPORTED)
  set_target_properties(PyArrow::parquet PROPERTIES IMPORTED_LOCATION "${PyArrow_PARQUET}"
    INTERFACE_INCLUDE_DIRECTORIES "${PyArrow_DIR_FOUND}/include" INTERFACE_LINK_LIBRARIES PyArrow::arrow)
endif()
