// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// For tests: a LLaMA of two layers and width 64 in some formats at some tiles, as hardware. Its head is tied to its
/// embedding, so that one memory holds both.
///
/// The same formats and interval give the same kinds, so that built models are shared.
#pragma once

#include "mase/formats/registry.h"
#include "mase/rtl/model_netlist.h"
#include "mase/runtime/tiny_model.h"

#include <memory>

namespace mase::testing_netlist {

struct Tiny {
  Plan plan{testing_model::TinyModel().graph(true, true)};
  FormatAssignment assignment;
  EdgeFormats edges;
  std::unique_ptr<BitTruePlan> integers;
  Netlist netlist;

  explicit Tiny(const char *format = "mxint8", int64_t interval = 256) {
    assignment = plan.uniform(parseFormat(format));
    edges = resolveEdges(plan.graph(), assignment, nullptr, {});
    integers = std::make_unique<BitTruePlan>(plan.graph(), assignment, edges);
    std::vector<HardwareTile> tiles;
    for (const GraphStep &step : plan.graph().steps)
      tiles.push_back(smallestTile(step.op, interval));
    netlist = modelNetlist(*integers, tiles);
  }
};

} // namespace mase::testing_netlist
