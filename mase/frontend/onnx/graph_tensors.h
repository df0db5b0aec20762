// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Which initialiser of an ONNX graph is which tensor of the model, found by showing that both compute the same.
///
/// The config says what the model computes (its IR); the graph is followed for a short text (evaluation.h), and the two
/// are laid over each other from the logits back: each operator of the IR must be found in the graph, with its numbers
/// (epsilons, scales, angles, masks) and with an initialiser where the IR has a weight. Names of nodes and of
/// initialisers do not matter. Errors  InputError: what the graph does otherwise, by the node's name and type. Cost
/// grows with the layers and the features, not with the weights, which stay mapped; except that a head tied to the
/// embedding but stored apart is compared.
#pragma once

#include "mase/frontend/onnx/evaluation.h"
#include "mase/frontend/safetensors.h"

#include "mlir/IR/BuiltinOps.h"

namespace mase::onnx {

/// The tensors by the names that the model's IR has for them.
/// padding  the config's pad_token_id, or -1
TensorTable tensorsOf(const File &file, mlir::ModuleOp model, int64_t padding);

} // namespace mase::onnx
