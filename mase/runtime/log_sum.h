// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The denominator of a softmax over one row of logits, in the log domain: what a token's log-likelihood needs.
///
/// The log-likelihood of id i is `row[i] - logSum`. Vectorised; the same numbers on any number of threads.
#pragma once

#include <cstdint>

namespace mase {

struct LogSum {
  float largest = 0; // of the row
  double logSum = 0; // log of the sum of exp(row), in nats
};

/// `count` >= 1. Thread-safe. Cost  two passes over the row.
LogSum logSumOf(const float *row, int64_t count);

/// Whether `id` is the prediction: the first of the row's largest values.
bool isPrediction(const float *row, int32_t id, float largest);

} // namespace mase
