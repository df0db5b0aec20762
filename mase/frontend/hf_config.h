// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What a model is, from the config.json that Hugging Face writes beside its weights.
///
/// Both generations of the file are read: `rope_parameters` and `dtype` (transformers 5), `rope_theta`, `rope_scaling`
/// and `torch_dtype` (before). A key that would change the model's result and that MASE does not implement is refused
/// with its value, never passed over; keys that only steer training or generation are ignored.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mase {

/// A LLaMA decoder: RMSNorm, rotary positions, grouped-query attention, SiLU-gated MLP. Sizes in elements, all > 0.
struct LlamaConfig {
  int64_t vocabSize = 0;
  int64_t hiddenSize = 0;
  int64_t intermediateSize = 0;
  int64_t layers = 0;
  int64_t heads = 0;
  int64_t kvHeads = 0;      ///< divides heads
  int64_t headDim = 0;      ///< even; hiddenSize / heads unless the file says otherwise
  int64_t maxPositions = 0; ///< the longest context
  double rmsNormEpsilon = 0;
  double ropeTheta = 0;
  bool tieWordEmbeddings = false; ///< the head is the embedding's weight: lm_head.weight is absent
  bool attentionBias = false;
  bool mlpBias = false;
  std::optional<int32_t> bosId;
  std::vector<int32_t> eosIds; ///< any of these ends a text; may be empty
  std::string dtype;           ///< what the file says of its weights ("bfloat16"), or empty
};

/// Reads `modelDir`/config.json.
/// Errors  InputError: the architecture is not LlamaForCausalLM, a key is missing, of another type, out of range or
///         asks for something that is not implemented.
LlamaConfig readLlamaConfig(const std::filesystem::path &modelDir);

/// The same from the file's text; `file` is what errors start with.
LlamaConfig parseLlamaConfig(std::string_view file, std::string_view text);

} // namespace mase
