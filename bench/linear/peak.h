// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The ceiling of the linear benchmark: fused multiply-adds on registers alone, in the widest vectors of the processor.
///
/// No matrix product in fp32 is faster in one thread; what it loses to this is loads, edges and waiting.
#pragma once

#include <cstdint>

namespace mase::bench {

/// Does about `operations` floating-point operations (a multiply-add is two), and returns how many it did exactly.
int64_t multiplyAddOnly(int64_t operations);

} // namespace mase::bench
