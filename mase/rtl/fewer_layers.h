// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A design with some of its layers left out: what is found out on it holds for the whole one as a guess, which is
/// cheap to check, while finding it out on dozens of layers is not.
///
/// Layers are told by names (netlist_layers.h). Pure functions.
#pragma once

#include "mase/rtl/netlist.h"

#include <optional>

namespace mase {

/// The first layers and the last one, `most` in all, joined as the layers of the whole design are. Channels keep their
/// depths; operators their names.
/// Returns none if there are not more, or if layers are joined in another way than each to the next by the same
/// operators.
std::optional<Netlist> fewerLayers(const Netlist &netlist, size_t most);

} // namespace mase
