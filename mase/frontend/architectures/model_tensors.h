// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A checkpoint must hold exactly the tensors that the model's IR names.
///
/// A missing tensor would be silently random elsewhere, and an unexpected one says that the model is another than its
/// config. Two kinds of tensor may stand beside them: buffers that the config determines, and a copy of the embedding
/// under the name of a head that is tied to it, as long as it is one byte for byte.
#pragma once

#include "mase/frontend/safetensors.h"

#include "mlir/IR/BuiltinOps.h"

namespace mase {

/// Checks that `table` holds the tensors of the `mase.weight`s of `model`, in those shapes and in a float type, and no
/// other but tied copies and those whose name ends as one of `derived`.
/// Errors  InputError with name, expected and found shape; of missing tensors the first in the order of their use.
/// Reads no weight, except to compare a tied head.
void checkTensors(mlir::ModuleOp model, std::span<const std::string> derived, const TensorTable &table);

} // namespace mase
