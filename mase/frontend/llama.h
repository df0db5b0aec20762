// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// From a LLaMA's sizes to the IR: `func.func @main(%ids: tensor<?xi32>) -> tensor<?xVxf32>`, ids to logits.
///
/// Modules and weights have their Hugging Face names. The linears come in the order q, k, v, o, gate, up, down of each
/// layer, and lm_head last: that order numbers the slots of a format assignment. Tied embeddings read one
/// `mase.weight`, "model.embed_tokens.weight", twice. Each operator's location is its module's name.
#pragma once

#include "mase/frontend/hf_config.h"
#include "mase/frontend/safetensors.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace mase {

/// The element type that the files have for the tensor of that name: f32, bf16 or f16.
using ElementTypeOf = llvm::function_ref<mlir::Type(llvm::StringRef name)>;

/// Builds the model in `context`, which must know the dialect (mase/ops/register_dialect.h). Everything is f32 but the
/// weights; assigning formats comes later. Reads no file; shapes are the config's, and whoever opens the files checks
/// them. Errors: none for a config that readLlamaConfig gave.
mlir::OwningOpRef<mlir::ModuleOp> buildLlama(mlir::MLIRContext &context, const LlamaConfig &config,
                                             ElementTypeOf elementTypeOf);

/// The same, with the element types that `table` has. Every tensor must be there: checkLlamaTensors says so first.
mlir::OwningOpRef<mlir::ModuleOp> buildLlama(mlir::MLIRContext &context, const LlamaConfig &config,
                                             const TensorTable &table);

} // namespace mase
