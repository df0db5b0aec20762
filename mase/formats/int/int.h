// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Integers under one fp32 scale for the tensor, each row or each block: the usual `int8`.
///
/// scale = largest magnitude / (2^(W-1) - 1), so the whole range is used; elements are symmetric (F4). The scale is
/// not a power of two: hardware multiplies by its 13-bit significand where the scale leaves the sum (float_scale.h).
/// A scale for the whole tensor follows the data here; activations need a static one or a scale a row
/// (Format::withRowScales), or prefill and decode would differ.
#pragma once

#include "mase/formats/registry.h"

namespace mase {

FormatFamily intFamily();

} // namespace mase
