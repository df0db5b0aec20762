// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Block logarithms: a sign and a power of two, under a shared exponent bias of 8 bits a block.
///
/// bl<W>: code = sign << (W - 1) | field; field 0 is zero, field f stands for 2^(f - 1) in the block's unit. Values
/// round to the nearest power of two as numbers, not as logarithms; 1.5 goes up, where the even significand is.
///
/// The scale is that of the nearest power of two, too (F14): with floor(log2 max), as elsewhere, a maximum of 1.9 would
/// saturate at 1; and room above it, given to every block, would let a maximum grow each time it is quantised.
/// Source  Miyashita et al., arXiv 1603.01025 (logarithms); arXiv 2307.15517 (the shared bias).
#pragma once

#include "mase/formats/registry.h"

namespace mase {

FormatFamily blFamily();

} // namespace mase
