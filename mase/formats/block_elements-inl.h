// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Elements of any kind under any scale, a vector at a time, for each instruction set: what block_kernel.cpp and
/// block_codec.cpp have in common.
///
/// A rounder takes a vector of numbers, their scales and the inverses of those, and gives represented values or codes.
/// Included behind <hwy/highway.h>, once for each target (hence no plain guard).
// Before the guard: it goes through its own once for each target.
#include "mase/formats/nearest-inl.h"

#ifndef MASE_BLOCK_ELEMENTS_CONSTANTS
#define MASE_BLOCK_ELEMENTS_CONSTANTS

#include "mase/formats/block_kernel.h"

#include <cstring>
#include <hwy/cache_control.h>

namespace mase {

/// A format's elements as the rounders need them.
struct ElementConstants {
  bool isTable = false, twosComplement = false;
  bool divides = false; ///< scales are no powers of two: quotients are approximate
  int bits = 0;
  ScaledConstants grid = {};
  float toWhole = 1;      ///< of integers: 1 / step
  uint32_t limitCode = 0; ///< of the largest number
  float beyond = 0;       ///< what the next code stands for: infinity or NaN
  int levels = 0;
  const ElementTable *table = nullptr;
  /// Of a table: the boundaries that each level of the binary search compares with, and for the entry that it ends at,
  /// between which quotients there is no doubt.
  alignas(64) float boundaries[8][128];
  alignas(64) float from[256], to[256];
  alignas(64) float values[256];
  alignas(64) float codes[256]; ///< the bits of integers
  alignas(64) float byCode[256];
};

/// The scales of a row.
struct SpanScales {
  const float *scale, *inverse;
  int64_t blockCols; ///< columns that share one: a multiple of a line, or all there are; 0: each column has its own
  int64_t distance;  ///< floats ahead that are asked for: what is read when this row is done
};

} // namespace mase
#endif

