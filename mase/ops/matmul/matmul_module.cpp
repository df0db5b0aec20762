// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/matmul/matmul_module.h"

#include "mase/ops/matmul/scores_hardware.h"
#include "mase/support/error.h"

namespace mase {
namespace {

HardwareModule scoresModule(const HardwareRequest &request) {
  const ValueShape &queries = request.op.inputs.at(0), &cached = request.op.inputs.at(1);
  const Format &query = *request.formats.inputs.at(0), &key = *request.formats.inputs.at(1);
  const AttentionShape shape = {queries.heads,   cached.heads,      queries.cols,
                                request.tile.in, request.tile.keys, request.op.maxRows};
  HardwareModule made;
  made.module = "mase_scores";
  made.kind = fmt::format("scores_{}of{}_{}x{}_{}_{}_t{}x{}", shape.heads, shape.keyHeads, shape.headFeatures,
                          shape.context, formatIdentifier(query), formatIdentifier(key), shape.tile, shape.keys);
  made.parameters = scoresParameters(query, key, shape);
  made.operands = {edgePort("x", query, shape.heads * shape.headFeatures, shape.tile),
                   edgePort("k", key, shape.keyHeads * shape.headFeatures, shape.tile)};
  made.control = {rowControl("c")};
  made.results = {{"y", shape.keys * request.formats.output->elementBits(), 0, request.formats.output, shape.keys, -1}};
  made.rowsInside = 3;
  return made;
}

} // namespace

HardwareModule matmulModule(const HardwareRequest &request) {
  if (!request.op.attributeOr("causal", false))
    fail("attention that is not causal has no hardware");
  if (request.op.attributeOr("transpose_rhs", false))
    return scoresModule(request);
  fail("values have no hardware");
}

} // namespace mase
