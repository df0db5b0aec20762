// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/attention_cases.h"

#include "mase/formats/registry.h"
#include "mase/ops/cast/bit_true.h"
#include "mase/ops/edge/attention_cycles.h"
#include "mase/ops/linear/operands.h"
#include "mase/ops/matmul/scores_bit_true.h"
#include "mase/ops/matmul/scores_hardware.h"
#include "mase/ops/matmul/values_bit_true.h"
#include "mase/ops/matmul/values_hardware.h"
#include "mase/ops/softmax/softmax_hardware.h"
#include "mase/ops/testing/edge_rows.h"
#include "mase/support/random.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace mase {
namespace {

/// Lengths of the sequences that follow each other.
std::vector<int64_t> lengthsOf(int64_t context, bool longer) {
  std::vector<int64_t> lengths = {1, 2, context, 1, 1, std::min<int64_t>(context, 7)};
  if (longer)
    for (int64_t i = 1; i <= context; i = 2 * i + 1)
      lengths.insert(lengths.end(), {i, context});
  return lengths;
}

std::vector<int64_t> positionsOf(const std::vector<int64_t> &lengths) {
  std::vector<int64_t> positions;
  for (int64_t length : lengths)
    for (int64_t i = 0; i < length; ++i)
      positions.push_back(i);
  return positions;
}

/// The control stream: which rows are their sequence's first and last.
ModuleStream control(const std::string &port, const std::vector<int64_t> &lengths) {
  ModuleStream result = {port, 2, 0, {}};
  for (int64_t length : lengths)
    for (int64_t i = 0; i < length; ++i)
      result.beats.push_back(fmt::format("{}", (i == 0 ? 1 : 0) + (i + 1 == length ? 2 : 0)));
  return result;
}

/// Elements first to first + count of a row and the scales of their blocks; zeros beyond its end.
std::string beatOf(const Format &format, const BlockIntegers &rows, int64_t row, int64_t first, int64_t count) {
  const bool isStatic = format.scaleBits() == 0;
  const LinearOperand operand = isStatic ? LinearOperand() : linearOperand(&format, "input");
  HexWord beat(edgeDataBits(format, count) + edgeScaleBits(format, count));
  for (int64_t i = first; i < first + count; ++i) {
    const int64_t at = row * rows.cols + i;
    beat.append(i >= rows.cols ? 0
                : isStatic     ? static_cast<uint64_t>(rows.q[static_cast<size_t>(at)])
                               : codeAt(operand, rows, at),
                format.elementBits());
  }
  for (int64_t b = first / WideRows::blockCols; !isStatic && b * WideRows::blockCols < first + count; ++b)
    beat.append(b >= rows.blocksPerRow() ? 0
                                         : static_cast<uint64_t>(operand.storedScale(
                                               rows.exponent[static_cast<size_t>(row * rows.blocksPerRow() + b)])),
                format.scaleBits());
  return beat.hexadecimal();
}

OperatorDescription description(double scale, bool causal) {
  OperatorDescription op;
  op.attributes = {{"scale", scale}, {"causal", causal}};
  return op;
}

/// Scores of a sequence, a row for each head and query: from one value to all that 24 bits hold.
BlockIntegers scoresOf(const Format &format, int64_t heads, int64_t length, Random &random) {
  BlockIntegers result = {heads * length, length, {heads * length, length}, {}, {format.operand().minExponent}};
  const int bits = format.elementBits();
  for (int64_t row = 0; row < heads * length; ++row) {
    const auto spread = static_cast<int>(random.below(static_cast<uint64_t>(bits - 1)));
    const int64_t limit = (int64_t{1} << (bits - 1)) - 1, range = int64_t{2} << spread;
    const int64_t centre = static_cast<int64_t>(random.below(static_cast<uint64_t>(2 * limit + 1))) - limit;
    for (int64_t key = 0; key < length; ++key)
      result.q.push_back(static_cast<int32_t>(std::clamp(
          centre + static_cast<int64_t>(random.below(static_cast<uint64_t>(range))) - range / 2, -limit, limit)));
  }
  return result;
}

void append(ModuleParameters &to, const ModuleParameters &from) { to.insert(to.end(), from.begin(), from.end()); }

/// Rows of a sequence: exponents around 1, far apart or wherever they can be, in turn.
BlockIntegers rowsOf(const Format &format, int64_t rows, int64_t cols, uint64_t seed) {
  constexpr testing::Spread spreads[] = {testing::Spread::near, testing::Spread::near, testing::Spread::near,
                                         testing::Spread::far, testing::Spread::whole};
  return testing::edgeRows(format, rows, cols, spreads[seed % 5], seed);
}

void append(std::vector<std::string> &to, const std::vector<std::string> &from) {
  to.insert(to.end(), from.begin(), from.end());
}

/// A stream of an edge, whose beats come later.
ModuleStream emptyStream(const std::string &port, const Format &format, int64_t tile) {
  return {port, edgeDataBits(format, tile), edgeScaleBits(format, tile), {}};
}

std::string textOf(const AttentionShape &shape) {
  return fmt::format("{}{}/{} heads of {} x{} keys {}", shape.causal ? "" : "full ", shape.heads, shape.keyHeads,
                     shape.headFeatures, shape.tile, shape.keys);
}

} // namespace

