// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What an architecture is written with: one function for each operator with tensors of its own, in Hugging Face's
/// names.
///
/// Values are tokens x features unless said otherwise. `module` is the module's name as Hugging Face has it
/// ("model.layers.0.self_attn.q_proj"): it names the tensors (module + ".weight", module + ".bias") and is the
/// operator's location; a linear's slots are named by it. Results are f32; assigning formats comes later. Reads no
/// file: shapes are the config's, and model_tensors.h checks the files against them.
#pragma once

#include "mase/ops/weight/weight_view.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <cstdint>
#include <string>

namespace mase {

/// The element type that the files have for the tensor of that name: f32, bf16 or f16.
using ElementTypeOf = llvm::function_ref<mlir::Type(llvm::StringRef name)>;

enum class Bias { no, yes };

/// Where a linear lies in the file when no tensors of its own name hold it.
struct StoredLinear {
  std::string module;      ///< whose ".weight" and ".bias" hold it
  int64_t features = 0;    ///< out features of that module, all its parts
  int64_t first = 0;       ///< where in them its own begin
  int64_t run = 0;         ///< so many stand side by side, and again from each `stride` on; 0: all of them do
  int64_t stride = 0;      ///<
  bool transposed = false; ///< the matrix is (in, out), as GPT-2's Conv1D has it
};

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

  /// A weight that lies otherwise in the tensor of that name, or scaled: `view` is whole (weight_view.h).
  Value weight(Module tensor, const WeightView &view);

  Value embedding(Module module, Value ids, Value table);
  /// Adds a learned position: the table has `positions` + `offset` rows.
  Value positionEmbedding(Module module, Value x, int64_t positions, int64_t offset);

  /// Adds the row of the token's type: the model gets a second argument, the types.
  Value tokenTypeEmbedding(Module module, Value x, int64_t types);

  Value linear(Module module, Value x, int64_t outFeatures, Bias bias);
  /// The same where the file holds it together with others, or transposed. The module named it as if it stood alone:
  /// its slots are module + ".weight" and module + ".input".
  Value linear(Module module, Value x, int64_t outFeatures, Bias bias, const StoredLinear &stored);
  /// With a matrix (out x in features) that may be another module's: a tied head.
  Value linear(Module module, Value x, Value matrix);

  /// Of rows, or of the rows of each head. `plus` is added to the weight: Gemma stores what exceeds 1.
  Value rmsNorm(Module module, Value x, double epsilon, double plus = 0);
  Value layerNorm(Module module, Value x, double epsilon);

  Value tanh(Module module, Value x);
  /// `token`: "first" or "last".
  Value pool(Module module, llvm::StringRef token, Value x);
  Value softCap(Module module, Value x, double scale, double cap);

  Value add(Module module, Value a, Value b);
  Value mul(Module module, Value a, Value b);
  /// `name` is Hugging Face's, one that findActivation (config_keys.h) knows.
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