#if defined(MASE_BLOCK_ELEMENTS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef MASE_BLOCK_ELEMENTS_INL
#undef MASE_BLOCK_ELEMENTS_INL
#else
#define MASE_BLOCK_ELEMENTS_INL
#endif

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {

/// Of a whole number from 0 to 2^22.
template <class V>
HWY_INLINE hn::Vec<I> wholeOf(V x) {
  const auto magic = hn::Set(F(), 0x1p23F);
  return hn::Sub(hn::BitCast(I(), hn::Add(x, magic)), hn::BitCast(I(), magic));
}

template <bool octaves, bool divides>
struct GridRounder {
  const ScaledConstants grid;
  const int bits;
  const bool twosComplement;
  const float toWhole;
  const int32_t limitCode;
  const ElementConstants *const constants;
  explicit HWY_INLINE GridRounder(const ElementConstants &g)
      : grid(g.grid), bits(g.bits), twosComplement(g.twosComplement), toWhole(g.toWhole),
        limitCode(static_cast<int32_t>(g.limitCode)), constants(&g) {}

  template <class V>
  HWY_INLINE V magnitude(V x, V scale, V inverse) const {
    return nearest<octaves, !divides>(grid, hn::Abs(x), scale, hn::Mul(scale, hn::Set(F(), 0.5F)), inverse);
  }

  template <class V>
  HWY_INLINE V value(V x, V scale, V inverse) const {
    if constexpr (divides) {
      const auto steps = stepsOf<octaves>(grid, hn::Mul(hn::Abs(x), inverse));
      if (HWY_UNLIKELY(!isFarFromTies(grid, steps)))
        return decidedValue(constants, x, scale, inverse);
      return hn::CopySign(hn::Mul(hn::Min(steps.near, hn::Set(F(), grid.largest)), scale), x); // F4, F9
    }
    return hn::CopySign(hn::Mul(magnitude(x, scale, inverse), scale), x); // F9
  }

  template <class V>
  HWY_INLINE hn::Vec<I> code(V x, V scale, V inverse) const {
    const I i;
    const auto steps = stepsOf<octaves>(grid, hn::Mul(hn::Abs(x), inverse));
    if constexpr (divides)
      if (HWY_UNLIKELY(!isFarFromTies(grid, steps)))
        return decidedCode(constants, x, scale, inverse);
    const auto code = withSign(hn::Min(codeOf(grid, steps), hn::Set(i, limitCode)), x); // F4
    if constexpr (divides)
      return code;                                                                     // a NaN is not far from ties
    return hn::And(hn::VecFromMask(i, hn::RebindMask(i, hn::Eq(scale, scale))), code); // F5
  }

private:
  template <class V>
  HWY_INLINE hn::Vec<I> withSign(hn::Vec<I> code, V x) const {
    const I i;
    const auto negative = hn::BroadcastSignBit(hn::BitCast(i, x));
    const auto signBit = hn::Set(i, static_cast<int32_t>(1U << (bits - 1)));
    if (octaves || !twosComplement)
      return hn::Or(code, hn::And(negative, signBit));
    const auto mask = hn::Sub(hn::Add(signBit, signBit), hn::Set(i, 1));
    return hn::And(hn::Sub(hn::Xor(code, negative), negative), mask);
  }

  /// By remainders. Static, as an object whose address is known elsewhere stays in memory.
  template <class V>
  static HWY_NOINLINE V decidedValue(const ElementConstants *g, V x, V scale, V inverse) {
    return hn::CopySign(hn::Mul(GridRounder(*g).magnitude(x, scale, inverse), scale), x); // F9
  }

  template <class V>
  static HWY_NOINLINE hn::Vec<I> decidedCode(const ElementConstants *g, V x, V scale, V inverse) {
    return GridRounder(*g).codeByRemainder(x, scale, inverse);
  }

  template <class V>
  HWY_INLINE hn::Vec<I> codeByRemainder(V x, V scale, V inverse) const {
    const F f;
    const I i;
    const auto near = magnitude(x, scale, inverse);
    const auto isNumber = hn::VecFromMask(i, hn::RebindMask(i, hn::Eq(scale, scale)));
    if (!octaves && twosComplement)
      return hn::And(isNumber, withSign(wholeOf(hn::Mul(near, hn::Set(f, toWhole))), x)); // F5
    // Field 1 is the lowest octave; below it there is no leading one.
    const auto lowest = hn::Set(i, grid.lowest), pattern = hn::BitCast(i, near);
    const auto normal = hn::ShiftRightSame(hn::Sub(pattern, hn::Sub(lowest, hn::Set(i, 1 << 23))), 23 - grid.stepShift);
    const auto toSteps = hn::Set(i, (254 << 23) - grid.lowest + grid.stepShift * (1 << 23));
    const auto subnormal = wholeOf(hn::Mul(near, hn::BitCast(f, toSteps)));
    return hn::And(isNumber, withSign(hn::IfThenElse(hn::Gt(lowest, pattern), subnormal, normal), x));
  }
};

/// Entries of a table in memory by their indices: permutations where a few registers hold it.
template <size_t entries>
HWY_INLINE hn::Vec<F> entriesAt(const float *table, hn::Vec<I> index) {
  const F f;
  const I i;
#if HWY_TARGET <= HWY_AVX3 // whose permutations ignore the bits above
  if constexpr (entries <= lanes)
    return hn::Vec<F>{_mm512_permutexvar_ps(index.raw, hn::Load(f, table).raw)};
  if constexpr (entries == 2 * lanes)
    return hn::Vec<F>{_mm512_permutex2var_ps(hn::Load(f, table).raw, index.raw, hn::Load(f, table + lanes).raw)};
#endif
  if constexpr (entries <= lanes) {
    const auto inside = hn::And(index, hn::Set(i, static_cast<int32_t>(lanes) - 1));
    return hn::TableLookupLanes(hn::Load(f, table), hn::IndicesFromVec(f, inside));
  } else if constexpr (entries <= 16 * lanes && lanes >= 8) {
    const auto low = entriesAt<entries / 2>(table, index), high = entriesAt<entries / 2>(table + entries / 2, index);
    const auto isHigh = hn::TestBit(index, hn::Set(i, static_cast<int32_t>(entries / 2)));
    return hn::IfThenElse(hn::RebindMask(f, isHigh), high, low);
  } else {
    return hn::GatherIndex(f, table, index);
  }
}

template <int levels, bool divides>
struct TableRounder {
  const ElementConstants &g;
  static constexpr size_t entries = size_t{1} << levels;
  /// Whether doubt is looked up in the end. Else it is kept in mind, as that would take many registers.
  static constexpr bool looksUp = divides && levels <= 5;

  /// One level of the search after the other.
  template <int level, class V>
  HWY_INLINE void search(V quotient, hn::Vec<I> &entry, V &nearestBoundary) const {
    const I i;
    V boundary = hn::Set(F(), g.boundaries[0][0]);
    if constexpr (level > 0)
      boundary = entriesAt<size_t{1} << level>(g.boundaries[level], entry);
    const auto right = hn::Gt(quotient, boundary);
    const auto twice = level == 0 ? entry : hn::Add(entry, entry);
    if constexpr (lanes == 16)
      entry = hn::IfThenElse(hn::RebindMask(i, right), hn::Add(twice, hn::Set(i, 1)), twice);
    else
      entry = hn::Sub(twice, hn::VecFromMask(i, hn::RebindMask(i, right)));
    if constexpr (divides && !looksUp)
      nearestBoundary = hn::Min(nearestBoundary, hn::Abs(hn::Sub(quotient, boundary)));
    if constexpr (level + 1 < levels)
      search<level + 1>(quotient, entry, nearestBoundary);
  }

  template <class V>
  HWY_INLINE hn::Vec<I> find(V x, V scale, V inverse) const {
    const F f;
    const V quotient = hn::Mul(x, inverse);
    V nearestBoundary = hn::Set(f, 0x1p100F);
    auto entry = hn::Zero(I());
    search<0>(quotient, entry, nearestBoundary);
    // So near to a boundary the quotient may lie on its other side.
    if constexpr (looksUp) {
      const auto from = entriesAt<entries>(g.from, entry), to = entriesAt<entries>(g.to, entry);
      if (HWY_UNLIKELY(!hn::AllTrue(f, hn::And(hn::Gt(quotient, from), hn::Gt(to, quotient)))))
        return decided(x, scale);
    } else if constexpr (divides) { // the neighbouring boundaries are among those compared
      const auto doubt = hn::Mul(hn::Abs(quotient), hn::Set(f, 0x1p-21F));
      if (HWY_UNLIKELY(!hn::AllTrue(f, hn::Gt(nearestBoundary, doubt))))
        return decided(x, scale);
    }
    return entry;
  }

  template <class V>
  HWY_NOINLINE hn::Vec<I> decided(V x, V scale) const {
    HWY_ALIGN float numbers[lanes], scales[lanes];
    HWY_ALIGN int32_t decisions[lanes];
    hn::Store(x, F(), numbers);
    hn::Store(scale, F(), scales);
    for (size_t k = 0; k < lanes; ++k)
      decisions[k] = static_cast<int32_t>(g.table->indexOf(static_cast<double>(numbers[k]) / scales[k]));
    return hn::Load(I(), decisions);
  }

  template <class V>
  HWY_INLINE V value(V x, V scale, V inverse) const {
    return hn::Mul(entriesAt<entries>(g.values, find(x, scale, inverse)), scale);
  }

  template <class V>
  HWY_INLINE hn::Vec<I> code(V x, V scale, V inverse) const {
    const I i;
    const auto found = entriesAt<entries>(g.codes, find(x, scale, inverse));
    return hn::IfThenElseZero(hn::RebindMask(i, hn::Eq(scale, scale)), hn::BitCast(i, found)); // F5
  }
};

/// What is made of a row: sink.put for each vector, sink.putEdge for what the edge leaves, with zeros behind it.
template <class Sink, class Rounder>
HWY_INLINE void forScaledVectors(const Sink &to, const Rounder &from, const SpanScales &spans, const float *x,
                                 int64_t cols) {
  const F f;
  const SpanScales s = spans; // copies, as stores of codes might change what lies in memory
  const Sink sink = to;
  const Rounder rounder = from;
  constexpr auto step = static_cast<int64_t>(lanes);
  const int64_t whole = cols - cols % step;
  if (s.blockCols == 0) {
    for (int64_t c = 0; c < whole; c += step) {
      hwy::Prefetch(x + c + s.distance);
      sink.put(rounder, hn::LoadU(f, x + c), hn::LoadU(f, s.scale + c), hn::LoadU(f, s.inverse + c), c);
    }
  } else if (s.blockCols == step) { // the usual ones are unrolled
    for (int64_t b = 0, c = 0; c < whole; ++b, c += step) {
      hwy::Prefetch(x + c + s.distance);
      sink.put(rounder, hn::LoadU(f, x + c), hn::Set(f, s.scale[b]), hn::Set(f, s.inverse[b]), c);
    }
  } else {
    for (int64_t b = 0, c = 0; c < whole; ++b) {
      const auto scale = hn::Set(f, s.scale[b]), inverse = hn::Set(f, s.inverse[b]);
      for (const int64_t end = std::min(c + s.blockCols, whole); c < end; c += step) {
        hwy::Prefetch(x + c + s.distance);
        sink.put(rounder, hn::LoadU(f, x + c), scale, inverse, c);
      }
    }
  }
  if (whole == cols)
    return;
  HWY_ALIGN float edge[lanes] = {};
  std::memcpy(edge, x + whole, static_cast<size_t>(cols - whole) * sizeof(float));
  auto scale = hn::Set(f, 1.0F), inverse = scale;
  if (s.blockCols == 0)
    scale = hn::LoadU(f, s.scale + whole), inverse = hn::LoadU(f, s.inverse + whole);
  else
    scale = hn::Set(f, s.scale[whole / s.blockCols]), inverse = hn::Set(f, s.inverse[whole / s.blockCols]);
  sink.putEdge(rounder, hn::Load(f, edge), scale, inverse, whole, cols - whole);
}

/// Calls use(rounder) with the format's.
template <class Use>
HWY_INLINE void withRounder(const ElementConstants &g, const Use &use) {
  if (!g.isTable && g.divides)
    return g.grid.octaves ? use(GridRounder<true, true>(g)) : use(GridRounder<false, true>(g));
  if (!g.isTable)
    return g.grid.octaves ? use(GridRounder<true, false>(g)) : use(GridRounder<false, false>(g));
  const auto table = [&](auto levels) {
    constexpr int number = decltype(levels)::value;
    return g.divides ? use(TableRounder<number, true>{g}) : use(TableRounder<number, false>{g});
  };
  if (g.levels == 4)
    table(std::integral_constant<int, 4>());
  else if (g.levels == 5)
    table(std::integral_constant<int, 5>());
  else if (g.levels == 6)
    table(std::integral_constant<int, 6>());
  else if (g.levels == 7)
    table(std::integral_constant<int, 7>());
  else
    table(std::integral_constant<int, 8>());
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
