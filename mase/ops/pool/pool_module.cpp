// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/pool/pool_module.h"

#include "mase/ops/edge/plumbing_module.h"
#include "mase/ops/pool/pool_cpu.h"

namespace mase {

HardwareModule poolModule(const HardwareRequest &request) {
  const HardwarePort rows = edgePort("x", *request.formats.inputs.at(0), request.op.inputs.at(0).cols, request.tile.in);
  return filterModule(rows, poolsFirst(request.op) ? Passing::first : Passing::last);
}

} // namespace mase
