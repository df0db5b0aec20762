# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# mase_embed(OUTPUT NAME FILES ...): a C++ source that holds files as text, so that the installed program needs no source
# tree. It defines `const std::vector<mase::EmbeddedFile> mase::NAME` in the order given (mase/rtl/embedded.h).
#
# Called as a script (-DOUTPUT= -DNAME= -DFILES=) it writes that source.
if(CMAKE_SCRIPT_MODE_FILE)
  set(text "#include \"mase/rtl/embedded.h\"\n\nconst std::vector<mase::EmbeddedFile> mase::${NAME} = {\n")
  string(REPLACE "|" ";" FILES "${FILES}")
  foreach(path IN LISTS FILES)
    file(READ "${path}" content)
    get_filename_component(file "${path}" NAME)
    string(APPEND text "{\"${file}\", R\"embedded(${content})embedded\"},\n")
  endforeach()
  file(WRITE "${OUTPUT}" "${text}};\n")
  return()
endif()

set(MASE_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})
function(mase_embed output name)
  list(JOIN ARGN "|" files)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DNAME=${name} "-DFILES=${files}" -P ${MASE_EMBED_SCRIPT}
    DEPENDS ${ARGN} ${MASE_EMBED_SCRIPT} VERBATIM)
endfunction()
