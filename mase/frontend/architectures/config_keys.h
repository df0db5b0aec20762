// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// How configs of every architecture are read: the keys they share, and refusals.
///
/// A config is the config.json that Hugging Face writes beside the weights. A key that would change the model's result
/// and that MASE does not implement is refused with its value, never passed over; keys that only steer training or
/// generation are ignored. Each architecture lists its own in a table for checkNeutral.
/// Errors, of all functions: InputError with file, key and value.
#pragma once

#include "mase/frontend/architectures/model_config.h"
#include "mase/frontend/json.h"

#include <initializer_list>

namespace mase {

/// A key that changes what a model computes, and the one value of it (beside absent and null) that changes nothing.
struct NeutralKey {
  const char *key;
  Json value; ///< null: the key must be absent
};

/// `quantization_config` of a checkpoint that this program packed (docs/checkpoints.md).
Json ownQuantization();

/// Refuses other values than the neutral ones.
void checkNeutral(const JsonObject &config, std::initializer_list<NeutralKey> keys);

/// `model_type`, where the file has one, and the keys that no architecture implements so far (quantised checkpoints,
/// encoder-decoders, experts).
void checkShared(const JsonObject &config, const char *modelType);

/// A size along one axis: 1 to 2^30.
int64_t readSize(const JsonObject &config, const char *key);
int64_t readSizeOr(const JsonObject &config, const char *key, int64_t otherwise);
/// All heads side by side are a size along one axis too.
void checkHeads(const JsonObject &config, int64_t heads, int64_t headDim);
/// A number of layers: 1 to 10,000.
int64_t readLayers(const JsonObject &config, const char *key);
/// What a norm adds before the root: above 0, below 1.
double readEpsilon(const JsonObject &config, const char *key);

/// An activation function: Hugging Face's name, the operator that computes it, and the flag that the operator takes or
/// null.
struct Activation {
  const char *name, *op, *flag;
};
/// Null when no operator computes it.
const Activation *findActivation(std::string_view name);
/// The name of one that findActivation() knows.
std::string readActivation(const JsonObject &config, const char *key);

/// The number of classes of a classifier: those that `id2label` names, else `num_labels`, else 2.
int64_t readClasses(const JsonObject &config);

/// Vocabulary, positions, special tokens and dtype. `tied` is what an absent `tie_word_embeddings` means: architectures
/// differ in it. `positions` is the key of the longest context.
void readModelConfig(const JsonObject &config, bool tied, ModelConfig &model,
                     const char *positions = "max_position_embeddings");

} // namespace mase
