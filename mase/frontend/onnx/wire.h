// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The wire format of protocol buffers: the fields of a message, one after the other, where they lie in the file.
///
/// Nothing is copied and nothing is kept: a message's field is a span of the mapping, so that a tensor of gigabytes
/// inside a message costs as much as one of a byte. Errors  InputError with the file's name and the byte.
/// Source  https://protobuf.dev/programming-guides/encoding
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mase::onnx {

/// A message, and where reading it stands.
class Message {
public:
  /// begin  of the file, for the places that errors name
  Message(const std::string &file, std::span<const std::byte> bytes, const std::byte *begin)
      : file_(&file), bytes_(bytes), begin_(begin) {}

  /// The next field, with its number; 0 at the end.
  uint32_t next();

  /// What the field holds; refused if it is of another wire type.
  int64_t integer() const;
  float number() const;
  std::span<const std::byte> bytes() const;
  std::string_view text() const;
  Message message() const { return {*file_, bytes(), begin_}; }
  /// Whether the field holds bytes: a text, a message or packed numbers.
  bool isBytes() const { return type_ == Type::bytes; }
  /// Repeated integers or numbers, packed or one by one: appended.
  void appendIntegers(std::vector<int64_t> &to) const;
  void appendNumbers(std::vector<float> &to) const;

private:
  enum class Type : uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };
  uint64_t varint();
  std::span<const std::byte> take(uint64_t count);
  void expect(Type type) const;

  const std::string *file_;
  std::span<const std::byte> bytes_;
  const std::byte *begin_;
  size_t at_ = 0;
  Type type_ = Type::varint;
  uint32_t field_ = 0;
  uint64_t value_ = 0;                 // of a varint, fixed32, fixed64
  std::span<const std::byte> content_; // of bytes
};

} // namespace mase::onnx
