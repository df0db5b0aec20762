// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// TPE, the tree-structured Parzen estimator: each parameter by itself, the index that is most more likely among the
/// best tenth of the trials than among the rest.
///
/// Source  Bergstra et al., Algorithms for hyper-parameter optimization, NIPS 2011, with the defaults of Optuna 3.1's
///         TPESampler: 10 random trials first, 24 candidates, min(ceil(n / 10), 25) trials below. Densities and
///         decisions are Optuna's (mase/search/tpe/testdata); random numbers are our own.
/// A winner k is proposed as a score uniform in [k - 1/2, k + 1/2), so ties in the projection are no matter of index.
#pragma once

#include "mase/search/sampler.h"

namespace mase {

namespace tpe {
/// Trials of a history of n that count as good.
size_t belowCount(size_t n);
/// Places in `costs` of the `count` least and of the others, each ascending; ties go to the earlier.
struct Split {
  std::vector<size_t> below, above;
};
Split split(const std::vector<double> &costs, size_t count);
} // namespace tpe

class TpeSampler final : public Sampler {
public:
  TpeSampler(const Space &space, uint64_t seed) : space_(space), seed_(seed) {}
  std::vector<double> propose(int number, std::span<const Trial> history) override;

  static constexpr size_t startupTrials = 10;
  static constexpr int candidates = 24;

private:
  const Space &space_;
  uint64_t seed_;
};

} // namespace mase
