// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/tokenizer_files/protobuf.h"

#include "mase/support/error.h"

#include <bit>

namespace mase {

float ProtobufField::number32() const { return std::bit_cast<float>(static_cast<uint32_t>(integer)); }

std::string_view ProtobufReader::take(uint64_t bytes) {
  if (bytes > rest_.size())
    fail("{}: a field of {} bytes, but {} are left: the message is cut off", file_, bytes, rest_.size());
  const std::string_view taken = rest_.substr(0, bytes);
  rest_.remove_prefix(bytes);
  return taken;
}

uint64_t ProtobufReader::varint() {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const auto byte = static_cast<uint8_t>(take(1)[0]);
    value |= uint64_t{byte & 0x7Fu} << shift;
    if (byte < 0x80)
      return value;
  }
  fail("{}: an integer of more than 64 bits in the message", file_);
}

uint64_t ProtobufReader::fixed(size_t bytes) {
  uint64_t value = 0;
  const std::string_view taken = take(bytes);
  for (size_t i = 0; i < bytes; ++i)
    value |= uint64_t{static_cast<uint8_t>(taken[i])} << (8 * i);
  return value;
}

std::optional<ProtobufField> ProtobufReader::next() {
  if (rest_.empty())
    return std::nullopt;
  const uint64_t tag = varint();
  ProtobufField field;
  field.number = static_cast<uint32_t>(tag >> 3);
  field.type = static_cast<ProtobufField::Type>(tag & 7);
  switch (field.type) {
  case ProtobufField::Type::Integer:
    field.integer = varint();
    return field;
  case ProtobufField::Type::Fixed64:
    field.integer = fixed(8);
    return field;
  case ProtobufField::Type::Bytes:
    field.bytes = take(varint());
    return field;
  case ProtobufField::Type::Fixed32:
    field.integer = fixed(4);
    return field;
  }
  fail("{}: a field of the kind {} in the message (0, 1, 2, 5)", file_, tag & 7);
}

} // namespace mase
