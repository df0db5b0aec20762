// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What an architecture is written with: one function for each operator with tensors of its own, in Hugging Face's
/// names.
///
/// Values are tokens x features unless said otherwise. `module` is the module's name as Hugging Face has it
/// ("model.layers.0.self_attn.q_proj"): it names the tensors (module + ".weight", module + ".bias") and is the
/// operator's location; a linear's slots are named by it. Results are f32; assigning formats comes later. Reads no
/// file: shapes are the config's, and model_tensors.h checks the files against them.
#pragma once

#include "mlir/IR/Builders.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <cstdint>
#include <string>

namespace mase {

/// The element type that the files have for the tensor of that name: f32, bf16 or f16.
using ElementTypeOf = llvm::function_ref<mlir::Type(llvm::StringRef name)>;

enum class Bias { no, yes };

class ModelBuilder {
public:
  using Value = mlir::Value;
  using Module = const std::string &;

  /// Builds where `builder` stands; both outlive this.
  ModelBuilder(mlir::OpBuilder &builder, ElementTypeOf elementTypeOf)
      : builder_(builder), elementTypeOf_(elementTypeOf) {}

  /// The tensor module + ".weight", and module + ".bias". Emit each once a model.
  Value weight(Module module, llvm::ArrayRef<int64_t> shape) { return tensor(module, ".weight", shape); }
  Value bias(Module module, llvm::ArrayRef<int64_t> shape) { return tensor(module, ".bias", shape); }

  Value embedding(Module module, Value ids, Value table);
  /// Adds a learned position: the table has `positions` + `offset` rows.
  Value positionEmbedding(Module module, Value x, int64_t positions, int64_t offset);

  /// Adds the row of the token's type: the model gets a second argument, the types.
  Value tokenTypeEmbedding(Module module, Value x, int64_t types);

  Value linear(Module module, Value x, int64_t outFeatures, Bias bias);
  /// With a matrix (out x in features) that may be another module's: a tied head.
  Value linear(Module module, Value x, Value matrix);

  Value rmsNorm(Module module, Value x, double epsilon);
  Value layerNorm(Module module, Value x, double epsilon);

  Value tanh(Module module, Value x);
  /// `token`: "first" or "last".
  Value pool(Module module, llvm::StringRef token, Value x);

  Value add(Module module, Value a, Value b);
  Value mul(Module module, Value a, Value b);
  /// `name` is Hugging Face's, one that activationOperator (config_keys.h) knows.
  Value activation(Module module, llvm::StringRef name, Value x);

  /// For blocks that emit operators of their own (attention.h).
  mlir::OpBuilder &builder() { return builder_; }
  mlir::Location at(llvm::StringRef module);

private:
  Value tensor(Module module, const char *which, llvm::ArrayRef<int64_t> shape);

  mlir::OpBuilder &builder_;
  ElementTypeOf elementTypeOf_;
};

} // namespace mase
