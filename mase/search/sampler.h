// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What proposes trials. One file, or one folder, a sampler; sampler.cpp lists them.
///
/// A proposal is a pure function of (space, seed, trial number, complete trials of smaller number): a study that was
/// killed and resumed goes on exactly as it would have. Trial 0 of every sampler is Space::uniform(), which runSearch
/// proposes itself.
#pragma once

#include "mase/search/space.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace mase {

class Sampler {
public:
  virtual ~Sampler() = default;
  /// The scores of trial `number` >= 1, for project(), from what earlier trials cost (Trial::cost, smaller is better).
  /// `history` holds the complete trials of smaller number, by number; at least trial 0. A sampler may keep what it
  /// derived from a history as long as calls extend it.
  virtual std::vector<double> propose(int number, std::span<const Trial> history) = 0;
};

struct SamplerKind {
  std::string_view name, summary;
  /// `space` outlives the sampler.
  std::unique_ptr<Sampler> (*make)(const Space &space, uint64_t seed);
};

/// All samplers; the first is the default.
const std::vector<SamplerKind> &samplerKinds();

/// Errors  InputError, which lists the names, when there is no such sampler.
std::unique_ptr<Sampler> makeSampler(std::string_view name, const Space &space, uint64_t seed);

} // namespace mase
