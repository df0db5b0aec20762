// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/embedding/embedding_module.h"

#include "mase/ops/embedding/embedding_hardware.h"
#include "mase/ops/linear/linear_module.h"
#include "mase/support/error.h"

#include <algorithm>
#include <bit>
#include <fmt/format.h>

namespace mase {
namespace {

int64_t idBits(int64_t entries) { return entries == 1 ? 1 : std::bit_width(static_cast<uint64_t>(entries - 1)); }

HardwareFile tableOf(const HardwareRequest &request, const Format &format, ConstMatrixView table, int64_t tile) {
  const int64_t scaleBits = format.scaleBits() == 0 ? 0 : edgeScaleBits(format, tile);
  HardwareFile file = {"File", {}, edgeDataBits(format, tile) + scaleBits, table.rows * (table.cols / tile)};
  if (request.contents)
    file.words = embeddingWords(format, format.integers(table), tile);
  return file;
}

/// Adds the row of a table that a control stream chooses.
HardwareModule addedRow(const HardwareRequest &request, ConstMatrixView table, const char *what, ControlStream stream) {
  const Format &input = *request.formats.inputs.at(0), &format = *request.formats.weight,
               &output = *request.formats.output;
  const int64_t tile = request.tile.in;
  HardwareModule made;
  made.module = "mase_position_embedding";
  made.kind = fmt::format("{}_embedding_{}x{}_{}_{}_{}_t{}", what, table.rows, table.cols, formatIdentifier(input),
                          formatIdentifier(format), formatIdentifier(output), tile);
  const std::string tileText = fmt::format("{}", tile);
  for (const ModuleParameters &more :
       {edgeInputParameters(input, "A"), edgeInputParameters(format, "B"), edgeOutputParameters(output),
        ModuleParameters{{"Entries", fmt::format("{}", table.rows)},
                         {"Features", fmt::format("{}", table.cols)},
                         {"TileIn", tileText}}})
    made.parameters.insert(made.parameters.end(), more.begin(), more.end());
  made.operands = {edgePort("x", input, table.cols, tile)};
  made.control = {{{"p", idBits(table.rows), 0, nullptr, 1, 1}, stream}};
  made.results = {edgePort("y", output, table.cols, tile)};
  made.file = tableOf(request, format, table, tile);
  made.timing.inputs = {{.use = InputTiming::Use::taken}, InputTiming{}}; // the table's row is read ahead
  made.timing.phases = {{.repeat = table.cols / tile, .gives = WorkPhase::Gives::every, .takes = 0}};
  made.timing.stages = 3;
  made.timing.queue = castQueue(output, tile);
  return made;
}

/// Out of the head's weight memory: a beat is as wide as the head's input.
HardwareModule tiedEmbedding(const HardwareRequest &request) {
  const ConstMatrixView table = request.op.constants.at(0).values;
  const Format &format = *request.formats.weight;
  const HardwareTile &tile = request.tile;
  const HardwareModule head = linearModule({*request.head->op, request.head->formats, tile, false});
  HardwareModule made;
  made.module = "mase_tied_embedding";
  made.kind = fmt::format("tied_embedding_{}x{}_{}_t{}x{}", table.rows, table.cols, formatIdentifier(format), tile.in,
                          tile.out);
  made.parameters = tiedEmbeddingParameters(format, table.rows, table.cols, tile.in, tile.out, head.words->bits);
  made.control = {{{"x", idBits(table.rows), 0, nullptr, 1, 1}, ControlStream::ids}};
  made.results = {edgePort("y", format, table.cols, tile.in)};
  made.file = {"File", {}, head.words->bits, head.words->count, 2};
  made.gives = HardwareWords{"w", head.words->bits, {}, head.words->count};
  made.timing.inputs = {InputTiming{}};
  made.timing.phases = {{.ticks = table.cols / tile.in, .gives = WorkPhase::Gives::every}};
  made.timing.stages = 2;
  return made;
}

} // namespace

bool readsHead(const OperatorDescription &op, const BitTrueFormats &formats, const TiedHead &head) {
  if (head.op->name != "linear" || formats.weight != head.formats.weight)
    return false;
  const ConstMatrixView table = op.constants.at(0).values, weight = head.op->constants.at(0).values;
  return table.data == weight.data && table.rows == weight.rows && table.cols == weight.cols;
}

HardwareModule embeddingModule(const HardwareRequest &request) {
  if (request.head)
    return tiedEmbedding(request);
  const ConstMatrixView table = request.op.constants.at(0).values;
  const Format &format = *request.formats.weight;
  const int64_t tile = request.tile.out;
  HardwareModule made;
  made.module = "mase_embedding";
  made.kind = fmt::format("embedding_{}x{}_{}_t{}", table.rows, table.cols, formatIdentifier(format), tile);
  made.parameters = embeddingParameters(format, table.rows, table.cols, tile);
  made.control = {{{"x", idBits(table.rows), 0, nullptr, 1, 1}, ControlStream::ids}};
  made.results = {edgePort("y", format, table.cols, tile)};
  made.file = tableOf(request, format, table, tile);
  made.timing.inputs = {InputTiming{}};
  made.timing.phases = {{.ticks = table.cols / tile, .gives = WorkPhase::Gives::every}};
  made.timing.stages = 1;
  return made;
}

HardwareModule positionEmbeddingModule(const HardwareRequest &request) {
  // Positions count from 0: rows before the first one's are of no use, nor those behind the context.
  const ConstMatrixView all = request.op.constants.at(0).values;
  const int64_t offset = request.op.attribute<int64_t>("offset");
  const int64_t entries = std::min(all.rows - offset, request.op.maxRows > 0 ? request.op.maxRows : all.rows);
  return addedRow(request, {all.row(offset), entries, all.cols, all.stride}, "position", ControlStream::positions);
}

HardwareModule tokenTypeEmbeddingModule(const HardwareRequest &request) {
  const ConstMatrixView table = request.op.constants.at(0).values;
  if (table.rows > 2)
    fail("a table of {} types of tokens (two are told apart by tuser)", table.rows);
  return addedRow(request, table, "token_type", ControlStream::keep);
}

} // namespace mase
