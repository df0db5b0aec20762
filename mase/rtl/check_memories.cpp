// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/check_memories.h"

#include "mase/ops/linear/hardware.h"
#include "mase/rtl/emitted_linear.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"

#include <sstream>

namespace fs = std::filesystem;

namespace mase {
namespace {

StoredWeights storedIn(const fs::path &file, const LinearConfig &config) {
  std::istringstream text(readTextFile(file));
  std::vector<std::string> words;
  for (std::string word; text >> word;)
    words.push_back(word);
  try {
    return unpackWeights(config, words);
  } catch (const InputError &error) {
    fail("{}: {}", file.string(), error.what());
  }
}

} // namespace

MemoryCheck checkMemories(const fs::path &folder, const EmittedLinear &linear) {
  MemoryCheck check;
  if (linear.simulated.empty())
    return check;
  const EmittedMemory &proven = linear.simulated.front();
  const StoredWeights expected = storedIn(folder / proven.file, proven.config);
  for (const EmittedMemory &memory : linear.unproven) {
    const StoredWeights got = storedIn(folder / memory.file, memory.config);
    check.words += weightMemoryShape(memory.config).depthWords;
    auto compare = [&](const char *what, const std::vector<uint32_t> &want, const std::vector<uint32_t> &have,
                       int64_t columns, int64_t step) {
      for (size_t i = 0; i < want.size(); ++i)
        if (want[i] != have[i] && check.mismatches++ == 0)
          check.firstDifference =
              fmt::format("{}: {} of output {}, input {} is {:x} in {} and {:x} in {}", linear.name, what,
                          static_cast<int64_t>(i) / columns, static_cast<int64_t>(i) % columns * step, have[i],
                          memory.file, want[i], proven.file);
    };
    const int64_t features = memory.config.inFeatures;
    compare("element", expected.element, got.element, features, 1);
    compare("bias", expected.bias, got.bias, 1, 1);
    if (!expected.scale.empty()) {
      const auto perRow = static_cast<int64_t>(expected.scale.size()) / memory.config.outFeatures;
      compare("scale", expected.scale, got.scale, perRow, features / perRow);
    }
  }
  return check;
}

} // namespace mase
