// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What is known of a tensor of an ONNX graph when the graph is followed for one short text, weights untouched.
///
/// A value is known (shapes, masks, positions, angles: all that depends on the text's length alone), a weight (an
/// initialiser, by reference), or computed: each of its elements is then a * e1 + b * e2 + c of elements of results of
/// operators that do arithmetic (sources). So everything that only moves, scales or turns elements dissolves, however
/// an exporter writes it: reshapes, slices, heads, rotary embedding, scales of attention, masks. No MLIR.
#pragma once

#include "mase/frontend/onnx/onnx_file.h"

#include <array>
#include <memory>

namespace mase::onnx {

using Shape = std::vector<int64_t>;

int64_t elementsOf(const Shape &shape);

/// factor * element `index` of source `source`; source -1: no term.
struct Term {
  int32_t source = -1, index = 0;
  double factor = 0;
  bool operator==(const Term &) const = default;
};

/// An element of a computed value. The first term is there before the second.
struct Form {
  std::array<Term, 2> terms;
  double constant = 0;
  bool operator==(const Form &) const = default;

  /// Exactly one element of one source, times something.
  bool isSingle() const { return terms[0].source >= 0 && terms[1].source < 0 && constant == 0; }
};

/// Elements of computed values, row-major.
using Forms = std::vector<Form>;

struct Value {
  enum class Kind { known, weight, computed };
  enum class Element { integer, boolean, number };

  Kind kind = Kind::known;
  Element element = Element::number;
  Shape shape;
  std::shared_ptr<const std::vector<double>> numbers; ///< of a known one
  std::shared_ptr<const StoredTensor> weight;         ///< of a weight; its numbers lie as `shape` says
  bool transposed = false;                            ///< but with both axes swapped
  int32_t source = -1;                                ///< of a computed one that is this source, in order
  std::shared_ptr<const Forms> forms;                 ///< of any other computed one

  bool isKnown() const { return kind == Kind::known; }
  bool isWeight() const { return kind == Kind::weight; }
  bool isComputed() const { return kind == Kind::computed; }
  int64_t elements() const { return elementsOf(shape); }
  /// Element i of one that is known or computed.
  Form at(int64_t i) const;

  static Value known(Shape shape, std::vector<double> numbers, Element element);
  static Value of(Shape shape, Forms forms);
};

/// An operator that does arithmetic, and its result: a tensor of `shape` whose elements are what forms speak of.
///
/// op  Input, Embedding (ids, table), Rows (rows of a table by known positions), Linear (x, matrix of in x out),
/// Product
///     (a, b; as MatMul), Add (a, b), Mul (a, b), AddWeight and MulWeight (x, a vector along the last axis), Square,
///     Cube, Sqrt, Reciprocal, Mean (over the last axis), Softmax (over the last), LayerNormalization (x, weight,
///     bias), RMSNormalization (x, weight), or the name of a function of each element. Operands that are computed have
///     the shape of the result where the operator works element by element.
struct Source {
  std::string op;
  std::string node; ///< the node it comes from, for errors: name and type
  Shape shape;
  std::vector<Value> operands;
  double number = 0; ///< an epsilon
};

} // namespace mase::onnx
