// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/external_options.h"

#include "mase/rtl/external_layout.h"

namespace mase::cli {

void addExternalOptions(CLI::App &command, ExternalOptions &options) {
  command
      .add_option("--external", options.patterns,
                  "Linears whose weights the whole model reads from an external memory over AXI4: a name, or a pattern "
                  "like '*.mlp.*'; may be given again (default: none)")
      ->allow_extra_args(false);
  command.add_option("--axi-width", options.port.dataBits, "Bits of the external memory's port")
      ->check(CLI::IsMember({64, 128, 256, 512}))
      ->capture_default_str();
  command.add_option("--axi-depth", options.port.depth, "Beats of that port which each of these linears stores")
      ->check(CLI::Range(128, 65536))
      ->capture_default_str();
}

void checkExternal(const ExternalOptions &options, const Plan &plan) {
  std::vector<std::string> names;
  for (const Plan::LinearView &linear : plan.linears())
    names.push_back(linear.module);
  chosenLinears(options.patterns, names);
}

void addMemoryOptions(CLI::App &command, MemoryOverride &memory) {
  command
      .add_option("--memory-latency", memory.latency,
                  "Cycles from an address to its first beat, of an external memory (default: 64)")
      ->check(CLI::Range(1, 100000));
  command
      .add_option("--memory-bandwidth", memory.bytesPerCycle,
                  "Bytes a cycle that an external memory gives (default: the width of its port)")
      ->check(CLI::Range(0.01, 64.0));
}

} // namespace mase::cli
