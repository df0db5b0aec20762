// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/add/bit_true.h"

#include "mase/support/parallel.h"

#include <algorithm>
#include <cassert>

namespace mase {

WideRows addBitTrue(const Format &xFormat, const BlockIntegers &x, const Format &yFormat, const BlockIntegers &y) {
  constexpr int guardBits = 10;
  const WholeRows a(xFormat, x), b(yFormat, y);
  assert(a.rows() == b.rows() && a.cols() == b.cols());
  WideRows sum(a.rows(), a.cols(), std::max(a.bits(), b.bits()) + guardBits + 2);
  parallelFor(sum.rows, [&](int64_t r) {
    std::vector<int32_t> p(static_cast<size_t>(sum.cols)), q(p.size());
    a.read(r, p.data()), b.read(r, q.data());
    for (int64_t block = 0; block < sum.blocksPerRow(); ++block) {
      const int32_t ea = a.exponent(r, block), eb = b.exponent(r, block), largest = std::max(ea, eb);
      const int64_t first = block * WideRows::blockCols, end = std::min(sum.cols, first + WideRows::blockCols);
      int64_t *out = sum.sum.data() + r * sum.cols;
      for (int64_t c = first; c < end; ++c)
        out[c] = roundingShift(int64_t{p[static_cast<size_t>(c)]} << guardBits, largest - ea) +
                 roundingShift(int64_t{q[static_cast<size_t>(c)]} << guardBits, largest - eb);
      sum.exponent[static_cast<size_t>(r * sum.blocksPerRow() + block)] = largest - guardBits;
    }
  });
  return sum;
}

} // namespace mase
