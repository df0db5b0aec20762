// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The wire format of protocol buffers, of ONNX and SentencePiece: the fields of a message, one after the other, where
/// they lie in the file.
///
/// Nothing is copied and nothing is kept: a message's field is a span of the mapping, so that a tensor of gigabytes
/// inside a message costs as much as one of a byte. Errors  InputError with the file's name and the byte.
/// Source  https://protobuf.dev/programming-guides/encoding
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace mase {

/// A message, and where reading it stands.
class ProtobufMessage {
public:
  /// The outermost one. Errors begin with `file` and say that it is no `kind` ("ONNX model"). Both must outlive this.
  ProtobufMessage(std::string_view file, std::string_view kind, std::span<const std::byte> bytes)
      : ProtobufMessage(file, kind, bytes, bytes.data()) {}

  /// The next field, with its number; 0 at the end.
  uint32_t next();

  /// What the field holds; refused if it is of another wire type.
  int64_t integer() const;
  bool flag() const { return integer() != 0; }
  float number() const;
  std::span<const std::byte> bytes() const;
  std::string_view text() const;
  ProtobufMessage message() const { return {file_, kind_, bytes(), begin_}; }
  /// Whether the field holds bytes: a text, a message or packed numbers.
  bool isBytes() const { return type_ == Type::bytes; }
  /// Repeated integers or numbers, packed or one by one: appended.
  void appendIntegers(std::vector<int64_t> &to) const;
  void appendNumbers(std::vector<float> &to) const;

private:
  enum class Type : uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };
  ProtobufMessage(std::string_view file, std::string_view kind, std::span<const std::byte> bytes,
                  const std::byte *begin)
      : file_(file), kind_(kind), bytes_(bytes), begin_(begin) {}
  uint64_t varint();
  std::span<const std::byte> take(uint64_t count);
  void expect(Type type) const;
  /// Where reading stands in the file.
  std::ptrdiff_t place() const { return bytes_.data() + at_ - begin_; }

  std::string_view file_, kind_;
  std::span<const std::byte> bytes_;
  const std::byte *begin_; // of the file, for the places that errors name
  size_t at_ = 0;
  Type type_ = Type::varint;
  uint32_t field_ = 0;
  uint64_t value_ = 0;                 // of a varint, fixed32, fixed64
  std::span<const std::byte> content_; // of bytes
};

} // namespace mase
