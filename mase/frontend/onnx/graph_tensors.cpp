// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/onnx/graph_tensors.h"

#include "mase/frontend/onnx/graph_match.h"
#include "mase/ir/model_function.h"
#include "mase/ops/softmax/softmax_ir.h"
#include "mase/support/error.h"
#include "mase/support/parallel.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace mase::onnx {
namespace {

/// A prime that no model has as a size: axes cannot be mistaken for each other.
constexpr int64_t usualLength = 5;
constexpr int64_t mostTokens = 64;

/// Long enough to see every window end.
int64_t lengthFor(const File &file, mlir::ModuleOp model, int64_t positions) {
  int64_t window = 0;
  model.walk(
      [&](ir::SoftmaxOp softmax) { window = std::max(window, static_cast<int64_t>(softmax.getWindow().value_or(0))); });
  const int64_t fixed = fixedLength(file), needed = window > 0 ? window + 2 : 1;
  const int64_t length = fixed > 0 ? fixed : std::max(std::min(usualLength, positions), needed);
  if (length > mostTokens || length > positions || length < needed)
    fail("{}: following the graph takes {} tokens (at most {}, and {} positions; windows of {} must end in it)",
         file.name(), length, mostTokens, positions, window);
  return length;
}

Dtype dtypeOf(DataType type) {
  return type == DataType::float32    ? Dtype::F32
         : type == DataType::float16  ? Dtype::F16
         : type == DataType::bfloat16 ? Dtype::BF16
                                      : Dtype::NotFloat;
}

const char *nameOf(Dtype dtype) {
  return dtype == Dtype::F32 ? "F32" : dtype == Dtype::F16 ? "F16" : dtype == Dtype::BF16 ? "BF16" : "DOUBLE";
}

/// Converts row by row of what is stored, and puts rows into columns.
std::function<void(float *)> turned(const Tensor &stored) {
  return [stored](float *out) {
    const int64_t rows = stored.shape[0], cols = stored.shape[1];
    constexpr int64_t together = 64; // rows of a task
    const int64_t bytes = std::ssize(stored.bytes) / stored.elements;
    parallelFor((rows + together - 1) / together, [&](int64_t task) {
      const int64_t begin = task * together, count = std::min(rows - begin, together);
      Tensor part = stored;
      part.elements = count * cols;
      part.shape = {count, cols};
      part.bytes =
          stored.bytes.subspan(static_cast<size_t>(begin * cols * bytes), static_cast<size_t>(count * cols * bytes));
      std::vector<float> values(static_cast<size_t>(count * cols));
      toFloat(part, values.data());
      for (int64_t c = 0; c < cols; ++c)
        for (int64_t r = 0; r < count; ++r)
          out[c * rows + begin + r] = values[static_cast<size_t>(r * cols + c)];
    });
  };
}

Tensor tensorOf(const std::string &name, const Binding &binding) {
  const StoredTensor &stored = *binding.tensor;
  Tensor tensor;
  tensor.name = name;
  tensor.file = stored.file;
  tensor.dtype = dtypeOf(stored.type);
  tensor.dtypeName = nameOf(tensor.dtype);
  tensor.shape = stored.shape;
  tensor.elements = stored.elements;
  tensor.bytes = stored.bytes;
  if (binding.transposed && tensor.dtype != Dtype::NotFloat) {
    tensor.decode = turned(tensor);
    tensor.dtype = Dtype::Blocks;
    std::swap(tensor.shape[0], tensor.shape[1]);
  }
  return tensor;
}

} // namespace

TensorTable tensorsOf(const File &file, mlir::ModuleOp model, int64_t padding) {
  auto main = model.lookupSymbol<mlir::func::FuncOp>("main");
  const mlir::Value logits = main.getBody().front().getTerminator()->getOperand(0);
  const int64_t positions = ir::maxPositions(main);
  const int64_t length = lengthFor(file, model, positions);
  const Evaluation evaluation = evaluate(file, {.length = length, .padding = padding});
  Matcher matcher(evaluation, length);
  if (evaluation.logits.elements() != elementsOf(matcher.shapeOf(logits)))
    fail("{}: its logits are {}, those of the config {}", file.name(), shapeText(evaluation.logits.shape),
         shapeText(matcher.shapeOf(logits)));
  Forms view;
  for (int64_t i = 0; i < evaluation.logits.elements(); ++i)
    view.push_back(evaluation.logits.at(i));
  if (!matcher.match(logits, view))
    throw InputError(matcher.complaint());
  std::vector<Tensor> tensors;
  for (const auto &[name, binding] : matcher.bindings())
    tensors.push_back(tensorOf(name, binding));
  return TensorTable::of(std::move(tensors), file.memory());
}

} // namespace mase::onnx
