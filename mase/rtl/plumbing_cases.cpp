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

std::vector<ModuleCase> edgeCases(bool longer) {
  std::vector<ModuleCase> cases;
  Random random(8);
  const int64_t rows = longer ? 600 : 60;
  auto add = [&](const std::string &name, const std::string &module,
                 const ModuleParameters &parameters) -> ModuleCase & {
    ModuleCase &one = cases.emplace_back();
    one.name = name, one.module = module, one.parameters = parameters;
    return one;
  };
  auto number = [](const char *name, int64_t value) { return std::pair(std::string(name), fmt::format("{}", value)); };
  auto cyclesOf = [](StreamCycles cycles, int64_t count) { return count * cycles.interval + cycles.latency; };
  auto beatsOf = [&](int64_t count, int64_t bits) {
    std::vector<int64_t> beats;
    for (int64_t i = 0; i < count; ++i)
      beats.push_back(static_cast<int64_t>(random.below(uint64_t{1} << bits)));
    return beats;
  };
  for (auto [width, depth] : {std::pair(1, 2), std::pair(37, 5), std::pair(8, 64), std::pair(60, 100)}) {
    const std::vector<int64_t> beats = beatsOf(3 * rows, width);
    ModuleCase &one = add(fmt::format("mase_row_fifo {} deep", depth), "mase_row_fifo",
                          {number("Width", width), number("Depth", depth)});
    one.inputs = {numberStream("x", beats, 1, width)};
    one.output = numberStream("y", beats, 1, width);
    one.cycles = cyclesOf(rowFifoCycles(3), rows);
  }
  for (int64_t beats : {1, 2, 5}) {
    const int64_t width = 20;
    const std::vector<int64_t> in = beatsOf(rows * beats, width);
    std::vector<int64_t> keep, out;
    for (int64_t r = 0; r < rows; ++r) {
      keep.push_back(r == rows - 1 || random.below(3) == 0 ? 1 : 0);
      if (keep.back() != 0)
        out.insert(out.end(), in.begin() + r * beats, in.begin() + (r + 1) * beats);
    }
    ModuleCase &one = add(fmt::format("mase_row_filter of {}", beats), "mase_row_filter",
                          {number("Width", width), number("Beats", beats)});
    one.inputs = {numberStream("x", in, 1, width), numberStream("keep", keep, 1, 1)};
    one.output = numberStream("y", out, 1, width);
    one.cycles = cyclesOf(rowFilterCycles(beats), rows);
  }
  for (int64_t bit : {0, 1}) { // of rows of which the first or the last of each sequence passes
    const int64_t beats = 3, width = 20;
    const std::vector<int64_t> in = beatsOf(rows * beats, width);
    std::vector<int64_t> words = beatsOf(rows, 2), out;
    words.back() |= int64_t{1} << bit;
    for (int64_t r = 0; r < rows; ++r)
      if ((words[static_cast<size_t>(r)] >> bit & 1) != 0)
        out.insert(out.end(), in.begin() + r * beats, in.begin() + (r + 1) * beats);
    ModuleCase &one =
        add(fmt::format("mase_row_filter by bit {}", bit), "mase_row_filter",
            {number("Width", width), number("Beats", beats), number("KeepBits", 2), number("KeepBit", bit)});
    one.inputs = {numberStream("x", in, 1, width), numberStream("keep", words, 1, 2)};
    one.output = numberStream("y", out, 1, width);
    one.cycles = cyclesOf(rowFilterCycles(beats), rows);
  }
  struct Resize {
    const char *format;
    int64_t in, out;
  };
  for (const Resize &r : {Resize{"mxint8", 4, 32}, Resize{"mxint8", 32, 4}, Resize{"mxint4/e5", 8, 64},
                          Resize{"mxint4/e5", 64, 8}, Resize{"mxint8", 32, 96}, Resize{"mxint8", 192, 32},
                          Resize{"mxint8", 64, 192}, Resize{"mxint8", 192, 64}, Resize{"fixed<17,8>", 1, 64},
                          Resize{"fixed<17,8>", 64, 2}, Resize{"mxfp8_e4m3", 16, 16}, Resize{"mxint4", 1, 2}}) {
    const Format &format = parseFormat(r.format);
    const int64_t features = 192;
    const BlockIntegers values = testing::edgeRows(format, rows / 2, features, testing::Spread::whole, 9);
    ModuleCase &one = add(fmt::format("mase_resize {} {} to {}", r.format, r.in, r.out), "mase_resize",
                          {number("TileIn", r.in), number("TileOut", r.out), number("Bits", format.elementBits()),
                           number("ScaleBits", format.scaleBits())});
    one.inputs = {edgeStream("x", format, values, r.in)};
    one.output = edgeStream("y", format, values, r.out);
    one.cycles = cyclesOf(resizeCycles(features, r.in, r.out), values.rows);
  }
  return cases;
}

} // namespace mase
