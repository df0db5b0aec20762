// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/protobuf.h"

#include "mase/frontend/utf8.h"
#include "mase/support/error.h"

#include <bit>
#include <cstring>

namespace mase {

std::span<const std::byte> ProtobufMessage::take(uint64_t count) {
  if (count > bytes_.size() - at_)
    fail("{}: is no {}, or is truncated: a field of {} bytes passes the end (at byte {})", file_, kind_, count,
         place());
  at_ += count;
  return bytes_.subspan(at_ - count, count);
}

uint64_t ProtobufMessage::varint() {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const auto byte = static_cast<uint64_t>(take(1)[0]);
    value |= (byte & 0x7F) << shift;
    if (byte < 0x80)
      return value;
  }
  fail("{}: is no {}: a number of more than 64 bits (at byte {})", file_, kind_, place());
}

uint32_t ProtobufMessage::next() {
  if (at_ == bytes_.size())
    return 0;
  const uint64_t tag = varint();
  field_ = static_cast<uint32_t>(tag >> 3);
  type_ = static_cast<Type>(tag & 7);
  value_ = 0;
  content_ = {};
  if (type_ == Type::varint)
    value_ = varint();
  else if (type_ == Type::fixed64)
    std::memcpy(&value_, take(8).data(), 8);
  else if (type_ == Type::fixed32)
    std::memcpy(&value_, take(4).data(), 4);
  else if (type_ == Type::bytes)
    content_ = take(varint());
  if ((type_ != Type::varint && type_ != Type::fixed64 && type_ != Type::fixed32 && type_ != Type::bytes) ||
      tag >> 3 == 0 || tag >> 3 > 0x1FFFFFFF)
    fail("{}: is no {}: no field of protocol buffers (at byte {})", file_, kind_, place());
  return field_;
}

void ProtobufMessage::expect(Type type) const {
  if (type_ != type)
    fail("{}: is no {}: field {} has another type (at byte {})", file_, kind_, field_, place());
}

int64_t ProtobufMessage::integer() const {
  expect(Type::varint);
  return static_cast<int64_t>(value_);
}

float ProtobufMessage::number() const {
  expect(Type::fixed32);
  return std::bit_cast<float>(static_cast<uint32_t>(value_));
}

std::span<const std::byte> ProtobufMessage::bytes() const {
  expect(Type::bytes);
  return content_;
}

std::string_view ProtobufMessage::text() const {
  const std::span<const std::byte> content = bytes();
  const std::string_view text(reinterpret_cast<const char *>(content.data()), content.size());
  if (firstInvalidUtf8(text) != std::string_view::npos)
    fail("{}: holds a text that is not UTF-8 (at byte {})", file_, content.data() - begin_);
  return text;
}

void ProtobufMessage::appendIntegers(std::vector<int64_t> &to) const {
  if (type_ == Type::varint) {
    to.push_back(integer());
    return;
  }
  ProtobufMessage packed = message();
  while (packed.at_ < packed.bytes_.size())
    to.push_back(static_cast<int64_t>(packed.varint()));
}

void ProtobufMessage::appendNumbers(std::vector<float> &to) const {
  if (type_ == Type::fixed32) {
    to.push_back(number());
    return;
  }
  ProtobufMessage packed = message();
  while (packed.at_ < packed.bytes_.size()) {
    float value;
    std::memcpy(&value, packed.take(4).data(), 4);
    to.push_back(value);
  }
}

} // namespace mase
