// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Where a model's function leaves its weights a choice: the residual stream and pairs of linears with nothing between
/// them that would mind.
///
/// Found from the graph alone, by what each operator does to its rows; no architecture is known by name.
#pragma once

#include "mase/passes/weights.h"

namespace mase {

/// Steps of the graph.
struct NormReaders {
  size_t norm = 0;
  std::vector<size_t> linears; ///< all that read it
};

/// The norms whose rows linears alone read, in order.
std::vector<NormReaders> normsBeforeLinears(const Weights &weights);

/// The values that embeddings begin and branches are added to, all in one basis.
struct ResidualStream {
  std::vector<size_t> tables;  ///< steps whose constant 0 has rows of the stream
  std::vector<size_t> writers; ///< linears whose outputs are added to it
  std::vector<NormReaders> norms;
  int64_t width = 0;
  bool centred = false; ///< its norms are LayerNorms
};
/// Errors  InputError: something else than norms reads it or writes to it.
ResidualStream residualStream(const Weights &weights);

/// Linears `first` and `second` whose features correspond: feature j of the second one's input depends on output j of
/// the first one's alone, whatever happens between.
struct FeaturePair {
  size_t first = 0, second = 0;
  std::vector<size_t> beside; ///< linears whose outputs meet the same features: gate beside up
  /// Rows of values through attention: head h of the input is head h / shared of the output. 0: no heads.
  int64_t headSize = 0, shared = 1;
  bool scales = false; ///< whether a positive factor on an output is one on the input
};
std::vector<FeaturePair> featurePairs(const Weights &weights);

} // namespace mase
