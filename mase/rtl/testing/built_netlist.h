// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// For tests: the kinds of a netlist in Verilator, from the library inside the program.
///
/// Built models stay in the default cache, so that tests and runs share them. Errors as VerilatedLibrary.
#pragma once

#include "mase/rtl/embedded.h"
#include "mase/rtl/external_text.h"
#include "mase/rtl/model_folder.h"
#include "mase/rtl/netlist_text.h"
#include "mase/rtl/netlist_top.h"
#include "mase/rtl/verilator_tools.h"
#include "mase/support/output.h"
#include "mase/support/temporary_folder.h"

#include <set>

namespace mase::testing_netlist {

/// Writes the library below `folder`.
inline std::vector<std::filesystem::path> libraryIn(const std::filesystem::path &folder) {
  std::vector<std::filesystem::path> files;
  for (const EmbeddedFile &file : systemVerilogLibrary) {
    writeFile(folder / "sv" / file.name, file.text);
    files.push_back(folder / "sv" / file.name);
  }
  return files;
}

/// Each kind of the netlist.
inline VerilatedLibrary build(const Netlist &netlist) {
  const TemporaryFolder folder("mase-library");
  std::set<std::string> seen;
  std::vector<ModelSource> sources;
  for (const NetInstance &instance : netlist.instances)
    if (seen.insert(instance.module.kind).second)
      sources.push_back({instance.module.kind, kindText(instance.module), kindPorts(instance.module)});
  if (!netlist.external.instances.empty())
    sources.push_back({netlist.external.module, externalText(netlist), externalPorts(netlist)});
  return {sources, libraryIn(folder.path()), defaultVerilatorCache()};
}

/// A design as `mase emit` writes it, with its top level: the files that Verilator takes.
struct WrittenTop {
  TemporaryFolder folder{"mase-model"};
  HardwareModule top;
  std::vector<std::filesystem::path> files;

  explicit WrittenTop(const ModelDesign &design) : top(topModule(design.netlist, topName(design.model))) {
    writeModel(design, model());
    files = libraryIn(folder.path());
    for (const auto &part : {model() / "kinds", model()})
      for (const std::filesystem::path &file : filesOf(part, ".sv"))
        files.push_back(file);
  }
  std::filesystem::path model() const { return folder.path() / "model"; }
  VerilatedLibrary build() const {
    return {{{top.kind, kindText(top), kindPorts(top)}}, files, defaultVerilatorCache()};
  }
};

} // namespace mase::testing_netlist
