// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/norm/norm_hardware.h"

#include <algorithm>
#include <fmt/format.h>

namespace mase {
namespace {

/// Of an offset, sign included; none where all are zero.
int offsetBits(const NormConstants &constants) { return constants.offsetBits == 0 ? 0 : constants.offsetBits + 1; }

} // namespace

ModuleParameters normParameters(Centering centering, const NormConstants &constants, const Format &input) {
  ModuleParameters result = tableParameters(functionTable(reciprocalRoot()));
  auto add = [&](const char *name, int64_t value) { result.emplace_back(name, fmt::format("{}", value)); };
  add("Features", constants.features);
  add("Centered", centering == Centering::mean ? 1 : 0);
  add("OffsetBits", offsetBits(constants));
  add("Rho", constants.rho);
  add("Kappa", constants.kappa);
  add("KappaExponent", constants.z);
  add("LeastExponent", std::max(constants.leastExponent(input), -1024)); // below all exponents of blocks
  return result;
}

int64_t normWordBits(const NormConstants &constants, int64_t tile) { return tile * (16 + offsetBits(constants)); }

std::vector<std::string> normWords(const NormConstants &constants, int64_t tile) {
  std::vector<std::string> words;
  for (int64_t first = 0; first < constants.features; first += tile) {
    HexWord word(normWordBits(constants, tile));
    for (int64_t i = first; i < first + tile; ++i)
      word.append(static_cast<uint64_t>(constants.gain[static_cast<size_t>(i)]), 16);
    for (int64_t i = first; i < first + tile; ++i)
      word.append(static_cast<uint64_t>(constants.offset[static_cast<size_t>(i)]), offsetBits(constants));
    words.push_back(word.hexadecimal());
  }
  return words;
}

} // namespace mase
