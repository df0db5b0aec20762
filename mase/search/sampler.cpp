// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/search/sampler.h"

#include "mase/search/groups/groups_sampler.h"
#include "mase/search/random_sampler.h"
#include "mase/search/tpe/tpe_sampler.h"
#include "mase/support/error.h"

namespace mase {

const std::vector<SamplerKind> &samplerKinds() {
  static const std::vector<SamplerKind> kinds = {
      {"groups", "probes groups of tensors, exchanges bits under a trust region, refines single tensors",
       [](const Space &space, uint64_t seed) -> std::unique_ptr<Sampler> {
         if (!space.budget)
           return std::make_unique<TpeSampler>(space, seed);
         return std::make_unique<GroupsSampler>(space, seed);
       }},
      {"tpe", "tree-structured Parzen estimator, each tensor by itself, as Optuna's",
       [](const Space &space, uint64_t seed) -> std::unique_ptr<Sampler> {
         return std::make_unique<TpeSampler>(space, seed);
       }},
      {"random", "every format as likely as any other, then lowered to the budget",
       [](const Space &space, uint64_t seed) -> std::unique_ptr<Sampler> {
         return std::make_unique<RandomSampler>(space, seed);
       }},
  };
  return kinds;
}

std::unique_ptr<Sampler> makeSampler(std::string_view name, const Space &space, uint64_t seed) {
  std::string known;
  for (const SamplerKind &kind : samplerKinds()) {
    if (kind.name == name)
      return kind.make(space, seed);
    known += fmt::format("{}{}", known.empty() ? "" : ", ", kind.name);
  }
  fail("sampler '{}' does not exist (known: {})", name, known);
}

} // namespace mase
