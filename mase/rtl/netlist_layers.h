// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Which module of the top level an instance is in: that of its layer, or the top level itself.
///
/// Layers are told by names, as Hugging Face has them. Pure functions.
#pragma once

#include "mase/rtl/netlist.h"

namespace mase {

/// The layer that an instance belongs to: "model.layers.0" of "model.layers.0.mlp.up_proj", "bert.encoder.layer.0" of
/// "bert.encoder.layer.0.output.dense"; empty: none.
std::string layerOf(const std::string &name);

/// All layers, in the order of their first instances.
std::vector<std::string> layersOf(const Netlist &netlist);

} // namespace mase
