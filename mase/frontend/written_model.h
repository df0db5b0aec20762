// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What all folders that a model is written to have in common: where they may stand, and what lies beside the weights.
///
/// Packed ones (packed_model.h) and exported ones (exported_model.h). Not thread-safe.
#pragma once

#include "mase/frontend/model.h"

namespace mase {

/// Errors  InputError: `directory` is the model's own, or is there and is no folder that this program wrote.
void checkPlace(const std::filesystem::path &directory, const std::filesystem::path &source);

/// Writes config.json, formats.toml with the formats that the IR has, and the tokenizer's files into `folder`.
void writeCompanions(Model &model, const nlohmann::ordered_json &config, const std::filesystem::path &folder);

} // namespace mase
