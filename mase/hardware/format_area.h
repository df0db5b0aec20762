// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What a format costs in hardware, on a linear that is the same for all: 1024 x 1024, 32 x 8 products a cycle, inputs,
/// weights and outputs in the format; where that has one scale for the tensor, inputs and outputs under a static one.
///
/// A comparison of dot products alone flatters formats whose scales, casts and buffers are dear (docs/area.md), so both
/// are told.
#pragma once

#include "mase/formats/format.h"
#include "mase/hardware/area.h"

#include <optional>
#include <string>

namespace mase {

struct FormatArea {
  double laneLut = 0; ///< one more output of the tile: 32 products, their sum, its alignment and accumulation, its cast
  Area linear;    ///< the linear with its row buffer and cast; its weights as block memories; products in carry rows
  Area linearDsp; ///< the same with products in DSP slices
  int64_t weightBits = 0; ///< of the weight memory, scales included
};

/// What part of a device a linear takes, LUTs and DSPs alike: copies of it fill the device, as many of them with their
/// products in DSP slices as makes both run out together. All of them where LUTs run out first nevertheless, none where
/// slices save no LUTs.
struct EvenShare {
  double share = 0;   ///< of the device's LUTs, for each linear on average
  double dspPart = 0; ///< of the linears, those with DSPs
};
EvenShare evenShare(const FormatArea &area, const Area &device);

/// Nothing where the format has no linear: `reason` is then what checkLinearHardware says.
std::optional<FormatArea> formatArea(const Format &format, std::string &reason);

} // namespace mase
