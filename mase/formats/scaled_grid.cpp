// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/scaled_grid.h"

#include "mase/formats/block_format.h"

namespace mase {

std::optional<ScaledGrid> scaledGrid(const Format &format) {
  const auto *block = dynamic_cast<const BlockFormat *>(&format);
  if (!block || &block->rounding() != &ocpRounding() || block->scale().significandBits() > 0 ||
      block->scale().outer() != OuterScale::none)
    return std::nullopt;
  const std::optional<RoundingGrid> grid = block->element().grid();
  if (!grid)
    return std::nullopt;
  return ScaledGrid{*grid, format.block(), block->scale().minExponent(), block->scale().maxExponent()};
}

} // namespace mase
