// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/linear/cycles.h"

#include "mase/ops/linear/operands.h"

#include <algorithm>

namespace mase {

// S4. The nine stages from a beat to its output: read, multiply, add, align, accumulate, buffer, scale, normalise,
// round; a narrow tile adds one, the partial sum.
int64_t predictedCycles(const LinearConfig &config, int64_t rows) {
  if (rows == 0)
    return 0;
  const int64_t fill = config.tileIn < linearWeight(config.weight).termFeatures() ? 10 : 9;
  const int64_t beatsOfLastBlock = std::max<int64_t>(1, 32 / config.tileOut);
  return config.inFeatures / config.tileIn + rows * interval(config) + fill + beatsOfLastBlock - 1;
}

int64_t interval(const LinearConfig &config) { return config.beatsPerRow(); }

int64_t latency(const LinearConfig &config) { return predictedCycles(config, 1); }

} // namespace mase
