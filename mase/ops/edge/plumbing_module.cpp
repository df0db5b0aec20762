// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/edge/plumbing_module.h"

#include <bit>
#include <fmt/format.h>

namespace mase {
namespace {

std::string number(int64_t value) { return fmt::format("{}", value); }
int64_t bitsOf(int64_t values) { return values == 1 ? 1 : std::bit_width(static_cast<uint64_t>(values - 1)); }

} // namespace

HardwareModule resizeModule(const HardwarePort &from, int64_t tile) {
  HardwareModule made;
  made.module = "mase_resize";
  made.kind = fmt::format("resize_{}_t{}_t{}", formatIdentifier(*from.format), from.tile, tile);
  made.parameters = {{"TileIn", number(from.tile)},
                     {"TileOut", number(tile)},
                     {"Bits", number(from.format->elementBits())},
                     {"ScaleBits", number(from.format->scaleBits())}};
  made.operands = {edgePort("x", *from.format, from.features, from.tile)};
  made.results = {edgePort("y", *from.format, from.features, tile)};
  if (from.tile >= tile) {
    made.timing.inputs = {InputTiming{}};
    made.timing.phases = {{.ticks = from.tile / tile, .gives = WorkPhase::Gives::every}};
  } else {
    made.timing.inputs = {{.use = InputTiming::Use::taken}};
    made.timing.phases = {{.repeat = tile / from.tile - 1, .takes = 0, .free = true},
                          {.gives = WorkPhase::Gives::last, .takes = 0}};
  }
  return made;
}

HardwareModule filterModule(const HardwarePort &rows, Passing passing) {
  HardwareModule made;
  const int64_t beats = rows.features / rows.tile;
  made.module = "mase_row_filter";
  const char *names[] = {"filter", "first", "last"};
  made.kind = fmt::format("{}_{}x{}", names[static_cast<int>(passing)], beats, rows.bits());
  made.parameters = {{"Width", number(rows.bits())},
                     {"Beats", number(beats)},
                     {"KeepBits", passing == Passing::wanted ? "1" : "2"},
                     {"KeepBit", passing == Passing::last ? "1" : "0"}};
  // Of the module a beat is one vector, scales and all.
  made.operands = {{"x", rows.bits(), 0, rows.format, rows.tile, rows.features}};
  made.control = {passing == Passing::wanted ? HardwareControl{{"keep", 1, 0, nullptr, 1, 1}, ControlStream::keep}
                                             : rowControl("keep")};
  made.results = {{"y", rows.bits(), 0, rows.format, rows.tile, rows.features}};
  made.timing.inputs = {{.use = InputTiming::Use::taken}, InputTiming{}};
  made.timing.phases = {{.repeat = beats, .gives = WorkPhase::Gives::every, .takes = 0}};
  made.timing.passes = passing == Passing::wanted  ? ModuleTiming::Passes::wanted
                       : passing == Passing::first ? ModuleTiming::Passes::first
                                                   : ModuleTiming::Passes::last;
  return made;
}

HardwareModule controlModule(int64_t vocabulary, int64_t context, int64_t depth) {
  HardwareModule made;
  const int64_t idBits = bitsOf(vocabulary), tokenBits = (idBits + 7) / 8 * 8; // AXI4-Stream: whole bytes
  made.module = "mase_control";
  made.kind = fmt::format("control_{}x{}_d{}", vocabulary, context, depth);
  made.parameters = {{"TokenBits", number(tokenBits)},
                     {"Vocabulary", number(vocabulary)},
                     {"Context", number(context)},
                     {"Depth", number(depth)}};
  HardwarePort tokens = {"s_axis", tokenBits + 2, 0, nullptr, 1, 1};
  tokens.isAxis = true;
  made.operands = {tokens};
  made.results = {{"id", idBits, 0, nullptr, 1, 1},
                  {"position", bitsOf(context), 0, nullptr, 1, 1},
                  {"c", 2, 0, nullptr, 1, 1},
                  {"keep", 1, 0, nullptr, 1, 1}};
  made.flags = {"error_o"};
  made.timing = beatwise(0, {.capacity = depth});
  return made;
}

} // namespace mase
