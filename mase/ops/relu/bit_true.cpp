// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/relu/bit_true.h"

#include "mase/support/parallel.h"

#include <algorithm>

namespace mase {

WideRows reluBitTrue(const Format &format, const BlockIntegers &rows) {
  const WholeRows x(format, rows);
  WideRows result(x.rows(), x.cols(), x.bits() + 1);
  parallelFor(result.rows, [&](int64_t r) {
    std::vector<int32_t> values(static_cast<size_t>(result.cols));
    x.read(r, values.data());
    for (size_t c = 0; c < values.size(); ++c)
      result.sum[static_cast<size_t>(r * result.cols) + c] = std::max(values[c], 0);
    for (int64_t block = 0; block < result.blocksPerRow(); ++block)
      result.exponent[static_cast<size_t>(r * result.blocksPerRow() + block)] = x.exponent(r, block);
  });
  return result;
}

} // namespace mase