namespace {

ModuleCase scoresCase(const char *query, const char *key, const AttentionShape &shape,
                      const std::vector<int64_t> &lengths) {
  const Format &q = parseFormat(query), &k = parseFormat(key), &y = parseFormat(scoresFormat(shape.headFeatures));
  OperatorDescription op = description(1, shape.causal);
  op.inputs = {{shape.heads, shape.headFeatures}, {shape.keyHeads, shape.headFeatures}};
  op.maxRows = shape.context;
  const ScoresBitTrue scores(op, {{&q, &k}, &y, nullptr});
  const std::vector<int64_t> positions = positionsOf(lengths);
  ModuleCase one;
  one.name = fmt::format("mase_scores {} {} {}", query, key, textOf(shape));
  one.module = "mase_scores";
  one.parameters = scoresParameters(q, k, shape);
  ModuleStream x = emptyStream("x", q, shape.tile), cache = emptyStream("k", k, shape.tile);
  one.output = {"y", shape.keys * 24, 0, {}};
  uint64_t seed = 1;
  for (const int64_t length : lengths) {
    const IntegerRows queries = {&q, shape.heads, rowsOf(q, length, shape.heads * shape.headFeatures, ++seed)};
    const IntegerRows keys = {&k, shape.keyHeads, rowsOf(k, length, shape.keyHeads * shape.headFeatures, seed)};
    IntegerRows result = {&y, shape.heads, {}};
    const IntegerRows *const inputs[] = {&queries, &keys};
    scores.run({inputs, {}, 0}, result);
    append(x.beats, edgeBeats(q, queries.rows, shape.tile));
    append(cache.beats, edgeBeats(k, keys.rows, shape.tile));
    for (int64_t row = 0; row < length; ++row)
      for (int64_t head = 0; head < shape.heads; ++head)
        for (int64_t first = 0; first <= (shape.causal ? row : length - 1); first += shape.keys)
          one.output.beats.push_back(beatOf(y, result.rows, head * length + row, first, shape.keys));
  }
  one.inputs = {control("c", lengths), x, cache};
  one.cycles = scoresCycles(shape, positions);
  return one;
}

} // namespace

