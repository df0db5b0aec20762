// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Writes a design as a folder of SystemVerilog that needs nothing else: library files, one wrapper for each kind of
/// linear, weight memories, input vectors with the expected outputs, test bench, synthesis scripts, manifest.json.
///
/// The expected outputs are the integer model's (mase/ops/linear/bit_true.h).
#pragma once

#include "mase/rtl/design.h"

#include <filesystem>

namespace mase {

struct EmitOptions {
  int simulationTileIn = 32, simulationTileOut = 1; // every linear is simulated at this tile...
  std::vector<std::string> atMappedTile;            // ...and these also at the tile of their config
};

/// Replaces `folder`. The same design gives the same bytes.
/// Errors  InputError when a config has no hardware, a shape does not fit or a name occurs twice.
void emitDesign(const Design &design, const EmitOptions &options, const std::filesystem::path &folder);

} // namespace mase
