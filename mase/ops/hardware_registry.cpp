// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/hardware_operator.h"

#include "mase/ops/embedding/embedding_module.h"
#include "mase/ops/gelu/bit_true.h"
#include "mase/ops/linear/linear_module.h"
#include "mase/ops/matmul/matmul_module.h"
#include "mase/ops/norm/norm_module.h"
#include "mase/ops/pool/pool_module.h"
#include "mase/ops/rope/rope_hardware.h"
#include "mase/ops/silu/bit_true.h"
#include "mase/ops/softmax/softmax_module.h"
#include "mase/ops/tanh/bit_true.h"

#include "mase/support/error.h"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>

namespace mase {
namespace {

using Request = const HardwareRequest &;

void append(ModuleParameters &to, const ModuleParameters &more) { to.insert(to.end(), more.begin(), more.end()); }

/// Elements of a row, all heads of it.
int64_t featuresOf(Request request, size_t operand) {
  const ValueShape &shape = request.op.inputs.at(operand);
  return shape.heads * shape.cols;
}

/// One beat in, one beat out.
HardwareModule elementwise(Request request, const std::string &module, const std::string &what,
                           const std::vector<std::string> &ports, const std::vector<std::string> &prefixes,
                           const ModuleParameters &more = {}) {
  HardwareModule made;
  const int64_t features = featuresOf(request, 0), tile = request.tile.in;
  made.module = module;
  made.kind = fmt::format("{}_{}", what, features);
  for (size_t i = 0; i < ports.size(); ++i) {
    const Format &format = *request.formats.inputs.at(i);
    append(made.parameters, edgeInputParameters(format, prefixes[i]));
    made.operands.push_back(edgePort(ports[i], format, features, tile));
    made.kind += fmt::format("_{}", formatIdentifier(format));
  }
  append(made.parameters, edgeOutputParameters(*request.formats.output));
  made.parameters.emplace_back("TileIn", fmt::format("{}", tile));
  append(made.parameters, more);
  made.results = {edgePort("y", *request.formats.output, features, tile)};
  made.kind += fmt::format("_{}_t{}", formatIdentifier(*request.formats.output), tile);
  made.timing = beatwise(1, castQueue(*request.formats.output, tile));
  return made;
}

/// Beats of both operands wait for each other; `stages` to the cast.
HardwareModule pairwise(Request request, const std::string &module, const std::string &what, int64_t stages) {
  HardwareModule made = elementwise(request, module, what, {"a", "b"}, {"A", "B"});
  made.timing.inputs = {InputTiming{}, InputTiming{}};
  made.timing.phases = {{.gives = WorkPhase::Gives::every}};
  made.timing.stages = stages;
  return made;
}

HardwareModule add(Request request) { return pairwise(request, "mase_add", "add", 3); }
HardwareModule mul(Request request) { return pairwise(request, "mase_mul", "mul", 2); }
HardwareModule relu(Request request) {
  return elementwise(request, "mase_cast", "relu", {"x"}, {"Input"}, {{"Rectify", "1"}});
}
HardwareModule gate(Request request, const char *what, const TabulatedFunction &function, bool isOdd = false) {
  ModuleParameters parameters = tableParameters(functionTable(function));
  parameters.emplace_back("Odd", isOdd ? "1" : "0");
  HardwareModule made = elementwise(request, "mase_gate", what, {"x"}, {"Input"}, parameters);
  made.timing.stages = 7;
  return made;
}
HardwareModule silu(Request request) { return gate(request, "silu", siluGate()); }
HardwareModule gelu(Request request) {
  return request.op.attributeOr("tanh", false) ? gate(request, "gelu_tanh", geluTanhGate())
                                               : gate(request, "gelu", geluGate());
}
HardwareModule tanh(Request request) { return gate(request, "tanh", tanhFunction(), true); }

} // namespace

HardwareModule unaryModule(const HardwareRequest &request, const std::string &module, const std::string &what,
                           const ModuleParameters &more) {
  return elementwise(request, module, what, {"x"}, {"Input"}, more);
}

HardwareModule castModule(const Format &from, const Format &to, int64_t features, int64_t tile) {
  const OperatorDescription op = {"cast", {}, {}, {{1, features}}, 0};
  const BitTrueFormats formats = {{&from}, &to, nullptr};
  return elementwise({op, formats, {static_cast<int>(tile), static_cast<int>(tile)}}, "mase_cast", "cast", {"x"},
                     {"Input"}, {{"Rectify", "0"}});
}

HardwareControl rowControl(const std::string &name) { return {{name, 2, 0, nullptr, 1, 1}, ControlStream::rows}; }

HardwarePort edgePort(const std::string &name, const Format &format, int64_t features, int64_t tile) {
  const bool isStatic = format.scaleBits() == 0;
  return {name, edgeDataBits(format, tile), isStatic ? 0 : edgeScaleBits(format, tile), &format, tile, features, true};
}

std::string formatIdentifier(const Format &format) {
  std::string name;
  for (char c : format.name())
    if (std::isalnum(static_cast<unsigned char>(c)))
      name += c;
    else if (c != '<' && c != '>')
      name += c == '-' ? 'n' : '_';
  return name;
}

const std::vector<HardwareEntry> &hardwareOperators() {
  static const std::vector<HardwareEntry> entries = {
      {.name = "embedding", .make = embeddingModule, .readsWordsOf = readsHead},
      {.name = "position_embedding", .make = positionEmbeddingModule},
      {.name = "token_type_embedding", .make = tokenTypeEmbeddingModule},
      {.name = "linear", .make = linearModule, .tiles = linearTiles, .cycles = linearCycles},
      {.name = "rms_norm", .make = rmsNormModule, .cycles = normRowCycles},
      {.name = "layer_norm", .make = layerNormModule, .cycles = normRowCycles},
      {.name = "rope", .make = ropeModule, .tiles = ropeTiles},
      {.name = "kv_cache"}, // the memory is in front of whoever reads the rows
      {.name = "matmul", .make = matmulModule, .tiles = matmulTiles, .cycles = attentionRowCycles},
      {.name = "softmax", .make = softmaxModule, .tiles = softmaxTiles, .cycles = attentionRowCycles},
      {.name = "silu", .make = silu},
      {.name = "gelu", .make = gelu},
      {.name = "relu", .make = relu},
      {.name = "tanh", .make = tanh},
      {.name = "pool", .make = poolModule},
      {.name = "mul", .make = mul},
      {.name = "add", .make = add},
  };
  return entries;
}

const HardwareEntry *findHardware(std::string_view name) {
  for (const HardwareEntry &entry : hardwareOperators())
    if (entry.name == name)
      return &entry;
  return nullptr;
}

const HardwareEntry &hardwareEntry(std::string_view name) {
  const HardwareEntry *entry = findHardware(name);
  if (!entry)
    fail("operator '{}' has no hardware (docs/adding-an-operator.md says how it gets some)", name);
  return *entry;
}

std::vector<int> tileSizes(int64_t features, int64_t most) {
  std::vector<int> sizes;
  for (int64_t tile = 1; tile <= std::min(most, features); tile < 32 ? tile *= 2 : tile += 32)
    if (features % tile == 0)
      sizes.push_back(static_cast<int>(tile));
  return sizes;
}

namespace {

/// Elements of a row: of its operand, or, as an embedding has none, of its table.
int64_t rowFeatures(const OperatorDescription &op) {
  return op.inputs.empty() ? op.constants.at(0).values.cols : op.inputs[0].heads * op.inputs[0].cols;
}

} // namespace

std::vector<HardwareTile> hardwareTiles(const OperatorDescription &op, int64_t most) {
  const HardwareEntry &entry = hardwareEntry(op.name);
  if (entry.tiles)
    return entry.tiles(op, most);
  std::vector<HardwareTile> tiles;
  for (int tile : tileSizes(rowFeatures(op), most))
    tiles.push_back({tile, tile, 1});
  return tiles;
}

int64_t hardwareCycles(const OperatorDescription &op, const HardwareTile &tile) {
  const HardwareEntry &entry = hardwareEntry(op.name);
  return entry.cycles ? entry.cycles(op, tile) : rowFeatures(op) / tile.in;
}

HardwareTile smallestTile(const OperatorDescription &op, int64_t interval) {
  if (!findHardware(op.name))
    return {};
  const std::vector<HardwareTile> tiles = hardwareTiles(op);
  for (const HardwareTile &tile : tiles)
    if (hardwareCycles(op, tile) <= interval)
      return tile;
  return tiles.back();
}

int64_t meanPosition(const OperatorDescription &op) {
  return (op.attributeOr("causal", false) ? (op.maxRows + 1) / 2 : op.maxRows) - 1;
}

RowCycles rowCycles(const HardwareModule &module, int64_t position, int64_t otherwise) {
  constexpr int64_t usual = 12; // stages and a cast
  int64_t beats = 1;
  for (const std::vector<HardwarePort> *ports : {&module.operands, &module.results})
    for (const HardwarePort &port : *ports)
      if (port.features > 0)
        beats = std::max(beats, port.features / port.tile);
  if (!module.timing.isKnown())
    return {std::max(beats, otherwise), std::max(beats, otherwise) + usual};
  const int64_t interval = std::max(beats, rowTicks(module.timing, position));
  return {interval, interval + latencyBeside(module.timing, position)};
}

} // namespace mase