std::vector<ModuleCase> scoresCases(bool longer) {
  std::vector<ModuleCase> cases;
  auto add = [&](const char *query, const char *key, const AttentionShape &shape) {
    cases.push_back(scoresCase(query, key, shape, lengthsOf(shape.context, longer)));
  };
  add("mxint8", "mxint8", {.heads = 4, .keyHeads = 4, .headFeatures = 16, .tile = 4, .keys = 1, .context = 40});
  add("mxint8", "mxint4",
      {.heads = 4, .keyHeads = 2, .headFeatures = 16, .tile = 16, .keys = 4, .context = 40, .packed = 2});
  add("mxfp8_e4m3", "mxint8/e5", {.heads = 2, .keyHeads = 1, .headFeatures = 64, .tile = 64, .keys = 1, .context = 24});
  add("mxfp4", "bmf<4,3>", {.heads = 4, .keyHeads = 2, .headFeatures = 48, .tile = 8, .keys = 2, .context = 19});
  add("fixed<16,8>", "fixed<10,6>",
      {.heads = 3, .keyHeads = 3, .headFeatures = 32, .tile = 32, .keys = 1, .context = 24});
  add("fixed<24,12>", "mxfp6_e3m2",
      {.heads = 4, .keyHeads = 4, .headFeatures = 8, .tile = 2, .keys = 1, .context = 20});
  add("mxint12", "fixed<8,5>", {.heads = 2, .keyHeads = 2, .headFeatures = 32, .tile = 8, .keys = 1, .context = 20});
  add("mxint8", "mxint8",
      {.heads = 4, .keyHeads = 2, .headFeatures = 16, .tile = 8, .keys = 1, .context = 19, .causal = false});
  add("bl4", "mxint4",
      {.heads = 2, .keyHeads = 2, .headFeatures = 32, .tile = 8, .keys = 2, .context = 13, .causal = false});
  return cases;
}

namespace {

ModuleCase softmaxCase(const char *output, double scale, const AttentionShape &shape,
                       const std::vector<int64_t> &lengths) {
  const int64_t heads = shape.heads, keys = shape.keys;
  const Format &score = parseFormat("fixed<24,10>"), &y = parseFormat(output);
  const SoftmaxBitTrue softmax(description(scale, shape.causal), {{&score}, &y, nullptr});
  const std::vector<int64_t> positions = positionsOf(lengths);
  ModuleCase one;
  one.name = fmt::format("mase_softmax {}{} heads {} x{}", shape.causal ? "" : "full ", heads, output, keys);
  one.module = "mase_softmax";
  one.parameters = softmaxParameters(softmax, score, heads, shape.context, keys);
  append(one.parameters, edgeOutputParameters(y));
  ModuleStream x = {"x", keys * 24, 0, {}};
  one.output = {"y", edgeDataBits(y, keys), edgeScaleBits(y, keys), {}};
  Random random(7);
  for (const int64_t length : lengths) {
    const IntegerRows scores = {&score, heads, scoresOf(score, heads, length, random)};
    IntegerRows shares = {&y, heads, {}};
    const IntegerRows *const inputs[] = {&scores};
    softmax.run({inputs, {}, 0}, shares);
    for (int64_t row = 0; row < length; ++row)
      for (int64_t head = 0; head < heads; ++head) {
        for (int64_t key = 0; key <= (shape.causal ? row : length - 1); key += keys)
          x.beats.push_back(beatOf(score, scores.rows, head * length + row, key, keys));
        for (int64_t beat = 0; beat < exponentialBeats(y, shape.causal ? row + 1 : length, keys); ++beat)
          one.output.beats.push_back(beatOf(y, shares.rows, head * length + row, beat * keys, keys));
      }
  }
  one.inputs = {control("c", lengths), x};
  one.cycles = softmaxCycles(shape, y, positions);
  return one;
}

} // namespace

std::vector<ModuleCase> softmaxCases(bool longer) {
  std::vector<ModuleCase> cases;
  auto add = [&](const char *output, double scale, const AttentionShape &shape) {
    cases.push_back(softmaxCase(output, scale, shape, lengthsOf(shape.context, longer)));
  };
  add("fixed<17,15>", 0.25, {.heads = 4, .keys = 1, .context = 40});
  add("mxint8", 0.125, {.heads = 2, .keys = 1, .context = 40});
  add("fixed<17,15>", 1, {.heads = 3, .keys = 4, .context = 37});
  add("mxfp8_e4m3", 0.25, {.heads = 1, .keys = 2, .context = 64});
  add("mxint4/e5", 0.0883, {.heads = 1, .keys = 64, .context = 70});
  add("fixed<10,8>", 16, {.heads = 2, .keys = 2, .context = 20});
  add("fixed<17,15>", 0.25, {.heads = 2, .keys = 1, .context = 21, .causal = false});
  add("mxint8", 0.5, {.heads = 3, .keys = 4, .context = 37, .causal = false});
  return cases;
}

