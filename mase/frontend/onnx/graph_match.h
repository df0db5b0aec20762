// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Lays the IR of a model over what an ONNX graph computes. Internal to this folder; graph_tensors.h says what for.
///
/// A value of the IR is compared with a view: the forms (value.h) of its elements, in its order. An operator of the IR
/// finds the source or sources that do the same, and goes on with views of its operands. Where operands may stand
/// either way round both are tried; what was bound on a wrong way is taken back. Matrices that occur twice must be the
/// same.
#pragma once

#include "mase/frontend/onnx/evaluation.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/DenseMap.h"

#include <functional>

namespace mase::onnx {

/// An initialiser that is a tensor of the model: as it is, or with both axes swapped.
struct Binding {
  std::shared_ptr<const StoredTensor> tensor;
  bool transposed = false;
  bool operator==(const Binding &) const = default;
};

/// An element that nobody reads.
Form unread();
bool isUnread(const Form &form);

/// The one source that a view's elements are of, and which element of it each is; -1 where the view is unread.
struct Origin {
  const Source *source = nullptr;
  std::vector<int64_t> index;
};

class Matcher {
public:
  using View = Forms;
  Matcher(const Evaluation &evaluation, int64_t length) : evaluation_(evaluation), length_(length) {}

  /// Whether `value` is what the view says. On failure `complaint` has the furthest reason.
  bool match(mlir::Value value, const View &view);
  /// Tries both; takes back what the first bound if it fails.
  bool either(const std::function<bool()> &first, const std::function<bool()> &second);

  const std::map<std::string, Binding> &bindings() const { return bindings_; }
  const std::string &complaint() const { return complaint_; }
  const Evaluation &evaluation() const { return evaluation_; }
  int64_t length() const { return length_; }

  /// Within what the file's constants, of fp32 or fp16, and their products say.
  bool isNear(double found, double expected) const;
  /// The relative difference that isNear() allows.
  double tolerance() const { return evaluation_.isHalf ? 4e-3 : 1e-4; }

  /// A value's shape with the text's length where it is open.
  Shape shapeOf(mlir::Value value) const;
  /// The origin of a view whose elements are `factor` times it plus `constant`, if its operator is `op`.
  std::optional<Origin> origin(const View &view, const char *op, double factor = 1, double constant = 0) const;
  /// Elements of an operand, in that order.
  static View elements(const Value &operand, const std::vector<int64_t> &index);

  /// The weight of the IR is that vector, matrix (in x out, its column `columns[j]` for feature j) or table.
  bool bindVector(mlir::Value weight, const Value &vector, const std::vector<int64_t> &places);
  bool bindMatrix(mlir::Value weight, const Value &matrix, const std::vector<int64_t> &columns);
  bool bindTable(mlir::Value weight, const Value &table);

private:
  bool bind(const std::string &name, const Shape &stored, Binding binding);

  const Evaluation &evaluation_;
  int64_t length_;
  std::map<std::string, Binding> bindings_;
  std::vector<std::string> bound_;               // in order, to take back
  llvm::DenseMap<mlir::Value, int32_t> matched_; // values that are a whole source
  std::vector<mlir::Value> values_;              // in order, to take back
  std::string complaint_;
  size_t furthest_ = 0, steps_ = 0;
};

/// For each operator of the IR, by its name: whether its result is the view.
using Rule = bool (*)(Matcher &, mlir::Operation &, const Forms &);
const std::map<std::string_view, Rule> &rowRules();
const std::map<std::string_view, Rule> &headRules();

} // namespace mase::onnx
