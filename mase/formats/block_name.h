// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The part of a format's name that families share: `FAMILY<number>[:RxC]`.
#pragma once

#include "mase/formats/format.h"

#include <optional>
#include <string_view>

namespace mase {

struct BlockName {
  int width = 0;
  BlockShape block;
};

/// "mxint4:16x2" of family "mxint" -> {4, {16, 2}}; the block is 1x32 when not given. Null when the name does not
/// have that form, so that another family may claim it.
std::optional<BlockName> parseBlockName(std::string_view name, std::string_view family);

/// ":16x2", or nothing for 1x32.
std::string blockSuffix(BlockShape block);

} // namespace mase
