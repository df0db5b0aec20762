# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# MLIR 19 from the distribution, linked statically: start-up takes 2 ms instead of 30 (docs/building.md).

find_package(MLIR 19.1 REQUIRED CONFIG PATHS /usr/lib/llvm-19)
list(APPEND CMAKE_MODULE_PATH "${MLIR_CMAKE_DIR}" "${LLVM_CMAKE_DIR}")
include(TableGen)
include(AddLLVM)
include(AddMLIR)

# Debian's static MLIR archives name the shared libLLVM. Both kinds in one program would register every option
# twice, so each archive is pointed at the static parts instead.
get_property(mlir_libs GLOBAL PROPERTY MLIR_ALL_LIBS)
foreach(lib IN LISTS mlir_libs)
  if(TARGET ${lib} AND NOT lib STREQUAL "MLIR")
    get_target_property(deps ${lib} INTERFACE_LINK_LIBRARIES)
    if(deps)
      list(TRANSFORM deps REPLACE "^LLVM$" "LLVMSupport")
      set_target_properties(${lib} PROPERTIES INTERFACE_LINK_LIBRARIES "${deps}")
    endif()
  endif()
endforeach()

add_library(mase_mlir INTERFACE)
target_include_directories(mase_mlir SYSTEM INTERFACE
  ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS} ${PROJECT_BINARY_DIR}/generated)
target_compile_definitions(mase_mlir INTERFACE ${LLVM_DEFINITIONS_LIST})
target_link_libraries(mase_mlir INTERFACE MLIRIR MLIRFuncDialect MLIRSideEffectInterfaces)

# mase_tablegen(FILE.td OUTPUT GENERATOR [OUTPUT GENERATOR]...): runs mlir-tblgen on a file of this folder. Outputs lie
# under generated/ by the folder's path from the root, are included as "mase/ir/types.h.inc", and are appended to
# MASE_TABLEGEN_OUTPUTS, which goes into the sources of the library that owns them.
function(mase_tablegen td)
  # The depfile names absolute paths; CMake rewrites them for Ninja.
  cmake_policy(SET CMP0116 NEW)
  get_filename_component(td "${td}" ABSOLUTE)
  get_filename_component(folder "${td}" DIRECTORY)
  file(RELATIVE_PATH folder "${PROJECT_SOURCE_DIR}" "${folder}")
  set(folder "${PROJECT_BINARY_DIR}/generated/${folder}")
  file(MAKE_DIRECTORY "${folder}")
  set(outputs ${MASE_TABLEGEN_OUTPUTS})
  while(ARGN)
    list(POP_FRONT ARGN output generator)
    set(output "${folder}/${output}")
    add_custom_command(OUTPUT "${output}" DEPFILE "${output}.d"
      COMMAND ${MLIR_TABLEGEN_EXE} ${generator} -I ${PROJECT_SOURCE_DIR} -I ${MLIR_INCLUDE_DIRS} --write-if-changed
              "${td}" -o "${output}" -d "${output}.d"
      DEPENDS "${td}" VERBATIM)
    list(APPEND outputs "${output}")
  endwhile()
  set(MASE_TABLEGEN_OUTPUTS "${outputs}" PARENT_SCOPE)
endfunction()
