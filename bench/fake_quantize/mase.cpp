// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bench/fake_quantize/peers.h"
#include "mase/formats/registry.h"

#include <fmt/core.h>

namespace mase::bench {

void quantizeWithMase(int bits, ConstMatrixView x, MatrixView y) {
  parseFormat(fmt::format("mxint{}", bits)).fakeQuantize(x, y);
}

} // namespace mase::bench