namespace {

ModuleCase valuesCase(const char *probability, const char *value, const char *output, const AttentionShape &shape,
                      const std::vector<int64_t> &lengths) {
  const Format &score = parseFormat("fixed<24,10>"), &p = parseFormat(probability), &v = parseFormat(value),
               &y = parseFormat(output);
  OperatorDescription op = description(0.25, shape.causal);
  op.inputs = {{shape.heads, -1}, {shape.keyHeads, shape.headFeatures}};
  op.maxRows = shape.context;
  const SoftmaxBitTrue softmax(op, {{&score}, &p, nullptr});
  const ValuesBitTrue values(op, {{&p, &v}, &y, nullptr});
  const std::vector<int64_t> positions = positionsOf(lengths);
  ModuleCase one;
  one.name = fmt::format("mase_values {} {} -> {} {}", probability, value, output, textOf(shape));
  one.module = "mase_values";
  one.parameters = valuesParameters(values, p, v, shape);
  append(one.parameters, edgeOutputParameters(y));
  ModuleStream x = emptyStream("x", p, shape.keys), cache = emptyStream("v", v, shape.tile);
  one.output = emptyStream("y", y, shape.tile);
  Random random(11);
  uint64_t seed = 1;
  for (const int64_t length : lengths) {
    const IntegerRows scores = {&score, shape.heads, scoresOf(score, shape.heads, length, random)};
    const IntegerRows rows = {&v, shape.keyHeads, rowsOf(v, length, shape.keyHeads * shape.headFeatures, ++seed)};
    IntegerRows shares = {&p, shape.heads, {}};
    const IntegerRows *const scoreInputs[] = {&scores}, *const inputs[] = {&shares, &rows};
    softmax.run({scoreInputs, {}, 0}, shares);
    for (int64_t row = 0; row < length; ++row)
      for (int64_t head = 0; head < shape.heads; ++head)
        for (int64_t beat = 0; beat < exponentialBeats(p, shape.causal ? row + 1 : length, shape.keys); ++beat)
          x.beats.push_back(beatOf(p, shares.rows, head * length + row, beat * shape.keys, shape.keys));
    append(cache.beats, edgeBeats(v, rows.rows, shape.tile));
    append(one.output.beats, edgeBeats(y, castRows(y, values.wide({inputs, {}, 0})), shape.tile));
  }
  one.inputs = {control("c", lengths), x, cache};
  one.cycles = valuesCycles(shape, p, y, positions);
  return one;
}

} // namespace

std::vector<ModuleCase> valuesCases(bool longer) {
  std::vector<ModuleCase> cases;
  auto add = [&](const char *p, const char *v, const char *y, const AttentionShape &shape) {
    cases.push_back(valuesCase(p, v, y, shape, lengthsOf(shape.context, longer)));
  };
  add("fixed<17,15>", "fixed<10,6>", "mxint8",
      {.heads = 4, .keyHeads = 4, .headFeatures = 16, .tile = 4, .keys = 1, .context = 40});
  add("mxint8", "fixed<10,6>", "mxint8",
      {.heads = 4, .keyHeads = 2, .headFeatures = 16, .tile = 4, .keys = 1, .context = 40});
  add("fixed<17,15>", "fixed<8,3>", "fixed<24,16>",
      {.heads = 2, .keyHeads = 1, .headFeatures = 64, .tile = 32, .keys = 1, .context = 22});
  add("mxfp8_e4m3", "fixed<16,12>", "mxint12",
      {.heads = 3, .keyHeads = 3, .headFeatures = 32, .tile = 8, .keys = 4, .context = 40});
  add("fixed<10,8>", "fixed<12,8>", "mxfp8_e4m3",
      {.heads = 4, .keyHeads = 4, .headFeatures = 8, .tile = 1, .keys = 2, .context = 18});
  add("mxint4/e5", "fixed<10,6>", "fixed<24,14>",
      {.heads = 2, .keyHeads = 2, .headFeatures = 16, .tile = 1, .keys = 32, .context = 70});
  add("fixed<17,15>", "fixed<10,6>", "mxint8",
      {.heads = 2, .keyHeads = 1, .headFeatures = 16, .tile = 4, .keys = 1, .context = 21, .causal = false});
  add("mxint8", "fixed<10,6>", "mxint8",
      {.heads = 2, .keyHeads = 2, .headFeatures = 16, .tile = 2, .keys = 2, .context = 37, .causal = false});
  return cases;
}

