// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Block minifloats: small floats of any shape under a shared exponent bias of 8 bits a block.
///
/// A bias that the block shares is a power-of-two scale: 2^(field - (bias0 - scale)). So a block minifloat is a
/// FloatElement, all codes numbers, with the scale of the other families.
/// Source  Fox et al., A Block Minifloat Representation for Training Deep Neural Networks, ICLR 2021; arXiv 2307.15517.
/// Rules   docs/formats.md, F1 to F9.
#pragma once

#include "mase/formats/registry.h"

namespace mase {

FormatFamily bmfFamily();

} // namespace mase
