// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gate.h"

#include "mase/support/parallel.h"

namespace mase {

WideRows gateBitTrue(const FunctionTable &table, const Format &format, const BlockIntegers &rows) {
  const WholeRows x(format, rows);
  WideRows gated(x.rows(), x.cols(), x.bits() + gateOutputBits + 1);
  parallelFor(gated.rows, [&](int64_t r) {
    std::vector<int32_t> values(static_cast<size_t>(gated.cols));
    x.read(r, values.data());
    int64_t *out = gated.sum.data() + r * gated.cols;
    for (int64_t block = 0; block < gated.blocksPerRow(); ++block) {
      const int32_t exponent = x.exponent(r, block);
      const int64_t first = block * WideRows::blockCols, end = std::min(gated.cols, first + WideRows::blockCols);
      for (int64_t c = first; c < end; ++c) {
        const int32_t value = values[static_cast<size_t>(c)];
        const int64_t t = gateArgument(value, exponent);
        out[c] = value * table(static_cast<uint32_t>(t + (1 << (gateArgumentBits - 1))));
      }
      gated.exponent[static_cast<size_t>(r * gated.blocksPerRow() + block)] = exponent - gateOutputBits;
    }
  });
  return gated;
}

} // namespace mase