std::vector<ModuleCase> attentionAreaCases() {
  const AttentionShape narrow = {.heads = 4, .keyHeads = 4, .headFeatures = 16, .tile = 4, .keys = 1, .context = 256};
  const AttentionShape wide = {.heads = 4, .keyHeads = 4, .headFeatures = 64, .tile = 8, .keys = 1, .context = 256};
  return {scoresCase("mxint8", "mxint8", narrow, {1}), scoresCase("mxint8", "mxint8", wide, {1}),
          softmaxCase("fixed<17,15>", 0.25, narrow, {1}),
          valuesCase("fixed<17,15>", "fixed<10,6>", "mxint8", narrow, {1}),
          valuesCase("fixed<17,15>", "fixed<10,6>", "mxint8", wide, {1})};
}

namespace {

/// An instance, its ports as given, its parameters literal.
std::string instance(const std::string &module, const ModuleParameters &parameters, const std::string &ports) {
  std::string text = fmt::format("  {} #(\n", module);
  for (size_t i = 0; i < parameters.size(); ++i)
    text +=
        fmt::format("    .{}({}){}\n", parameters[i].first, parameters[i].second, i + 1 < parameters.size() ? "," : "");
  return text + fmt::format("  ) u_{} (\n    .clk_i(clk_i), .rst_i(rst_i), {});\n", module, ports);
}

std::string controlPorts(int index) {
  return fmt::format(".c_data_i(c{0}_data_i), .c_valid_i(c{0}_valid_i), .c_ready_o(c{0}_ready_o)", index);
}

std::string ports(const std::string &inner, const std::string &outer, bool isInput, bool hasScale) {
  const char *to = isInput ? "i" : "o", *from = isInput ? "o" : "i";
  return fmt::format(", .{0}_data_{2}({1}_data_{2}), .{0}_valid_{2}({1}_valid_{2}), .{0}_ready_{3}({1}_ready_{3})",
                     inner, outer, to, from) +
         (hasScale ? fmt::format(", .{0}_scale_{2}({1}_scale_{2})", inner, outer, to) : "");
}

} // namespace

