// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What is to be written as hardware: the linear layers of a model, with their weights and real activations.
///
/// The views must stay valid while the design is used; nothing is copied.
#pragma once

#include "mase/ops/linear/linear_config.h"
#include "mase/rtl/model_folder.h"
#include "mase/support/matrix.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mase {

/// One linear layer.
struct LinearInstance {
  std::string name;           // as the model has it: "model.layers.0.self_attn.q_proj"; unique in the design
  LinearConfig config;        // the mapped tile included
  ConstMatrixView weight;     // outFeatures x inFeatures, unquantised
  ConstMatrixView activation; // rows x inFeatures: what an evaluation text gives there, unquantised (the input vectors)
  std::span<const float> bias = {}; // outFeatures, if the config has one
};

struct Design {
  std::string model; // "llama-stories-1m"
  std::vector<LinearInstance> linears;
  std::optional<ModelDesign> whole; // the model itself, if all of it has hardware
};

} // namespace mase
