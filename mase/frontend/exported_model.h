// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A quantised model as a Hugging Face folder of plain numbers, so that other programs evaluate exactly its weights
/// (docs/export.md).
///
/// Every weight of a linear has the values that emulation gives it, in the checkpoint's own layout: fused and
/// transposed tensors are written back as they lie. A head that is tied to its embedding gets a tensor of its own if it
/// is quantised. Formats of activations are no part of such a folder.
#pragma once

#include "mase/frontend/model.h"

namespace mase {

enum class ExportDtype { fp32, bf16 };

struct ExportReport {
  int64_t weights = 0; // of linears that are quantised
  int64_t rounded = 0; // numbers that bf16 does not hold
  bool untied = false; // a head has a tensor of its own now
};

/// Writes config.json, the tokenizer's files, formats.toml and model.safetensors, in the formats that the IR has for
/// weights. Appears by rename. One tensor is in memory at a time.
/// Errors  InputError: linears that read one tensor in several formats; `directory` as in checkPlace; a weight that is
///         no finite number in its format.
ExportReport exportModel(Model &model, ExportDtype dtype, const std::filesystem::path &directory);

} // namespace mase
