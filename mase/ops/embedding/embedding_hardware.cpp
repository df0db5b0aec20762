// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/embedding/embedding_hardware.h"

#include "mase/support/error.h"

namespace mase {

ModuleParameters embeddingParameters(const Format &format, int64_t entries, int64_t features, int64_t tile) {
  edgeInputParameters(format, "Output"); // whether it is an edge's
  ModuleParameters result;
  const std::pair<const char *, int64_t> numbers[] = {{"Entries", entries},
                                                      {"Features", features},
                                                      {"TileOut", tile},
                                                      {"OutputBits", format.elementBits()},
                                                      {"OutputScaleBits", format.scaleBits()}};
  for (const auto &[name, value] : numbers)
    result.emplace_back(name, fmt::format("{}", value));
  return result;
}

ModuleParameters tiedEmbeddingParameters(const Format &format, int64_t entries, int64_t features, int64_t tileIn,
                                         int64_t tileOut, int64_t wordBits) {
  ModuleParameters result = embeddingParameters(format, entries, features, tileOut);
  for (const auto &[name, value] : {std::pair{"TileIn", tileIn}, {"WordBits", wordBits}})
    result.emplace_back(name, fmt::format("{}", value));
  return result;
}

std::vector<std::string> embeddingWords(const Format &format, const BlockIntegers &table, int64_t tile) {
  std::vector<std::string> words = edgeBeats(format, table, tile);
  // A beat without scales has a bit on top that counts nothing, a word has none.
  const size_t digits = static_cast<size_t>((edgeDataBits(format, tile) + 3) / 4);
  for (std::string &word : words)
    if (format.scaleBits() == 0)
      word.erase(0, word.size() - digits);
  return words;
}

} // namespace mase
