// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bench/harness/machine.h"

#include <fmt/core.h>
#include <fstream>
#include <hwy/targets.h>
#include <map>
#include <thread>

namespace mase::bench {
namespace {

/// The first processor's fields in /proc/cpuinfo; empty elsewhere than on Linux.
std::map<std::string, std::string> processorFields() {
  std::map<std::string, std::string> fields;
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line) && !line.empty();) {
    const size_t colon = line.find(':');
    if (colon != std::string::npos && colon + 2 <= line.size())
      fields[line.substr(0, line.find_last_not_of(" \t", colon - 1) + 1)] = line.substr(colon + 2);
  }
  return fields;
}

} // namespace

std::string machine() {
  std::map<std::string, std::string> fields = processorFields();
  const std::string name = fields.contains("model name") ? fields["model name"] : "unknown processor";
  // The lowest bit is the best target.
  const int64_t targets = hwy::SupportedAndGeneratedTargets().front();
  return fmt::format("{}, family {} model {}, {} cores, {}", name, fields["cpu family"], fields["model"],
                     std::thread::hardware_concurrency(), hwy::TargetName(targets));
}

} // namespace mase::bench
