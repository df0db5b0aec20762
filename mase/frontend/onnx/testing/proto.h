// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Writes ONNX models for tests, message by message, so that each can be wrong in any place.
///
/// Included by tests and by what makes seeds for fuzzing. Numbers of fields are onnx.proto's; a message is its bytes.
/// Nothing is checked: that is what the reader is for.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

namespace mase::onnx::testing {

inline std::string varint(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7)
    bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}

inline std::string field(uint32_t number, uint64_t value) { return varint(number << 3) + varint(value); }

inline std::string field(uint32_t number, const std::string &bytes) {
  return varint(number << 3 | 2) + varint(bytes.size()) + bytes;
}

inline std::string shapeOf(std::initializer_list<uint64_t> sizes) {
  std::string dims;
  for (const uint64_t size : sizes)
    dims += field(1, size);
  return dims;
}

/// raw_data is `data`.
inline std::string tensor(const std::string &name, uint64_t type, std::initializer_list<uint64_t> shape,
                          const std::string &data) {
  return shapeOf(shape) + field(2, type) + field(8, name) + field(9, data);
}

inline std::string floats(size_t count) {
  std::string data;
  for (size_t i = 0; i < count; ++i)
    data += std::string("\0\0\x80\x3f", 4);
  return data;
}

/// Attributes are whole AttributeProtos.
inline std::string node(const std::string &op, std::initializer_list<std::string> inputs,
                        std::initializer_list<std::string> outputs,
                        std::initializer_list<std::string> attributes = {}) {
  std::string bytes;
  for (const std::string &input : inputs)
    bytes += field(1, input);
  for (const std::string &output : outputs)
    bytes += field(2, output);
  bytes += field(3, "the " + op) + field(4, op);
  for (const std::string &attribute : attributes)
    bytes += field(5, attribute);
  return bytes;
}

inline std::string integer(const std::string &name, int64_t value) {
  return field(1, name) + field(3, static_cast<uint64_t>(value));
}

inline std::string text(const std::string &name, const std::string &value) { return field(1, name) + field(4, value); }

inline std::string integers(const std::string &name, std::initializer_list<int64_t> values) {
  std::string bytes = field(1, name);
  for (const int64_t value : values)
    bytes += field(8, static_cast<uint64_t>(value));
  return bytes;
}

/// A ValueInfoProto; sizes of -1 are free.
inline std::string input(const std::string &name, std::initializer_list<int64_t> shape) {
  std::string dims;
  for (const int64_t size : shape)
    dims += field(1, size < 0 ? field(2, std::string("n")) : field(1, static_cast<uint64_t>(size)));
  return field(1, name) + field(2, field(1, field(1, uint64_t{7}) + field(2, dims)));
}

/// Parts are fields of a GraphProto.
inline std::string model(const std::string &graph, uint64_t opset = 20) {
  return field(1, uint64_t{8}) + field(7, graph) + field(8, field(2, opset));
}

inline std::string nodes(std::initializer_list<std::string> all) {
  std::string graph;
  for (const std::string &one : all)
    graph += field(1, one);
  return graph;
}

inline std::string ids() { return field(11, input("input_ids", {1, -1})) + field(12, input("logits", {1, -1, 4})); }
inline std::string initializer(const std::string &tensor) { return field(5, tensor); }
inline std::string table() { return initializer(tensor("table", 1, {6, 4}, floats(24))); }

inline std::span<const std::byte> bytesOf(const std::string &text) { return std::as_bytes(std::span(text)); }

} // namespace mase::onnx::testing
