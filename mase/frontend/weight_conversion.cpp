// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Stored elements to fp32. Each loop is branch-free over a chunk, so that it vectorises, and gathers on its way
/// whether any element is a NaN or an infinity; only then is the chunk searched.
#include "mase/frontend/json.h"
#include "mase/frontend/packed_weights.h"
#include "mase/frontend/safetensors.h"
#include "mase/support/error.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <type_traits>

namespace mase {
namespace {

constexpr int64_t chunk = 4096;

/// Every rule turns a stored element into fp32 bits whose exponent is all ones exactly if the element is not finite.
struct Fp32Bits {
  using Stored = uint32_t;
  static uint32_t bits(uint32_t x) { return x; }
};
struct Bf16Bits {
  using Stored = uint16_t;
  static uint32_t bits(uint16_t x) { return static_cast<uint32_t>(x) << 16; }
};
struct Fp16Bits {
  using Stored = uint16_t;
  static uint32_t bits(uint16_t x) {
    // Exponent and mantissa moved into fp32's places are the value times 2^(15 - 127), subnormals included; the
    // product by 2^112 is exact. The top exponent becomes 2^16 and more: one more step of 112 makes it all ones.
    uint32_t magnitude = (x & 0x7fffu) << 13;
    uint32_t value = std::bit_cast<uint32_t>(std::bit_cast<float>(magnitude) * 0x1p112f);
    uint32_t special = magnitude >= 0x0f800000u ? 0x7f800000u : 0u;
    return value | special | (x & 0x8000u) << 16;
  }
};

void checkFinite(const Tensor &tensor, const float *out, int64_t begin, int64_t end) {
  for (int64_t i = begin; i < end; ++i)
    if (!std::isfinite(out[i]))
      fail("{}: tensor {} ({}) holds a NaN or an infinity at element {}", tensor.file, inQuotes(tensor.name),
           shapeText(tensor.shape), i);
}

template <typename Rule>
void convert(const Tensor &tensor, float *out) {
  using Stored = typename Rule::Stored;
  Stored stored[chunk];
  for (int64_t begin = 0; begin < tensor.elements; begin += chunk) {
    int64_t count = std::min(chunk, tensor.elements - begin);
    // Through a buffer in the first-level cache: tensors in a file need not be aligned.
    std::memcpy(stored, tensor.bytes.data() + begin * static_cast<int64_t>(sizeof(Stored)),
                static_cast<size_t>(count) * sizeof(Stored));
    uint32_t notFinite = 0;
    for (int64_t i = 0; i < count; ++i) {
      uint32_t bits = Rule::bits(stored[i]);
      notFinite |= (bits & 0x7f800000u) == 0x7f800000u ? 1u : 0u;
      out[begin + i] = std::bit_cast<float>(bits);
    }
    if (notFinite)
      checkFinite(tensor, out, begin, begin + count);
  }
}

} // namespace

void toFloat(const Tensor &tensor, float *out) {
  switch (tensor.dtype) {
  case Dtype::F32:
    return convert<Fp32Bits>(tensor, out);
  case Dtype::F16:
    return convert<Fp16Bits>(tensor, out);
  case Dtype::BF16:
    return convert<Bf16Bits>(tensor, out);
  case Dtype::Packed:
    return decodeWeight(tensor, out);
  case Dtype::Blocks:
    tensor.decode(out);
    return checkFinite(tensor, out, 0, tensor.elements);
  case Dtype::NotFloat:
    fail("{}: tensor {} holds {}, which are no weights (read: F32, F16, BF16)", tensor.file, inQuotes(tensor.name),
         tensor.dtypeName);
  }
}

} // namespace mase
