// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/linear/cycles.h"

#include "mase/ops/linear/operands.h"

#include <algorithm>

namespace mase {

// S4. The stages from a beat to its output: read, multiply, add; align, where any block has a scale or there is a bias,
// and before it the partial sum of a narrow tile; accumulate; add the bias; then buffer, scale, normalise, round; or,
// to a static scale: magnitude, buffer, out; or, of sums: buffer, out.
int64_t stagesToSum(const LinearConfig &config) {
  const LinearOperand input = linearOperand(config.input, "input"), weight = linearWeight(config.weight);
  int64_t stages = 4 + (config.hasBias ? 1 : 0);
  if (input.scaleBits + weight.scaleBits > 0 || config.hasBias)
    stages += config.tileIn < weight.termFeatures() ? 2 : 1;
  return stages;
}

int64_t predictedCycles(const LinearConfig &config, int64_t rows) {
  if (rows == 0)
    return 0;
  const LinearOperand output = linearOutput(config.output);
  const bool waits = !output.isWide() && !output.isStatic();
  const int64_t fill = stagesToSum(config) + (output.isWide() ? 2 : waits ? 4 : 3);
  const int64_t beatsOfLastBlock = waits ? std::max<int64_t>(1, 32 / config.tileOut) : 1;
  return config.inFeatures / config.tileIn + rows * interval(config) + fill + beatsOfLastBlock - 1;
}

int64_t interval(const LinearConfig &config) { return config.beatsPerRow(); }

int64_t latency(const LinearConfig &config) { return predictedCycles(config, 1); }

} // namespace mase
