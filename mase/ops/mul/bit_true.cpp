// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/mul/bit_true.h"

#include "mase/support/parallel.h"

#include <cassert>

namespace mase {

WideRows mulBitTrue(const Format &xFormat, const BlockIntegers &x, const Format &yFormat, const BlockIntegers &y) {
  const WholeRows a(xFormat, x), b(yFormat, y);
  assert(a.rows() == b.rows() && a.cols() == b.cols());
  WideRows product(a.rows(), a.cols(), a.bits() + b.bits() + 1);
  parallelFor(product.rows, [&](int64_t r) {
    std::vector<int32_t> p(static_cast<size_t>(product.cols)), q(p.size());
    a.read(r, p.data()), b.read(r, q.data());
    int64_t *out = product.sum.data() + r * product.cols;
    for (size_t c = 0; c < p.size(); ++c)
      out[c] = int64_t{p[c]} * q[c];
    for (int64_t block = 0; block < product.blocksPerRow(); ++block)
      product.exponent[static_cast<size_t>(r * product.blocksPerRow() + block)] =
          a.exponent(r, block) + b.exponent(r, block);
  });
  return product;
}

} // namespace mase
