// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/operator_sample.h"

#include "mase/support/data_files.h"
#include "mase/support/output.h"
#include "mase/support/temporary_folder.h"

#include <algorithm>
#include <fmt/format.h>

namespace fs = std::filesystem;

namespace mase {
namespace {

/// A module around a sample: it says the parameters, and keeps what nothing reads.
std::string wrapped(const OperatorAreaModel &model, const OperatorAreaSample &sample) {
  std::string parameters;
  for (const auto &[name, value] : sample.parameters)
    parameters += fmt::format(".{}({}), ", name, value);
  for (const auto &[name, value] : model.literalsOf(sample))
    parameters += fmt::format(".{}({}), ", name, value);
  return fmt::format("module sample (input logic clk_i);\n  (* keep *) {} #({}) u_sample (.clk_i(clk_i));\nendmodule\n",
                     model.module, parameters.substr(0, parameters.size() - 2));
}

/// The library's folders of SystemVerilog.
std::vector<fs::path> operatorSources() {
  std::vector<fs::path> folders = {dataFile("mase/formats/element")};
  for (const fs::directory_entry &entry : fs::directory_iterator(dataFile("mase/ops")))
    if (entry.is_directory())
      folders.push_back(entry.path());
  std::sort(folders.begin(), folders.end());
  return folders;
}

} // namespace

SynthesisResult synthesizeSample(const OperatorAreaModel &model, const OperatorAreaSample &sample,
                                 const fs::path &cache) {
  SynthesisOptions options;
  options.sources = operatorSources();
  options.cache = cache;
  options.boxes = {"mase_table_memory.sv", "mase_tied_memory.sv"};
  const TemporaryFolder folder("mase-sample");
  writeFile(folder.path() / "sample.sv", wrapped(model, sample));
  return synthesizeFile("sample", folder.path() / "sample.sv", options, true);
}

} // namespace mase
