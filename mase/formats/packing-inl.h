// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Codes of up to 7 bits, one a byte, to bits without gaps and back; of 9 to 15 bits, one a word of 16: for each
/// instruction set.
///
/// 8 codes are 8 bytes of a 64-bit lane, drawn together in three steps, each halving the number of pieces. Included
/// behind <hwy/highway.h>, once for each target (hence no plain guard).
#if defined(MASE_PACKING_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef MASE_PACKING_INL
#undef MASE_PACKING_INL
#else
#define MASE_PACKING_INL
#endif

#include <cstdint>
#include <cstring>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using W = hn::CappedTag<uint64_t, 8>;
constexpr size_t words = hn::MaxLanes(W());

/// Masks of the three steps from eight codes of `bits` bits, one a byte, to 8 * bits bits, and back.
template <int bits>
struct Pieces {
  static constexpr uint64_t one = ((uint64_t{1} << bits) - 1) * 0x0001000100010001;     // every other code
  static constexpr uint64_t two = ((uint64_t{1} << 2 * bits) - 1) * 0x0000000100000001; // every other pair
  static constexpr uint64_t four = (uint64_t{1} << 4 * bits) - 1;                       // the lower half
};

/// Draws together: 8 * bits bits from the lowest one of each word.
template <int bits, class V>
HWY_INLINE V squeeze(V x) {
  using P = Pieces<bits>;
  const W w;
  const V one = hn::Set(w, P::one), two = hn::Set(w, P::two), four = hn::Set(w, P::four);
  x = hn::Or(hn::And(x, one), hn::ShiftRight<8 - bits>(hn::AndNot(one, x)));
  x = hn::Or(hn::And(x, two), hn::ShiftRight<16 - 2 * bits>(hn::AndNot(two, x)));
  return hn::Or(hn::And(x, four), hn::ShiftRight<32 - 4 * bits>(hn::AndNot(four, x)));
}

/// The way back; what stands above 8 * bits bits is ignored.
template <int bits, class V>
HWY_INLINE V spread(V x) {
  using P = Pieces<bits>;
  const W w;
  x = hn::Or(hn::And(x, hn::Set(w, P::four)), hn::And(hn::ShiftLeft<32 - 4 * bits>(x), hn::Set(w, P::four << 32)));
  x = hn::Or(hn::And(x, hn::Set(w, P::two)), hn::And(hn::ShiftLeft<16 - 2 * bits>(x), hn::Set(w, P::two << 16)));
  return hn::Or(hn::And(x, hn::Set(w, P::one)), hn::And(hn::ShiftLeft<8 - bits>(x), hn::Set(w, P::one << 8)));
}

/// Where closeUp() takes its bytes and its groups of four from.
template <int bits>
struct Places {
  alignas(64) uint8_t bytes[16] = {};
  alignas(64) uint32_t quads[16] = {};
  constexpr Places() {
    for (int i = 0; i < bits; ++i) { // inside 16 bytes: those of the upper half behind those of the lower one
      bytes[i] = static_cast<uint8_t>(i);
      bytes[bits + i] = static_cast<uint8_t>(8 + i);
    }
    constexpr uint32_t each = bits / 2; // groups of four that 16 bytes have left
    for (uint32_t i = 0; i < each * 4; ++i)
      quads[i] = (i / each * 4 + i % each) % (2 * words); // those of shorter vectors come first
  }
};
template <int bits>
constexpr Places<bits> places;

/// The bits of squeeze() without gaps: bits * words bytes from the lowest one on. What follows them is not defined.
template <int bits, class V>
HWY_INLINE V closeUp(V x) {
  const W w;
  if constexpr (words == 1)
    return x;
  const hn::Repartition<uint8_t, W> bytes;
  const hn::Repartition<uint32_t, W> quads;
  const auto close = hn::TableLookupBytes(hn::BitCast(bytes, x), hn::LoadDup128(bytes, places<bits>.bytes));
  if constexpr (words == 2)
    return hn::BitCast(w, close);
  const auto order = hn::SetTableIndices(quads, places<bits>.quads);
  return hn::BitCast(w, hn::TableLookupLanes(hn::BitCast(quads, close), order));
}

