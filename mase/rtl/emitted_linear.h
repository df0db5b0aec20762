// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Reads back from an emitted folder what one of its linears is, at its mapped tile.
///
/// The manifest is the only source: the folder may have come from another machine.
#pragma once

#include "mase/ops/linear/linear_config.h"

#include <filesystem>
#include <string>
#include <vector>

namespace mase {

/// A file of weights and the config, tile included, whose memory it fills.
struct EmittedMemory {
  std::string file; // below the folder
  LinearConfig config;
};

struct EmittedLinear {
  std::string name;
  LinearConfig config;                  // with the mapped tile
  std::vector<EmittedMemory> simulated; // those that simulations run with
  std::vector<EmittedMemory> unproven;  // and the others
};

/// All linears of the folder, in the model's order.
/// Errors  InputError: no manifest, or not one that emitDesign wrote.
std::vector<EmittedLinear> emittedLinears(const std::filesystem::path &folder);

} // namespace mase
