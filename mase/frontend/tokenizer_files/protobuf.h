// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The wire format of Protocol Buffers, as far as reading a message's fields needs it.
///
/// Nothing is copied: fields view the message. Every length is checked against the bytes that are there.
/// Source  https://protobuf.dev/programming-guides/encoding
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace mase {

struct ProtobufField {
  uint32_t number = 0;
  enum class Type { Integer = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 } type = Type::Integer;
  uint64_t integer = 0;   ///< of integers and fixed ones
  std::string_view bytes; ///< of texts, bytes and messages
  float number32() const; ///< a Fixed32 as a float
};

/// The fields of a message, in the file's order.
class ProtobufReader {
public:
  /// `file` is what errors start with.
  ProtobufReader(std::string_view file, std::string_view message) : file_(file), rest_(message) {}
  /// Nothing behind the last. Errors  InputError: the message is cut off, or has a kind of field that is not known.
  std::optional<ProtobufField> next();

private:
  uint64_t varint();
  std::string_view take(uint64_t bytes);
  uint64_t fixed(size_t bytes);
  std::string_view file_, rest_;
};

} // namespace mase
