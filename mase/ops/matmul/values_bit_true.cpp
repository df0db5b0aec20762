// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// O16 of docs/operators.md.
#include "mase/ops/matmul/values_bit_true.h"

#include "mase/ops/matmul/attention_kernels.h"
#include "mase/support/error.h"
#include "mase/support/parallel.h"

#include <algorithm>
#include <bit>
#include <numeric>

namespace mase {
namespace {

constexpr int probabilityFraction = 15; // of the exponentials, whatever their edge's format
constexpr int extraBits = 6;            // of a result below the unit of a value
constexpr int argumentBits = 16;        // of the table of reciprocals
const TabulatedFunction reciprocalFunction = {"reciprocal", [](double z) { return 1 / (1 + z); }, 16, argumentBits};

} // namespace

ValuesBitTrue::ValuesBitTrue(const OperatorDescription &op, const BitTrueFormats &formats)
    : causal_(op.attributeOr("causal", false)), probability_(*formats.inputs.at(0)),
      valueBits_(formats.inputs.at(1)->elementBits()), fraction_(0),
      plain_(probability_.scaleBits() == 0 && probability_.operand().minExponent == -probabilityFraction),
      reciprocal_(functionTable(reciprocalFunction)) {
  const Format &value = *formats.inputs[1];
  edgeBits(probability_);
  if (!value.hasIntegers() || value.scaleBits() > 0 || value.scaleReach() != ScaleReach::none)
    fail("values of attention are in format '{}', whose scales change with the token (fixed<W,F> would be right)",
         value.name());
  fraction_ = -value.operand().minExponent;
  const int sumBits =
      valueBits_ + probabilityFraction + static_cast<int>(std::bit_width(static_cast<uint64_t>(op.maxRows)));
  if (sumBits + 17 > 63) // times the reciprocal
    fail("weighted sums of {} values in '{}' take {} bits (46 are possible)", op.maxRows, value.name(), sumBits);
}

WideRows ValuesBitTrue::wide(const BitTrueCall &call) const {
  const IntegerRows &p = *call.inputs[0], &v = *call.inputs[1];
  const int64_t keys = v.rows.rows, heads = p.heads, rows = p.rows.rows / heads, group = heads / v.heads;
  const int64_t features = v.rows.cols / v.heads;
  WideRows result(rows, heads * features, valueBits_ + extraBits + 1);
  std::fill(result.exponent.begin(), result.exponent.end(), -fraction_ - extraBits);
  const WholeRows shares(probability_, p.rows);
  // The exponentials of a row in units of 2^-15, whatever the blocks' exponents.
  const auto given = [&](int64_t at, int64_t last, std::vector<int32_t> &share) -> const int32_t * {
    if (plain_)
      return p.rows.q.data() + at * keys;
    share.resize(static_cast<size_t>(last));
    for (int64_t key = 0; key < last; ++key) {
      const int64_t unit = shares.exponent(at, key / WideRows::blockCols) + probabilityFraction;
      share[static_cast<size_t>(key)] = static_cast<int32_t>(roundingShift(shares.value(at, key), -unit));
    }
    return share.data();
  };
  const auto lastKey = [&](int64_t row) { return causal_ ? std::min(call.position + row + 1, keys) : keys; };
  // Sums by the greatest score's exponential, which is one, and the others: never zero.
  const auto divide = [&](const int64_t *sum, int64_t total, int64_t *out) {
    total = std::max<int64_t>(1, total);
    const int leading = static_cast<int>(std::bit_width(static_cast<uint64_t>(total))) - 1;
    const int64_t below = total - (int64_t{1} << leading);
    const int64_t argument =
        leading >= argumentBits ? below >> (leading - argumentBits) : below << (argumentBits - leading);
    const int64_t factor = reciprocal_(static_cast<uint32_t>(argument));
    for (int64_t c = 0; c < features; ++c)
      out[c] = roundingShift(sum[c] * factor, leading + 16 - extraBits);
  };
  if (valueBits_ <= 15) {
    constexpr int64_t tall = 6; // rows that read the values together
    // |share| <= 2^15 and |value| <= 2^(W-1).
    const int64_t together = int64_t{1} << std::max(0, 31 - probabilityFraction - valueBits_);
    parallelFor(v.heads, [&](int64_t valueHead) {
      const ValuePairs values = packValues(v.rows.q.data() + valueHead * features, v.rows.cols, keys, features);
      const int64_t room = keys + keys % 2;
      std::vector<int16_t> packed(static_cast<size_t>(tall * room));
      std::vector<int32_t> share;
      std::vector<int64_t> sum(static_cast<size_t>(tall * values.width));
      for (int64_t head = valueHead * group; head < (valueHead + 1) * group; ++head)
        for (int64_t first = 0; first < rows; first += tall) {
          const int64_t count = std::min(tall, rows - first), most = lastKey(first + count - 1);
          int64_t total[tall] = {};
          for (int64_t r = 0; r < count; ++r) {
            const int64_t last = lastKey(first + r);
            total[r] = packShares(given(head * rows + first + r, last, share), last, most + most % 2,
                                  &packed[static_cast<size_t>(r * room)]);
          }
          weightedValues(values, packed.data(), room, count, most, together, sum.data());
          for (int64_t r = 0; r < count; ++r)
            divide(sum.data() + r * values.width, total[r],
                   result.sum.data() + (first + r) * result.cols + head * features);
        }
    });
    return result;
  }
  parallelFor(rows, [&](int64_t row) {
    const int64_t last = lastKey(row);
    std::vector<int32_t> share;
    std::vector<int64_t> sum(static_cast<size_t>(features));
    for (int64_t head = 0; head < heads; ++head) {
      const int32_t *row15 = given(head * rows + row, last, share), *values = v.rows.q.data() + head / group * features;
      std::fill(sum.begin(), sum.end(), 0);
      for (int64_t key = 0; key < last; ++key)
        for (int64_t c = 0; c < features; ++c)
          sum[static_cast<size_t>(c)] += int64_t{row15[key]} * values[key * v.rows.cols + c];
      divide(sum.data(), std::accumulate(row15, row15 + last, int64_t{0}),
             result.sum.data() + row * result.cols + head * features);
    }
  });
  return result;
}

} // namespace mase
