# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The three kinds of target in this project, so that a folder's CMakeLists.txt says only what it holds.

# mase_library(NAME SOURCES ... DEPS ... [PRIVATE_DEPS ...]): a static library; headers are found from the root.
function(mase_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS} mase_warnings)
endfunction()

# mase_test(NAME SOURCES ... DEPS ...): a GoogleTest program, one CTest entry a program.
function(mase_test name)
  if(NOT MASE_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/test)
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest_main mase_warnings)
  target_compile_definitions(${name} PRIVATE MASE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  add_test(NAME ${name} COMMAND ${name})
  # Only when the list of skipped tests ends the output: behind it stands what failed, which must not count as skipped.
  set_tests_properties(${name} PROPERTIES SKIP_REGULAR_EXPRESSION
    "\\[  SKIPPED \\] [1-9][0-9]* tests?, listed below:\n(\\[  SKIPPED \\] [^\n]*\n*)+$")
endfunction()

# mase_bench(NAME SOURCES ... DEPS ...): a program under bench/, built by `make bench` only; target mase_bench is all.
add_custom_target(mase_bench)
function(mase_bench name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} EXCLUDE_FROM_ALL ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench)
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} mase_warnings)
  add_dependencies(mase_bench ${name})
endfunction()
