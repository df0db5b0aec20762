// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/gguf/block_types.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace mase::gguf {
namespace {

/// A number that need not be aligned.
template <typename T>
T read(const std::byte *from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}
int byteAt(const std::byte *from, int64_t index) { return std::to_integer<int>(from[index]); }
int signedAt(const std::byte *from, int64_t index) { return static_cast<int8_t>(byteAt(from, index)); }

float bfloat(const std::byte *from) { return std::bit_cast<float>(static_cast<uint32_t>(read<uint16_t>(from)) << 16); }

float half(const std::byte *from) {
  const auto x = read<uint16_t>(from);
  const uint32_t magnitude = (x & 0x7fffU) << 13;
  const uint32_t special = magnitude >= 0x0f800000U ? 0x7f800000U : 0U;
  const uint32_t value = std::bit_cast<uint32_t>(std::bit_cast<float>(magnitude) * 0x1p112F);
  return std::bit_cast<float>(value | special | (x & 0x8000U) << 16);
}

void f32(const std::byte *block, float *out) { *out = read<float>(block); }
void f16(const std::byte *block, float *out) { *out = half(block); }
void bf16(const std::byte *block, float *out) { *out = bfloat(block); }

/// 32 codes of 4 bits: the low halves of 16 bytes, then the high ones.
template <typename Value>
void nibbles(const std::byte *codes, float *out, const Value &value) {
  for (int j = 0; j < 16; ++j) {
    out[j] = value(byteAt(codes, j) & 15, j);
    out[j + 16] = value(byteAt(codes, j) >> 4, j + 16);
  }
}

void q40(const std::byte *block, float *out) {
  const float d = half(block);
  nibbles(block + 2, out, [&](int code, int) { return static_cast<float>(code - 8) * d; });
}
void q41(const std::byte *block, float *out) {
  const float d = half(block), least = half(block + 2);
  nibbles(block + 4, out, [&](int code, int) { return static_cast<float>(code) * d + least; });
}
/// The fifth bits of all 32 codes stand in a word in front of the others.
void q50(const std::byte *block, float *out) {
  const float d = half(block);
  const auto fifth = read<uint32_t>(block + 2);
  nibbles(block + 6, out, [&](int code, int element) {
    return static_cast<float>((code | static_cast<int>((fifth >> element & 1U) << 4)) - 16) * d;
  });
}
void q51(const std::byte *block, float *out) {
  const float d = half(block), least = half(block + 2);
  const auto fifth = read<uint32_t>(block + 4);
  nibbles(block + 8, out, [&](int code, int element) {
    return static_cast<float>(code | static_cast<int>((fifth >> element & 1U) << 4)) * d + least;
  });
}
void q80(const std::byte *block, float *out) {
  const float d = half(block);
  for (int j = 0; j < 32; ++j)
    out[j] = static_cast<float>(signedAt(block + 2, j)) * d;
}

/// Non-linear steps of 4 bits.
void iq4Nl(const std::byte *block, float *out) {
  constexpr std::array<int, 16> steps = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
  const float d = half(block);
  nibbles(block + 2, out, [&](int code, int) { return d * static_cast<float>(steps[static_cast<size_t>(code)]); });
}

/// The OCP format of that name: a scale of a power of two, elements e2m1, counted in halves here.
void mxfp4(const std::byte *block, float *out) {
  constexpr std::array<int, 8> halves = {0, 1, 2, 3, 4, 6, 8, 12};
  const float d = std::ldexp(1.0F, byteAt(block, 0) - 128);
  nibbles(block + 1, out, [&](int code, int) {
    const int magnitude = halves[static_cast<size_t>(code & 7)];
    return static_cast<float>(code & 8 ? -magnitude : magnitude) * d;
  });
}

// Super-blocks: 256 elements in blocks of 16 or 32, whose scales and offsets are integers in units of the whole.

void q2k(const std::byte *block, float *out) {
  const std::byte *scales = block, *codes = block + 16;
  const float d = half(block + 80), least = half(block + 82);
  for (int i = 0; i < 256; ++i) {
    // Sixteen at a time: of 128 elements each 32 bytes hold four codes, two bits each.
    const int scale = byteAt(scales, i / 16), place = i % 128;
    const int code = byteAt(codes, i / 128 * 32 + place % 32) >> (place / 32 * 2) & 3;
    out[i] = d * static_cast<float>(scale & 15) * static_cast<float>(code) - least * static_cast<float>(scale >> 4);
  }
}

/// 16 scales of 6 bits, four bits in front, the two others behind.
int q3kScale(const std::byte *scales, int index) {
  const int low = index < 8 ? byteAt(scales, index) & 15 : byteAt(scales, index - 8) >> 4;
  const int high = byteAt(scales, 8 + index % 4) >> (index / 4 * 2) & 3;
  return (low | high << 4) - 32;
}
void q3k(const std::byte *block, float *out) {
  const std::byte *thirds = block, *codes = block + 32, *scales = block + 96;
  const float d = half(block + 108);
  for (int i = 0; i < 256; ++i) {
    const int place = i % 128;
    const int code = byteAt(codes, i / 128 * 32 + place % 32) >> (place / 32 * 2) & 3;
    const int third = byteAt(thirds, i % 32) >> (i / 32) & 1;
    out[i] = d * static_cast<float>(q3kScale(scales, i / 16)) * static_cast<float>(code - (third ? 0 : 4));
  }
}

/// Scale and offset, 6 bits each, of block `index` of eight, in 12 bytes.
struct ScaleAndLeast {
  int scale, least;
};
ScaleAndLeast packedScale(const std::byte *packed, int index) {
  if (index < 4)
    return {byteAt(packed, index) & 63, byteAt(packed, index + 4) & 63};
  return {(byteAt(packed, index + 4) & 15) | byteAt(packed, index - 4) >> 6 << 4,
          byteAt(packed, index + 4) >> 4 | byteAt(packed, index) >> 6 << 4};
}
/// `fifths`: null, or the fifth bits of all codes.
void q4kOr5k(const std::byte *block, const std::byte *fifths, const std::byte *codes, float *out) {
  const float d = half(block), least = half(block + 2);
  for (int i = 0; i < 256; ++i) {
    const ScaleAndLeast of = packedScale(block + 4, i / 32);
    const int both = byteAt(codes, i / 64 * 32 + i % 32);
    int code = i / 32 % 2 ? both >> 4 : both & 15;
    if (fifths)
      code |= (byteAt(fifths, i % 32) >> (i / 32) & 1) << 4;
    out[i] = d * static_cast<float>(of.scale) * static_cast<float>(code) - least * static_cast<float>(of.least);
  }
}
void q4k(const std::byte *block, float *out) { q4kOr5k(block, nullptr, block + 16, out); }
void q5k(const std::byte *block, float *out) { q4kOr5k(block, block + 16, block + 48, out); }

void q6k(const std::byte *block, float *out) {
  const std::byte *low = block, *high = block + 128, *scales = block + 192;
  const float d = half(block + 208);
  for (int i = 0; i < 256; ++i) {
    const int part = i / 128, place = i % 128, quarter = place / 32;
    const int both = byteAt(low, part * 64 + place % 64);
    const int four = quarter < 2 ? both & 15 : both >> 4;
    const int two = byteAt(high, part * 32 + place % 32) >> (quarter * 2) & 3;
    out[i] = d * static_cast<float>(signedAt(scales, i / 16)) * static_cast<float>((four | two << 4) - 32);
  }
}

constexpr BlockType types[] = {
    {0, "F32", 1, 4, f32},       {1, "F16", 1, 2, f16},         {30, "BF16", 1, 2, bf16},
    {2, "Q4_0", 32, 18, q40},    {3, "Q4_1", 32, 20, q41},      {6, "Q5_0", 32, 22, q50},
    {7, "Q5_1", 32, 24, q51},    {8, "Q8_0", 32, 34, q80},      {10, "Q2_K", 256, 84, q2k},
    {11, "Q3_K", 256, 110, q3k}, {12, "Q4_K", 256, 144, q4k},   {13, "Q5_K", 256, 176, q5k},
    {14, "Q6_K", 256, 210, q6k}, {20, "IQ4_NL", 32, 18, iq4Nl}, {39, "MXFP4", 32, 17, mxfp4},
};

} // namespace

const BlockType *findBlockType(uint32_t id) {
  for (const BlockType &type : types)
    if (type.id == id)
      return &type;
  return nullptr;
}

std::string blockTypeNames() {
  std::string names;
  for (const BlockType &type : types)
    names += (names.empty() ? "" : ", ") + std::string(type.name);
  return names;
}

} // namespace mase::gguf
