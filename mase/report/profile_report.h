// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What `mase profile` reports: every tensor as JSON, variances by layer as a plot, a table for people
/// (docs/profile.md).
///
/// A kind is a tensor's name behind the layer's number; tensors outside of layers are in the JSON and the table alone.
#pragma once

#include "mase/report/line_plot.h"
#include "mase/runtime/profile.h"

#include <nlohmann/json.hpp>

namespace mase {

/// model, tokens, tensors.
nlohmann::ordered_json profileJson(const std::string &model, int64_t tokens, const std::vector<TensorProfile> &tensors);

/// The variance of each kind by layer: of the weights, or of the activations (the paper's Figure 1a).
LinePlot variancePlot(const std::string &model, bool weights, const std::vector<TensorProfile> &tensors);

/// One line a kind: least and greatest over its layers.
std::string profileText(const std::vector<TensorProfile> &tensors);

} // namespace mase
