// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The tensors that a LLaMA decoder consists of, by Hugging Face's names.
///
/// A checkpoint must hold exactly these: a missing tensor would be silently random elsewhere, and an unexpected one
/// says that the model is another than its config. The exception are buffers that old versions of transformers wrote
/// and that the config determines (`rotary_emb.inv_freq`), and a copy of the embedding under the tied head's name.
#pragma once

#include "mase/frontend/hf_config.h"
#include "mase/frontend/safetensors.h"

namespace mase {

struct ExpectedTensor {
  std::string name;
  std::vector<int64_t> shape; ///< a linear's weight is (out, in)
};

/// The tensors that a model of this config needs, in the order of their use.
std::vector<ExpectedTensor> llamaTensors(const LlamaConfig &config);

/// Checks that `table` holds these tensors with these shapes, in a float type, and no other.
/// Errors  InputError with name, expected and found shape. Reads no weight, except to compare a tied head.
void checkLlamaTensors(const LlamaConfig &config, const TensorTable &table);

} // namespace mase
