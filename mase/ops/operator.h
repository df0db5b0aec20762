// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What an operator is to the executor: a kernel made once from a description and run for every chunk of tokens.
///
/// This is the numeric half of an operator's folder; it knows nothing of MLIR. The plan (mase/runtime/plan.h) makes
/// kernels from the IR by name (registry.h) and calls them in order. Kernels are immutable after construction but for
/// what prepare() caches, and run() is thread-safe on disjoint outputs.
#pragma once

#include "mase/formats/format.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace mase {

/// A value while it is computed: `heads` matrices of rows x cols. Rows are tokens. Element (h, r, c) is
/// `data[h * headStride + r * rowStride + c]`; splitting a row into heads is therefore a view, not a copy.
struct TensorView {
  float *data = nullptr;
  int64_t heads = 1, rows = 0, cols = 0;
  int64_t headStride = 0, rowStride = 0;

  MatrixView head(int64_t h) const { return {data + h * headStride, rows, cols, rowStride}; }
};

/// A tensor of the model, converted to fp32 and resident for the life of the plan; or only its shape and how to get it.
struct Constant {
  std::string name; // as in the checkpoint
  ConstMatrixView values;
  const Format *format = nullptr; // of which the values are already: quantising them again may give others
  /// Of a tensor that is not resident (values.data is null): its values in fp32, in row order.
  std::function<std::vector<float>()> load = {};
};

using Attribute = std::variant<bool, int64_t, double, std::string, std::vector<int64_t>, std::vector<double>>;

/// The part of a value's shape that no sequence changes: `heads` matrices with one row a token. `cols` of -1: one
/// column for each token so far (attention scores). `rows` of -1: one row a token; else that many, whatever the
/// sequence.
struct ValueShape {
  int64_t heads = 1, cols = 0, rows = -1;
};

/// An operator of the IR without the IR.
struct OperatorDescription {
  std::string name;                            // "linear", the folder
  std::map<std::string, Attribute> attributes; // as in the ODS
  std::vector<Constant> constants;             // weights, in operand order
  std::vector<ValueShape> inputs;              // the other operands, in order
  int64_t maxRows = 0;                         // positions a sequence can have

  /// The attribute; the kernel's author knows its type. Errors: assertion when it is missing.
  template <typename T>
  const T &attribute(const std::string &key) const {
    return std::get<T>(attributes.at(key));
  }
  template <typename T>
  T attributeOr(const std::string &key, T otherwise) const {
    auto found = attributes.find(key);
    return found == attributes.end() ? otherwise : std::get<T>(found->second);
  }
};

/// Watches a plan run.
class Observer {
public:
  virtual ~Observer() = default;
  /// The fp32 input of an operator that reads through a format, before it is quantised.
  virtual void onInput(int64_t firstSlot, ConstMatrixView input) {}
  /// The result of a step, after it is quantised.
  virtual void onOutput(size_t step, const TensorView &output) {}
};

/// One call: a chunk of consecutive tokens of one sequence.
struct KernelCall {
  std::span<const TensorView> inputs; // the operands that are not constants
  TensorView output;
  std::span<const int32_t> ids;           // the chunk's token ids
  int64_t position = 0;                   // of the chunk's first token within its sequence
  std::span<const Format *const> formats; // of the operator's slots
  int64_t firstSlot = 0;
  Observer *observer = nullptr;             // may be null
  const Format *edge = nullptr;             // what the result is stored in, as hardware does; null: as it is
  const Format *table = nullptr;            // likewise the rows of a table that the operator looks up
  std::span<const int32_t> tokenTypes = {}; // one a token of the chunk; empty: all 0
};

class Kernel {
public:
  virtual ~Kernel() = default;
  virtual void run(const KernelCall &call) const = 0;
  /// Brings what depends on the slots' formats (quantised, packed weights) into memory. Called before run() with the
  /// same formats, never at the same time as another prepare() of this kernel or a run().
  virtual void prepare(std::span<const Format *const> formats) {}
  /// Whether run() brings the result to call.edge by itself; else whoever calls it does.
  virtual bool quantizesOutput() const { return false; }
};

} // namespace mase
