// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/plumbing_cases.h"

#include "mase/formats/registry.h"
#include "mase/ops/edge/stream_cycles.h"
#include "mase/ops/embedding/bit_true.h"
#include "mase/ops/embedding/embedding_hardware.h"
#include "mase/ops/testing/edge_rows.h"
#include "mase/support/output.h"
#include "mase/support/random.h"

#include <algorithm>
#include <bit>
#include <fmt/format.h>

namespace mase {
namespace {

/// Rows of few different sums, so that the greatest often stands at several places, and the far ends.
ModuleCase argmaxCase(int64_t features, int64_t tile, int64_t bits, bool longer) {
  Random random(static_cast<uint64_t>(features + tile));
  const int64_t rows = longer ? 600 : 60;
  std::vector<int64_t> sums, ids;
  for (int64_t r = 0; r < rows; ++r) {
    const uint64_t kinds = r % 3 == 0 ? 2 : r % 3 == 1 ? 1 + random.below(200) : uint64_t{1} << (bits - 1);
    const int64_t least = -static_cast<int64_t>(random.below(2) == 0 ? kinds : kinds / 2);
    for (int64_t i = 0; i < features; ++i)
      sums.push_back(least + static_cast<int64_t>(random.below(kinds)));
    const auto first = sums.end() - features;
    ids.push_back(std::max_element(first, sums.end()) - first); // of equals the first
  }
  ModuleCase one;
  one.name = fmt::format("mase_argmax of {} x{}", features, tile);
  one.module = "mase_argmax";
  const std::pair<const char *, int64_t> numbers[] = {{"OutFeatures", features}, {"TileOut", tile}, {"SumBits", bits}};
  for (const auto &[name, value] : numbers)
    one.parameters.emplace_back(name, fmt::format("{}", value));
  one.inputs = {numberStream("x", sums, tile, bits, 0)};
  one.output = numberStream("y", ids, 1, std::bit_width(static_cast<uint64_t>(features - 1)));
  const StreamCycles cycles = argmaxCycles(features, tile);
  one.cycles = rows * cycles.interval + cycles.latency;
  return one;
}

} // namespace

std::vector<ModuleCase> argmaxCases(bool longer) {
  return {argmaxCase(96, 1, 12, longer), argmaxCase(64, 2, 24, longer), argmaxCase(32, 32, 20, longer),
          argmaxCase(192, 96, 40, longer), argmaxCase(1024, 8, 33, longer)};
}

std::vector<ModuleCase> embeddingCases(bool longer, const std::filesystem::path &folder) {
  std::vector<ModuleCase> cases;
  auto add = [&](const char *name, int64_t entries, int64_t features, int64_t tile) {
    const Format &format = parseFormat(name);
    const BlockIntegers table = testing::edgeRows(format, entries, features, testing::Spread::whole, 6);
    std::vector<int32_t> ids;
    Random random(7);
    for (int64_t i = 0; i < (longer ? 500 : 50); ++i)
      ids.push_back(static_cast<int32_t>(i == 0 ? entries - 1
                                                : static_cast<int64_t>(random.below(static_cast<uint64_t>(entries)))));
    ModuleCase one;
    one.name = fmt::format("mase_embedding {} {}x{} x{}", name, entries, features, tile);
    one.module = "mase_embedding";
    one.parameters = embeddingParameters(format, entries, features, tile);
    const std::filesystem::path file = folder / fmt::format("table{}.hex", cases.size());
    writeFile(file, fmt::format("{}\n", fmt::join(embeddingWords(format, table, tile), "\n")));
    one.parameters.emplace_back("File", fmt::format("\"{}\"", file.string()));
    one.inputs = {
        numberStream("x", {ids.begin(), ids.end()}, 1, std::bit_width(static_cast<uint64_t>(entries - 1)), 0)};
    one.output = edgeStream("y", format, embeddingRows(table, ids), tile);
    one.outputBeatsPerRow = features / tile;
    const StreamCycles cycles = embeddingCycles(features, tile);
    one.cycles = std::ssize(ids) * cycles.interval + cycles.latency;
    cases.push_back(one);
  };
  add("mxint8", 50, 96, 4);
  add("mxint4/e5", 64, 64, 64);
  add("fixed<17,8>", 33, 32, 1);
  add("mxfp8_e4m3", 5, 32, 32);
  return cases;
}

} // namespace mase
