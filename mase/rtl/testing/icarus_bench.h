// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Leaves of the SystemVerilog library in Icarus, for every format that the registry knows.
///
/// A new family is driven as soon as its line stands in registry.cpp: what the lists below hold follows from that.
#pragma once

#include "mase/formats/registry.h"
#include "mase/ops/linear/operands.h"
#include "mase/rtl/embedded.h"
#include "mase/rtl/process.h"
#include "mase/support/error.h"
#include "mase/support/output.h"

#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace mase::testing_rtl {

/// Every registered format that `read` (linearOperand, linearWeight, linearOutput) takes.
template <typename Read>
std::vector<LinearOperand> registered(Read read) {
  std::vector<LinearOperand> found;
  for (const FormatFamily &family : formatFamilies())
    for (const std::string &name : family.examples())
      try {
        found.push_back(read(&parseFormat(name)));
      } catch (const InputError &) { // no hardware, which the linear says
      }
  return found;
}

struct IcarusBench : testing::Test {
  std::filesystem::path folder = std::filesystem::temp_directory_path() / fmt::format("mase-leaves-{}", getpid());
  std::vector<std::string> files;

  void SetUp() override {
    if (runProcess({"iverilog", "-V"}).status != 0)
      GTEST_SKIP() << "iverilog is not installed";
    for (const EmbeddedFile &file : systemVerilogLibrary)
      if (!file.name.starts_with("mase_linear") && file.name != "mase_weight_memory.sv") {
        files.push_back(folder / file.name);
        writeFile(files.back(), file.text);
      }
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  /// What module top prints, as `define` (SYNTHESIS or SIMULATION) has it.
  std::string run(const std::string &top, const std::string &define = "SYNTHESIS") {
    writeFile(folder / "top.sv", top);
    std::vector<std::string> command = {"iverilog", "-g2012", "-D" + define,  "-s",
                                        "top",      "-o",     folder / "top", folder / "top.sv"};
    command.insert(command.end(), files.begin(), files.end());
    const ProcessResult compiled = runProcess(command);
    return compiled.output + (compiled.status == 0 ? runProcess({folder / "top"}).output : "");
  }

  /// Writes a leaf with `with` in place of `line`, to see that it is found.
  void spoil(const std::string &file, const std::string &line, const std::string &with) {
    for (const EmbeddedFile &source : systemVerilogLibrary)
      if (source.name == file) {
        std::string text(source.text);
        ASSERT_NE(text.find(line), std::string::npos) << file;
        writeFile(folder / file, text.replace(text.find(line), line.size(), with));
      }
  }
};

} // namespace mase::testing_rtl
