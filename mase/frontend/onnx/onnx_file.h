// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// An ONNX file: the nodes of its graph, and its tensors where they lie, in the file or in files of data beside it.
///
/// Opening maps and reads what describes: numbers of large tensors are not touched. Checked: every message's bounds,
/// sizes of tensors against their shapes, external data inside the model's folder, each name made once, no cycle.
/// Errors  InputError. No MLIR.
/// Source  https://github.com/onnx/onnx/blob/main/onnx/onnx.proto (IR versions 3 and later)
#pragma once

#include "mase/support/mapped_file.h"

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mase::onnx {

/// TensorProto.DataType, those that are read.
enum class DataType : int32_t {
  float32 = 1,
  uint8 = 2,
  int8 = 3,
  int32 = 6,
  int64 = 7,
  boolean = 9,
  float16 = 10,
  float64 = 11,
  bfloat16 = 16
};

bool isFloat(DataType type);

/// A tensor of the file: an initialiser, or a node's attribute.
struct StoredTensor {
  std::string name;
  std::string file; ///< that holds the numbers, for errors
  DataType type = DataType::float32;
  std::vector<int64_t> shape;
  int64_t elements = 0;
  std::span<const std::byte> bytes; ///< row-major, little-endian; empty where `integers` has them
  std::vector<int64_t> integers;    ///< of a small tensor that the file holds as a list
};

/// All its numbers. Errors  InputError: more than `most` of them.
std::vector<double> numbersOf(const StoredTensor &tensor, int64_t most);

struct Attribute {
  std::optional<int64_t> integer;
  std::optional<float> number;
  std::optional<std::string> text;
  std::vector<int64_t> integers;
  std::vector<float> numbers;
  std::shared_ptr<const StoredTensor> tensor;
};

struct Node {
  std::string op;                           ///< "MatMul"
  std::string domain;                       ///< "" for ONNX's own
  std::string name;                         ///< may be empty
  std::vector<std::string> inputs, outputs; ///< "" for one that is left out
  std::map<std::string, Attribute> attributes;
};

/// An input of the graph; dimensions that are not fixed are -1.
struct Input {
  std::string name;
  DataType type = DataType::int64;
  std::vector<int64_t> shape;
};

class File {
public:
  static File open(const std::filesystem::path &path);
  /// The same of bytes that something else keeps; data in other files is refused.
  static File parse(const std::string &name, std::span<const std::byte> bytes);

  const std::string &name() const { return name_; }
  int64_t opset() const { return opset_; } ///< of ONNX's own operators
  /// In an order in which each stands behind those whose results it reads.
  const std::vector<Node> &nodes() const { return nodes_; }
  const std::vector<Input> &inputs() const { return inputs_; }
  const std::vector<std::string> &outputs() const { return outputs_; }
  const std::map<std::string, std::shared_ptr<const StoredTensor>> &initializers() const { return initializers_; }
  /// What a tensor's bytes need to stay valid.
  std::shared_ptr<const void> memory() const { return files_; }

private:
  friend class FileReader;
  std::string name_;
  int64_t opset_ = 0;
  std::vector<Node> nodes_;
  std::vector<Input> inputs_;
  std::vector<std::string> outputs_;
  std::map<std::string, std::shared_ptr<const StoredTensor>> initializers_;
  std::shared_ptr<std::map<std::string, MappedFile>> files_ = std::make_shared<std::map<std::string, MappedFile>>();
};

} // namespace mase::onnx
