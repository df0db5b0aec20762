// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/tanh/bit_true.h"

#include "mase/support/parallel.h"

#include <cmath>

namespace mase {

TabulatedFunction tanhFunction() {
  return {"tanh", [](double z) { return std::tanh(16 * z); }, gateOutputBits, gateArgumentBits - 1};
}

WideRows tanhBitTrue(const Format &format, const BlockIntegers &rows) {
  const FunctionTable &table = functionTable(tanhFunction());
  const WholeRows x(format, rows);
  WideRows result(x.rows(), x.cols(), gateOutputBits + 2);
  std::fill(result.exponent.begin(), result.exponent.end(), -gateOutputBits);
  parallelFor(result.rows, [&](int64_t r) {
    std::vector<int32_t> values(static_cast<size_t>(result.cols));
    x.read(r, values.data());
    int64_t *out = result.sum.data() + r * result.cols;
    for (int64_t c = 0; c < result.cols; ++c) {
      const int64_t t = gateArgument(values[static_cast<size_t>(c)], x.exponent(r, c / WideRows::blockCols));
      const int64_t magnitude = table(static_cast<uint32_t>(std::abs(t)));
      out[c] = t < 0 ? -magnitude : magnitude;
    }
  });
  return result;
}

} // namespace mase