/// Codes of 4 bits, of which two make a byte. `count` as packBytes has it.
inline void packNibbles(const uint8_t *codes, int64_t count, uint8_t *bytes) {
  const hn::CappedTag<uint16_t, 32> pairs;
  const hn::Rebind<uint8_t, decltype(pairs)> narrow;
  constexpr auto step = static_cast<int64_t>(hn::MaxLanes(pairs));
  int64_t k = 0;
  for (; k + step <= count / 2; k += step) {
    const auto two = hn::LoadU(pairs, reinterpret_cast<const uint16_t *>(codes) + k);
    hn::StoreU(hn::TruncateTo(narrow, hn::Or(two, hn::ShiftRight<4>(two))), narrow, bytes + k);
  }
  for (; k < count / 2; ++k)
    bytes[k] = static_cast<uint8_t>(codes[2 * k] | codes[2 * k + 1] << 4);
}

/// The way back.
inline void unpackNibbles(const uint8_t *bytes, int64_t count, uint8_t *codes) {
  const hn::CappedTag<uint16_t, 32> pairs;
  const hn::Rebind<uint8_t, decltype(pairs)> narrow;
  constexpr auto step = static_cast<int64_t>(hn::MaxLanes(pairs));
  int64_t k = 0;
  for (; k + step <= count / 2; k += step) {
    const auto both = hn::PromoteTo(pairs, hn::LoadU(narrow, bytes + k));
    const auto apart = hn::And(hn::Or(both, hn::ShiftLeft<4>(both)), hn::Set(pairs, 0x0F0F));
    hn::StoreU(apart, pairs, reinterpret_cast<uint16_t *>(codes) + k);
  }
  for (; k < count / 2; ++k) {
    codes[2 * k] = bytes[k] & 15;
    codes[2 * k + 1] = bytes[k] >> 4;
  }
}

/// `count` codes (a multiple of 8), one a byte, to count * bits / 8 bytes. `codes` has room for whole batches and is
/// overwritten. A row at a time: words that are stored are not read again before they have left for the cache.
template <int bits>
void packBytes(uint8_t *codes, int64_t count, uint8_t *bytes) {
  if constexpr (bits == 4)
    return packNibbles(codes, count, bytes);
  const W w;
  auto *packed = reinterpret_cast<uint64_t *>(codes);
  const int64_t groups = count / 8;
  constexpr auto step = static_cast<int64_t>(words);
  int64_t k = 0;
  // Each store writes some bytes too many, which the next one overwrites; the last ones write exactly.
  if constexpr (bits % 2 == 0) { // vectors end with whole groups of four bytes
    for (; k * bits + 8 * step <= groups * bits; k += step, bytes += bits * step)
      hn::StoreU(closeUp<bits>(squeeze<bits>(hn::LoadU(w, packed + k))), w, reinterpret_cast<uint64_t *>(bytes));
  }
  for (int64_t rest = k; rest < groups; rest += step)
    hn::StoreU(squeeze<bits>(hn::LoadU(w, packed + rest)), w, packed + rest);
  const int64_t easy = groups - (8 + bits - 1) / bits;
  for (; k < easy; ++k, bytes += bits)
    std::memcpy(bytes, packed + k, 8);
  for (; k < groups; ++k, bytes += bits)
    std::memcpy(bytes, packed + k, bits);
}

/// The way back.
template <int bits>
void unpackBytes(const uint8_t *bytes, int64_t count, uint8_t *codes) {
  if constexpr (bits == 4)
    return unpackNibbles(bytes, count, codes);
  const W w;
  auto *packed = reinterpret_cast<uint64_t *>(codes);
  const int64_t groups = count / 8, easy = groups - (8 + bits - 1) / bits;
  int64_t k = 0;
  for (; k < easy; ++k, bytes += bits)
    std::memcpy(packed + k, bytes, 8);
  for (; k < groups; ++k, bytes += bits) {
    packed[k] = 0;
    std::memcpy(packed + k, bytes, bits);
  }
  for (k = 0; k < groups; k += static_cast<int64_t>(words))
    hn::StoreU(spread<bits>(hn::LoadU(w, packed + k)), w, packed + k);
}

