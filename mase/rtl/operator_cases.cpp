// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/operator_cases.h"

#include "mase/formats/registry.h"
#include "mase/ops/add/bit_true.h"
#include "mase/ops/cast/bit_true.h"
#include "mase/ops/edge/stream_cycles.h"
#include "mase/ops/gelu/bit_true.h"
#include "mase/ops/mul/bit_true.h"
#include "mase/ops/norm/norm_hardware.h"
#include "mase/ops/relu/bit_true.h"
#include "mase/ops/rope/rope_hardware.h"
#include "mase/ops/silu/bit_true.h"
#include "mase/ops/tanh/bit_true.h"
#include "mase/ops/testing/edge_rows.h"

#include "mase/support/random.h"

#include <algorithm>
#include <fmt/format.h>

namespace mase {
namespace {

void append(BlockIntegers &to, const BlockIntegers &from) {
  if (to.rows == 0) {
    to = from;
    return;
  }
  to.rows += from.rows;
  to.q.insert(to.q.end(), from.q.begin(), from.q.end());
  to.shift.insert(to.shift.end(), from.shift.begin(), from.shift.end());
  if (from.block == BlockShape{})
    to.exponent.insert(to.exponent.end(), from.exponent.begin(), from.exponent.end());
  else
    to.block.rows += from.rows;
}

BlockIntegers rowsOf(const Format &format, int64_t cols, uint64_t seed, bool longer) {
  BlockIntegers rows;
  for (testing::Spread spread : {testing::Spread::near, testing::Spread::far, testing::Spread::whole})
    append(rows, testing::edgeRows(format, longer ? 240 : 24, cols, spread, seed));
  return rows;
}

ModuleCase caseOf(const std::string &module, const std::string &what, const Format &output, int64_t tile,
                  const BlockIntegers &expected) {
  ModuleCase one;
  one.name = fmt::format("{} {} -> {} x{}", module, what, output.name(), tile);
  one.module = module;
  one.parameters = edgeOutputParameters(output);
  one.parameters.emplace_back("TileIn", fmt::format("{}", tile));
  one.output = edgeStream("y", output, expected, tile);
  one.outputBeatsPerRow = expected.cols / tile;
  return one;
}

void addInput(ModuleCase &one, const std::string &port, const std::string &prefix, const Format &format,
              const BlockIntegers &rows, int64_t tile) {
  const ModuleParameters parameters = edgeInputParameters(format, prefix);
  one.parameters.insert(one.parameters.end(), parameters.begin(), parameters.end());
  one.inputs.push_back(edgeStream(port, format, rows, tile));
}

void setCycles(ModuleCase &one, StreamCycles cycles, int64_t rows) {
  one.cycles = rows * cycles.interval + cycles.latency;
}

using Cycles = StreamCycles (*)(int64_t, int64_t, const Format &);
using Binary = WideRows (*)(const Format &, const BlockIntegers &, const Format &, const BlockIntegers &);
using Unary = WideRows (*)(const Format &, const BlockIntegers &);
constexpr int64_t cols = 128;

ModuleCase binary(const char *module, Binary operation, Cycles cycles, const char *a, const char *b, const char *y,
                  int64_t tile, bool longer) {
  const Format &fa = parseFormat(a), &fb = parseFormat(b), &fy = parseFormat(y);
  const BlockIntegers ra = rowsOf(fa, cols, 1, longer), rb = rowsOf(fb, cols, 2, longer);
  ModuleCase one = caseOf(module, fmt::format("{} {}", a, b), fy, tile, castRows(fy, operation(fa, ra, fb, rb)));
  addInput(one, "a", "A", fa, ra, tile);
  addInput(one, "b", "B", fb, rb, tile);
  setCycles(one, cycles(cols, tile, fy), ra.rows);
  return one;
}

ModuleCase unary(const char *module, const char *what, Unary operation, Cycles cycles, const char *x, const char *y,
                 int64_t tile, bool longer, const ModuleParameters &more) {
  const Format &fx = parseFormat(x), &fy = parseFormat(y);
  const BlockIntegers rows = rowsOf(fx, cols, 3, longer);
  ModuleCase one = caseOf(module, fmt::format("{} {}", what, x), fy, tile, castRows(fy, operation(fx, rows)));
  addInput(one, "x", "Input", fx, rows, tile);
  setCycles(one, cycles(cols, tile, fy), rows.rows);
  one.parameters.insert(one.parameters.end(), more.begin(), more.end());
  return one;
}

ModuleParameters gate(const TabulatedFunction &function, int odd) {
  ModuleParameters parameters = tableParameters(functionTable(function));
  parameters.emplace_back("Odd", fmt::format("{}", odd));
  return parameters;
}

} // namespace

std::vector<ModuleCase> elementwiseCases(bool longer) {
  const ModuleParameters relu = {{"Rectify", "1"}};
  std::vector<ModuleCase> cases;
  auto add = [&](const char *a, const char *b, const char *y, int64_t tile) {
    cases.push_back(binary("mase_add", addBitTrue, addCycles, a, b, y, tile, longer));
  };
  auto mul = [&](const char *a, const char *b, const char *y, int64_t tile) {
    cases.push_back(binary("mase_mul", mulBitTrue, mulCycles, a, b, y, tile, longer));
  };
  auto one = [&](const char *module, const char *what, Unary operation, Cycles cycles, const char *x, const char *y,
                 int64_t tile, const ModuleParameters &more) {
    cases.push_back(unary(module, what, operation, cycles, x, y, tile, longer, more));
  };
  add("mxint8", "mxint8", "mxint8", 4);
  add("mxint4", "mxfp8_e4m3", "mxint12", 32);
  add("fixed<16,8>", "mxint8", "fixed<24,18>", 2);
  add("mxint12", "mxint4/e4", "mxfp8_e4m3", 64);
  mul("mxint8", "mxint8", "mxint4", 4);
  mul("mxfp8_e4m3", "mxint12", "mxfp8_e4m3", 32);
  mul("fixed<16,8>", "mxint8", "mxint8", 1);
  one("mase_cast", "cast", widen, castCycles, "mxint8", "mxint4", 8, {});
  one("mase_cast", "cast", widen, castCycles, "fixed<16,8>", "mxint8", 2, {});
  one("mase_cast", "cast", widen, castCycles, "mxint12", "fixed<16,8>", 64, {});
  one("mase_cast", "relu", reluBitTrue, castCycles, "mxint4/e5", "mxint8/e6", 4, relu);
  one("mase_cast", "relu", reluBitTrue, castCycles, "mxfp8_e4m3", "mxfp8_e4m3/e4", 16, relu);
  one("mase_gate", "silu", siluBitTrue, gateCycles, "mxint8", "mxint8", 2, gate(siluGate(), 0));
  one("mase_gate", "gelu", geluBitTrue, gateCycles, "fixed<16,8>", "fixed<24,20>", 1, gate(geluGate(), 0));
  one("mase_gate", "gelu_tanh", geluTanhBitTrue, gateCycles, "mxfp8_e4m3", "mxfp8_e4m3", 1, gate(geluTanhGate(), 0));
  one("mase_gate", "tanh", tanhBitTrue, gateCycles, "mxint12", "mxint8", 1, gate(tanhFunction(), 1));
  return cases;
}

std::vector<ModuleCase> normCases(bool longer) {
  std::vector<ModuleCase> cases;
  auto add = [&](Centering centering, const char *x, const char *y, int64_t features, int64_t tile) {
    const bool centered = centering == Centering::mean;
    Random random(9);
    std::vector<float> gain, offset;
    for (int64_t i = 0; i < features; ++i) {
      gain.push_back(static_cast<float>(random.uniform() * 3 - 1));
      if (centered)
        offset.push_back(static_cast<float>(random.uniform() - 0.5));
    }
    const NormRows norm(centering, 1e-5, gain, offset);
    const Format &fx = parseFormat(x), &fy = parseFormat(y);
    const BlockIntegers rows = rowsOf(fx, features, 4, longer);
    ModuleCase one = caseOf("mase_norm", fmt::format("{} {} {}", centered ? "layer" : "rms", x, features), fy, tile,
                            castRows(fy, norm(fx, rows)));
    addInput(one, "x", "Input", fx, rows, tile);
    const ModuleParameters parameters = normParameters(centering, norm.constants(), fx);
    one.parameters.insert(one.parameters.end(), parameters.begin(), parameters.end());
    ModuleStream words = {"w", normWordBits(norm.constants(), tile), 0, {}};
    for (int64_t r = 0; r < rows.rows; ++r)
      for (const std::string &word : normWords(norm.constants(), tile))
        words.beats.push_back(word);
    one.inputs.push_back(words);
    setCycles(one, normCycles(centering, features, tile, fy), rows.rows);
    one.constants = {{"y_exponent_i", fmt::format("12'h{:x}", (norm.constants().g - 8) & 0xFFF)}};
    cases.push_back(one);
  };
  add(Centering::none, "mxint8", "mxint8", 128, 4);
  add(Centering::none, "mxfp8_e4m3", "fixed<24,18>", 96, 32);
  add(Centering::none, "fixed<16,8>", "mxint8", 64, 2);
  add(Centering::none, "mxint4/e5", "mxfp8_e4m3", 64, 64);
  add(Centering::mean, "mxint8", "mxint8", 96, 4);
  add(Centering::mean, "mxint12", "fixed<24,18>", 128, 64);
  add(Centering::mean, "fixed<16,8>", "mxint12", 64, 1);
  return cases;
}

namespace {

BlockIntegers rowsBetween(const BlockIntegers &rows, int64_t first, int64_t last) {
  BlockIntegers part = {last - first, rows.cols, rows.block, {}, rows.exponent, {}};
  part.q.assign(rows.q.begin() + first * rows.cols, rows.q.begin() + last * rows.cols);
  if (!rows.shift.empty())
    part.shift.assign(rows.shift.begin() + first * rows.cols, rows.shift.begin() + last * rows.cols);
  if (rows.block == BlockShape{})
    part.exponent.assign(rows.exponent.begin() + first * rows.blocksPerRow(),
                         rows.exponent.begin() + last * rows.blocksPerRow());
  else
    part.block.rows = part.rows;
  return part;
}

} // namespace

std::vector<ModuleCase> ropeCases(bool longer) {
  std::vector<ModuleCase> cases;
  auto add = [&](const char *x, const char *y, int64_t headDim, int64_t features, int64_t tile) {
    const RopeBitTrue rope(headDim, 10000);
    const Format &fx = parseFormat(x), &fy = parseFormat(y);
    const BlockIntegers rows = rowsOf(fx, features, 5, longer);
    BlockIntegers expected = {0, features, BlockShape{}, {}, {}};
    ModuleStream control = {"c", 2, 0, {}};
    for (int64_t first = 0, length = 1; first < rows.rows; first += length, length = 3 * length + 1) {
      length = std::min(length, rows.rows - first);
      append(expected, castRows(fy, rope(fx, rowsBetween(rows, first, first + length), 0)));
      for (int64_t r = 0; r < length; ++r)
        control.beats.push_back(fmt::format("{}", (r == 0 ? 1 : 0) + (r == length - 1 ? 2 : 0)));
    }
    ModuleCase one =
        caseOf("mase_rope", fmt::format("{} {} of {}", x, features / headDim, headDim), fy, tile, expected);
    one.parameters = edgeOutputParameters(fy);
    addInput(one, "x", "Input", fx, rows, tile);
    const ModuleParameters parameters = ropeParameters(rope, features, tile);
    one.parameters.insert(one.parameters.end(), parameters.begin(), parameters.end());
    setCycles(one, ropeCycles(rope.groupFeatures(), features, tile, fy), rows.rows);
    one.inputs.push_back(control);
    cases.push_back(one);
  };
  add("mxint8", "mxint8", 16, 64, 4);
  add("mxint4", "mxint8", 64, 128, 32);
  add("mxfp8_e4m3", "mxfp8_e4m3", 16, 64, 32);
  add("fixed<16,8>", "mxint12", 48, 96, 8);
  add("mxint12", "fixed<24,18>", 32, 64, 32);
  add("mxint8/e6", "mxint4", 64, 64, 1);
  return cases;
}

} // namespace mase
