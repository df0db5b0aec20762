// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A whole model onto a device: a tile for every operator, within a budget that holds what joins them too.
///
/// Resizes, casts behind operators, FIFOs and the entrance follow from the tiles, so the operators are mapped first
/// (mase/hardware/map_operators.h), then the netlist is made, without its contents, and if both together exceed the
/// budget, the operators are mapped again within what the rest leaves. The same netlist says the cycles. No MLIR.
#pragma once

#include "mase/hardware/map_operators.h"
#include "mase/rtl/netlist.h"
#include "mase/runtime/bit_true_plan.h"

namespace mase {

/// The operators of a graph that have modules, with their places on the path; `steps`: of each, its step.
struct OperatorsToMap {
  std::vector<OperatorToMap> operators; // point into the plan
  std::vector<size_t> steps;
};
OperatorsToMap operatorsOf(const BitTruePlan &plan);

/// plan  its static scales do not matter
/// Errors  InputError: an operator without hardware in its formats, and as mapOperators; CheckError: nothing fits.
MapReport mapModel(const BitTruePlan &plan, const Device &device, const MapOptions &options = {});

/// The tiles of a mapping of the whole model, one a step of the graph, as modelNetlist() takes them.
std::vector<HardwareTile> tilesOf(const MapReport &report, const BitTruePlan &plan);

/// What a netlist has beside the operators of the graph, by module, FIFOs last.
std::vector<MappedPart> partsBeside(const Netlist &netlist, const BitTruePlan &plan);

} // namespace mase
