// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A quantised model as a folder of its own: what `mase quantize -o FOLDER` writes and Model::open reads
/// (docs/checkpoints.md).
///
/// Packed is each tensor that linears alone read, all in one format; a table that is an embedding too stays as it is.
#pragma once

#include "mase/frontend/model.h"

namespace mase {

/// The format in which the linears of a module read each tensor, by the tensor's name; null where they differ or where
/// something else reads it.
std::map<std::string, const Format *> weightFormats(mlir::ModuleOp module);

/// Checks that the module reads each packed tensor of `table` in the format in which it is packed; `config` is the file
/// that says so. Errors  InputError.
void checkPackedFormats(mlir::ModuleOp module, const TensorTable &table, const std::string &config);

/// Writes config.json, the tokenizer's files, formats.toml and model.safetensors, in the formats that the IR has.
/// Appears by rename. One tensor is in memory at a time.
/// Errors  InputError: a format that cannot be stored; `directory` is there and is no such folder, or is the model's.
void writePackedModel(Model &model, const std::filesystem::path &directory);

} // namespace mase
