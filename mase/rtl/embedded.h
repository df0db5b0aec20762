// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Files of the source tree that travel inside the program: the SystemVerilog library and the test bench.
///
/// cmake/MaseEmbed.cmake writes the definitions; the text is that of the files, unchanged.
#pragma once

#include <string_view>
#include <vector>

namespace mase {

struct EmbeddedFile {
  std::string_view name; // without folders: "mase_linear.sv"
  std::string_view text;
};

extern const std::vector<EmbeddedFile> systemVerilogLibrary;
extern const std::vector<EmbeddedFile> benchSources;

} // namespace mase
