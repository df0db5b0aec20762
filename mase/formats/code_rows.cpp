// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/code_rows.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <utility>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/formats/code_rows.cpp"
// foreach_target.h comes first, whatever the alphabet says.
// clang-format off
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "mase/formats/packing-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {

void packNarrow(int width, uint8_t *codes, int64_t count, uint8_t *bytes) {
  if (width < 8)
    packers[width](codes, count, bytes);
  else
    wordPackers[width - 8](reinterpret_cast<uint16_t *>(codes), count, bytes);
}

void unpackNarrow(int width, const uint8_t *bytes, int64_t count, uint8_t *codes) {
  if (width < 8)
    unpackers[width](bytes, count, codes);
  else
    wordUnpackers[width - 8](bytes, count, reinterpret_cast<uint16_t *>(codes));
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {

HWY_EXPORT(packNarrow);
HWY_EXPORT(unpackNarrow);

namespace {

/// What kernels may write and read behind the last code.
constexpr int64_t slack = 64;

/// Codes of 17 to 31 bits: eight at a time, every place a constant.
template <int width>
void packWide(const uint32_t *codes, int64_t count, uint8_t *bytes) {
  for (int64_t k = 0; k < count; k += 8, bytes += width) {
    uint32_t packed[9] = {};
    for (int i = 0; i < 8; ++i) {
      const uint64_t moved = static_cast<uint64_t>(codes[k + i]) << (i * width % 32);
      packed[i * width / 32] |= static_cast<uint32_t>(moved);
      packed[i * width / 32 + 1] |= static_cast<uint32_t>(moved >> 32);
    }
    std::memcpy(bytes, packed, width);
  }
}

template <int width>
void unpackWide(const uint8_t *bytes, int64_t count, uint32_t *codes) {
  for (int64_t k = 0; k < count; k += 8, bytes += width) {
    uint32_t packed[9] = {};
    std::memcpy(packed, bytes, width);
    for (int i = 0; i < 8; ++i) {
      const uint64_t both = packed[i * width / 32] | static_cast<uint64_t>(packed[i * width / 32 + 1]) << 32;
      codes[k + i] = static_cast<uint32_t>(both >> (i * width % 32)) & ((1U << width) - 1);
    }
  }
}

template <int... widths>
constexpr std::array<decltype(&packWide<17>), sizeof...(widths)>
widePackers(std::integer_sequence<int, widths...> /*from 17 on*/) {
  return {packWide<17 + widths>...};
}

template <int... widths>
constexpr std::array<decltype(&unpackWide<17>), sizeof...(widths)>
wideUnpackers(std::integer_sequence<int, widths...> /*from 17 on*/) {
  return {unpackWide<17 + widths>...};
}

bool isDirect(int width) { return width == 8 || width == 16 || width == 32; }

void pack(int width, uint8_t *codes, int64_t count, uint8_t *bytes) {
  static constexpr auto wide = widePackers(std::make_integer_sequence<int, 15>());
  if (width > 16)
    wide[static_cast<size_t>(width - 17)](reinterpret_cast<const uint32_t *>(codes), count, bytes);
  else
    HWY_DYNAMIC_DISPATCH(packNarrow)(width, codes, count, bytes);
}

void unpack(int width, const uint8_t *bytes, int64_t count, uint8_t *codes) {
  static constexpr auto wide = wideUnpackers(std::make_integer_sequence<int, 15>());
  if (width > 16)
    wide[static_cast<size_t>(width - 17)](bytes, count, reinterpret_cast<uint32_t *>(codes));
  else
    HWY_DYNAMIC_DISPATCH(unpackNarrow)(width, bytes, count, codes);
}

} // namespace

CodeWriter::CodeWriter(PackedCodes &codes, int64_t first)
    : codes_(codes), next_(first), direct_(isDirect(codes.width())) {
  assert(first % 8 == 0);
}

uint8_t *CodeWriter::roomFor(int64_t count) {
  const int size = codeBytes(codes_.width());
  if (direct_)
    return codes_.data() + next_ * size;
  const auto bytes = static_cast<size_t>((kept_ + count + slack) * size);
  if (buffer_.size() < bytes)
    buffer_.resize(bytes);
  return buffer_.data() + kept_ * size;
}

void CodeWriter::done(int64_t count) {
  if (direct_) {
    next_ += count;
    return;
  }
  const int width = codes_.width();
  const int64_t size = codeBytes(width), whole = (kept_ + count) / 8 * 8, rest = kept_ + count - whole;
  uint8_t last[8 * sizeof(uint32_t)]; // packing overwrites the codes
  std::memcpy(last, buffer_.data() + whole * size, static_cast<size_t>(rest * size));
  if (whole > 0)
    pack(width, buffer_.data(), whole, codes_.data() + next_ / 8 * width);
  std::memcpy(buffer_.data(), last, static_cast<size_t>(rest * size));
  next_ += whole;
  kept_ = rest;
}

void CodeWriter::finish() {
  if (kept_ == 0)
    return;
  const int width = codes_.width();
  const int64_t size = codeBytes(width);
  std::fill(buffer_.begin() + kept_ * size, buffer_.begin() + (kept_ + slack) * size, 0);
  uint8_t last[32];
  pack(width, buffer_.data(), 8, last);
  std::memcpy(codes_.data() + next_ / 8 * width, last, static_cast<size_t>((kept_ * width + 7) / 8));
  kept_ = 0;
}

const uint8_t *CodeReader::bytesOf(int64_t first, int64_t count) {
  const int width = codes_.width(), size = codeBytes(width);
  if (isDirect(width))
    return codes_.data() + first * size;
  const int64_t begin = first / 8 * 8, end = (first + count + 7) / 8 * 8;
  buffer_.resize(std::max(buffer_.size(), static_cast<size_t>((end - begin + slack) * size)));
  const int64_t whole = std::min(end, codes_.count() / 8 * 8);
  if (whole > begin)
    unpack(width, codes_.data() + begin / 8 * width, whole - begin, buffer_.data());
  if (whole < end) { // the last codes of all do not fill the bytes of eight
    uint8_t last[32] = {};
    uint8_t *codes = buffer_.data() + (whole - begin) * size;
    const auto at = static_cast<size_t>(whole / 8 * width);
    std::memcpy(last, codes_.data() + at, codes_.bytes().size() - at);
    unpack(width, last, 8, codes);
  }
  return buffer_.data() + (first - begin) * size;
}

} // namespace mase
#endif
