// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// NVFP4: e2m1 elements, an e4m3 scale for every 16, and one fp32 scale for the tensor.
///
/// The tensor's scale brings the largest block scale to 448, e4m3's largest; a block's is its largest magnitude / 6
/// in those units, to nearest even. `nvfp4/e4m3-row` has one fp32 scale a row: activations use it
/// (Format::withRowScales). Source  NVIDIA, Introducing NVFP4 for Efficient and Accurate Low-Precision Inference, 2025.
#pragma once

#include "mase/formats/registry.h"

namespace mase {

FormatFamily nvfp4Family();

} // namespace mase