AttentionChain attentionChain(const AttentionShape &shape, bool longer) {
  const Format &edge = parseFormat("mxint8"), &score = parseFormat(scoresFormat(shape.headFeatures)),
               &p = parseFormat("fixed<17,15>"), &v = parseFormat("fixed<10,6>");
  OperatorDescription op = description(1 / std::sqrt(static_cast<double>(shape.headFeatures)), shape.causal);
  op.inputs = {{shape.heads, shape.headFeatures}, {shape.keyHeads, shape.headFeatures}};
  op.maxRows = shape.context;
  const ScoresBitTrue scores(op, {{&edge, &edge}, &score, nullptr});
  const SoftmaxBitTrue softmax(op, {{&score}, &p, nullptr});
  const ValuesBitTrue values(op, {{&p, &v}, &edge, nullptr});
  const std::vector<int64_t> lengths = lengthsOf(shape.context, longer);
  AttentionChain chain;
  ModuleCase &one = chain.one;
  one.name = fmt::format("attention_chain {}", textOf(shape));
  one.module = "attention_chain";
  ModuleStream x = emptyStream("x", edge, shape.tile), k = emptyStream("k", edge, shape.tile),
               cache = emptyStream("v", v, shape.tile);
  one.output = emptyStream("y", edge, shape.tile);
  uint64_t seed = 0;
  for (const int64_t length : lengths) {
    const int64_t cols = shape.heads * shape.headFeatures, keyCols = shape.keyHeads * shape.headFeatures;
    const testing::Spread near = testing::Spread::near;
    const IntegerRows queries = {&edge, shape.heads, testing::edgeRows(edge, length, cols, near, ++seed)};
    const IntegerRows keys = {&edge, shape.keyHeads, testing::edgeRows(edge, length, keyCols, near, ++seed)};
    const IntegerRows rows = {&v, shape.keyHeads, testing::edgeRows(v, length, keyCols, near, ++seed)};
    IntegerRows products = {&score, shape.heads, {}}, shares = {&p, shape.heads, {}};
    const IntegerRows *const a[] = {&queries, &keys}, *const b[] = {&products}, *const c[] = {&shares, &rows};
    scores.run({a, {}, 0}, products);
    softmax.run({b, {}, 0}, shares);
    append(x.beats, edgeBeats(edge, queries.rows, shape.tile));
    append(k.beats, edgeBeats(edge, keys.rows, shape.tile));
    append(cache.beats, edgeBeats(v, rows.rows, shape.tile));
    append(one.output.beats, edgeBeats(edge, castRows(edge, values.wide({c, {}, 0})), shape.tile));
  }
  one.inputs = {control("c0", lengths), control("c1", lengths), control("c2", lengths), x, k, cache};

  std::string declared = "module attention_chain (\n  input logic clk_i, input logic rst_i";
  auto declare = [&](const ModuleStream &s, const char *in, const char *out, const char *to, const char *from) {
    declared += fmt::format(",\n  {0} logic [{2}:0] {3}_data_{4}, {0} logic {3}_valid_{4}, {1} logic {3}_ready_{5}", in,
                            out, s.dataBits - 1, s.port, to, from);
    if (s.scaleBits > 0)
      declared += fmt::format(", {} logic [{}:0] {}_scale_{}", in, s.scaleBits - 1, s.port, to);
  };
  for (const ModuleStream &s : one.inputs)
    declare(s, "input", "output", "i", "o");
  declare(one.output, "output", "input", "o", "i");
  declared += fmt::format(");\n  logic [{}:0] s_data; logic s_valid, s_ready;\n  logic [{}:0] p_data; logic p_valid, "
                          "p_ready, p_scale;\n",
                          shape.keys * 24 - 1, shape.keys * 17 - 1);
  ModuleParameters softmaxAll = softmaxParameters(softmax, score, shape.heads, shape.context, shape.keys);
  append(softmaxAll, edgeOutputParameters(p));
  ModuleParameters valuesAll = valuesParameters(values, p, v, shape);
  append(valuesAll, edgeOutputParameters(edge));
  chain.module = declared +
                 instance("mase_scores", scoresParameters(edge, edge, shape),
                          controlPorts(0) + ports("x", "x", true, true) + ports("k", "k", true, true) +
                              ",\n    .y_data_o(s_data), .y_valid_o(s_valid), .y_ready_i(s_ready)") +
                 instance("mase_softmax", softmaxAll,
                          controlPorts(1) + ",\n    .x_data_i(s_data), .x_valid_i(s_valid), .x_ready_o(s_ready), "
                                            ".y_data_o(p_data), .y_scale_o(p_scale), .y_valid_o(p_valid), "
                                            ".y_ready_i(p_ready)") +
                 instance("mase_values", valuesAll,
                          controlPorts(2) +
                              ",\n    .x_data_i(p_data), .x_scale_i(p_scale), .x_valid_i(p_valid), "
                              ".x_ready_o(p_ready)" +
                              ports("v", "v", true, true) + ports("y", "y", false, true)) +
                 "endmodule\n";
  return chain;
}

} // namespace mase
