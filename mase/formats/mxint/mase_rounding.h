// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Roundings of the published MASE quantisers for integer elements, bit for bit.
///
/// `mase` is block_fp: the exponent is ceil(log2 max), so that a maximum that is a power of two saturates; 1e-9 is
/// added to each magnitude before it is rounded; magnitudes up to 1e-8 pass unquantised; what is not finite becomes
/// zero, and a block whose maximum rounds to 2^128 becomes NaN. `mase-mxint` is its mxint: as `ocp`, but with the most
/// negative code. Source  their outputs; no code of theirs was read.
#pragma once

#include "mase/formats/rounding.h"

namespace mase {

const Rounding &maseBlockFp();
const Rounding &maseMxInt();

} // namespace mase