/// By bits; 8 need neither.
constexpr decltype(&packBytes<1>) packers[] = {nullptr,      packBytes<1>, packBytes<2>, packBytes<3>,
                                               packBytes<4>, packBytes<5>, packBytes<6>, packBytes<7>};
constexpr decltype(&unpackBytes<1>) unpackers[] = {nullptr,        unpackBytes<1>, unpackBytes<2>, unpackBytes<3>,
                                                   unpackBytes<4>, unpackBytes<5>, unpackBytes<6>, unpackBytes<7>};

/// `count` codes (a multiple of 8) of 9 to 15 bits, one a word, to count * bits / 8 bytes. `codes` has room for 64 more
/// and is overwritten.
template <int bits>
void packWords(uint16_t *codes, int64_t count, uint8_t *bytes) {
  const W w;
  constexpr uint64_t pairs = ((uint64_t{1} << bits) - 1) * 0x0000000100000001, half = (uint64_t{1} << 2 * bits) - 1;
  int64_t done = 0; // words that are written
  auto *packed = reinterpret_cast<uint64_t *>(codes);
  constexpr auto step = static_cast<int64_t>(words);
  for (int64_t k = 0; k < count / 4; k += step) {
    auto x = hn::LoadU(w, packed + k);
    const auto one = hn::Set(w, pairs), two = hn::Set(w, half);
    x = hn::Or(hn::And(x, one), hn::ShiftRight<16 - bits>(hn::AndNot(one, x)));
    x = hn::Or(hn::And(x, two), hn::ShiftRight<32 - 2 * bits>(hn::AndNot(two, x)));
    if constexpr (bits == 12 && words > 1) // whole groups of bytes; what is too much the next store overwrites
      if ((k + 2 * step) * 6 + 8 * step <= count / 4 * 6) {
        hn::StoreU(closeUp<6>(x), w, reinterpret_cast<uint64_t *>(bytes + k * 6));
        done = k + step;
        continue;
      }
    hn::StoreU(x, w, packed + k);
  }
  packed += done;
  count -= done * 4;
  bytes += done / 2 * bits;
  for (int64_t k = 0; k < count / 4; k += 2, bytes += bits) { // the first 8 bytes of each group, and the last 8
    const uint64_t low = packed[k] | packed[k + 1] << 4 * bits;
    const uint64_t high = packed[k + 1] << (64 - 4 * bits) | packed[k] >> (8 * bits - 64);
    std::memcpy(bytes, &low, 8);
    std::memcpy(bytes + bits - 8, &high, 8);
  }
}

/// The way back.
template <int bits>
void unpackWords(const uint8_t *bytes, int64_t count, uint16_t *codes) {
  const W w;
  constexpr uint64_t code = (uint64_t{1} << bits) - 1, half = (uint64_t{1} << 2 * bits) - 1;
  auto *packed = reinterpret_cast<uint64_t *>(codes);
  for (int64_t k = 0; k < count / 4; k += 2, bytes += bits) {
    uint64_t high = 0;
    std::memcpy(packed + k, bytes, 8);
    std::memcpy(&high, bytes + bits - 8, 8);
    packed[k + 1] = high >> (64 - 4 * bits);
  }
  for (int64_t k = 0; k < count / 4; k += static_cast<int64_t>(words)) {
    auto x = hn::LoadU(w, packed + k);
    x = hn::Or(hn::And(x, hn::Set(w, half)), hn::And(hn::ShiftLeft<32 - 2 * bits>(x), hn::Set(w, half << 32)));
    const auto low = hn::And(x, hn::Set(w, code * 0x0000000100000001));
    hn::StoreU(hn::Or(low, hn::And(hn::ShiftLeft<16 - bits>(x), hn::Set(w, code * 0x0001000000010000))), w, packed + k);
  }
}

/// By bits, less 8.
constexpr decltype(&packWords<9>) wordPackers[] = {nullptr,       packWords<9>,  packWords<10>, packWords<11>,
                                                   packWords<12>, packWords<13>, packWords<14>, packWords<15>};
constexpr decltype(&unpackWords<9>) wordUnpackers[] = {nullptr,         unpackWords<9>,  unpackWords<10>,
                                                       unpackWords<11>, unpackWords<12>, unpackWords<13>,
                                                       unpackWords<14>, unpackWords<15>};

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
