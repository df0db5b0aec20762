// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/linear/narrow_gemm.h"

#include "mase/formats/registry.h"
#include "mase/ops/linear/packed_gemm.h"
#include "mase/support/random.h"

#include <bit>
#include <cmath>
#include <gtest/gtest.h>
#include <hwy/targets.h>
#include <limits>
#include <map>

namespace mase {
namespace {

// Values over many octaves, so that blocks have different scales; some zeros and whole zero blocks.
std::vector<float> sample(uint64_t seed, int64_t elements) {
  Random random(seed);
  std::vector<float> x(static_cast<size_t>(elements));
  int octave = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    if (i % 16 == 0)
      octave = static_cast<int>(random.below(12)) - 6;
    x[i] =
        octave == 5 || random.below(16) == 0 ? 0.0F : static_cast<float>(std::ldexp(random.uniform() * 2 - 1, octave));
  }
  return x;
}

std::vector<float> quantized(const Format &format, ConstMatrixView x) {
  std::vector<float> y(static_cast<size_t>(x.rows * x.cols));
  format.fakeQuantize(x, {y.data(), x.rows, x.cols});
  return y;
}

// The definition: exact sums of 32 products, rounded to fp32 where they are wider, added in order.
std::vector<float> expected(const Format &formatA, ConstMatrixView a, const Format &formatB, ConstMatrixView b) {
  const std::vector<float> x = quantized(formatA, a), w = quantized(formatB, b);
  std::vector<float> c(static_cast<size_t>(a.rows * b.rows));
  for (int64_t r = 0; r < a.rows; ++r)
    for (int64_t j = 0; j < b.rows; ++j) {
      float sum = 0;
      for (int64_t k = 0; k < a.cols; k += 32) {
        double block = 0; // exact: 30 bits of magnitude above the smallest product
        for (int64_t i = k; i < std::min(k + 32, a.cols); ++i)
          block += static_cast<double>(x[static_cast<size_t>(r * a.cols + i)]) * w[static_cast<size_t>(j * a.cols + i)];
        sum += static_cast<float>(block);
      }
      c[static_cast<size_t>(r * b.rows + j)] = sum;
    }
  return c;
}

std::vector<float> product(const Format &formatA, ConstMatrixView a, const Format &formatB, ConstMatrixView b) {
  const ProductKind kind = productKind(formatA, formatB).value();
  NarrowRows rows;
  quantizeInto(formatA, kind, a, rows);
  const PackedNarrow packed = packNarrow(formatB, kind, b);
  std::vector<float> c(static_cast<size_t>(a.rows * b.rows));
  multiply(rows, 0, packed, {c.data(), a.rows, b.rows});
  return c;
}

struct Case {
  const char *a, *b;
  int64_t rows, cols, depth;
};

void PrintTo(const Case &c, std::ostream *out) {
  *out << c.a << " " << c.b << " " << c.rows << " x " << c.cols << " x " << c.depth;
}

class NarrowGemm : public testing::TestWithParam<Case> {
protected:
  const Case shape = GetParam();
  const Format &formatA = parseFormat(shape.a), &formatB = parseFormat(shape.b);
  const std::vector<float> a = sample(1, shape.rows *shape.depth), b = sample(2, shape.cols *shape.depth);
  const ConstMatrixView viewA{a.data(), shape.rows, shape.depth}, viewB{b.data(), shape.cols, shape.depth};
};

// Bit for bit, and so the same on all of them.
TEST_P(NarrowGemm, IsTheDefinitionOnEveryInstructionSet) {
  const std::vector<float> sums = expected(formatA, viewA, formatB, viewB);
  for (int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    EXPECT_EQ(product(formatA, viewA, formatB, viewB), sums) << hwy::TargetName(target);
  }
  hwy::SetSupportedTargetsForTest(0);
}

// What prefill = decode rests on: a row's bits do not depend on the rows beside it, nor on the panels in the call.
TEST_P(NarrowGemm, ARowAloneHasTheSameBits) {
  const std::vector<float> all = product(formatA, viewA, formatB, viewB);
  const ProductKind kind = productKind(formatA, formatB).value();
  const PackedNarrow packed = packNarrow(formatB, kind, viewB);
  NarrowRows row;
  std::vector<float> one(static_cast<size_t>(shape.cols));
  for (int64_t r = 0; r < shape.rows; ++r) {
    quantizeInto(formatA, kind, {viewA.row(r), 1, shape.depth}, row);
    for (int64_t panel = packed.panels(); panel-- > 0;)
      multiply(row, 0, packed, {one.data(), 1, shape.cols}, panel, panel + 1);
    EXPECT_TRUE(std::equal(one.begin(), one.end(), all.begin() + r * shape.cols)) << r;
  }
}

// The other way to compute level 2: both are sums of the same products, in different orders.
TEST_P(NarrowGemm, AgreesWithTheProductOfTheValues) {
  const std::vector<float> x = quantized(formatA, viewA), w = quantized(formatB, viewB);
  std::vector<float> c(static_cast<size_t>(shape.rows * shape.cols));
  multiply({x.data(), shape.rows, shape.depth}, pack({w.data(), shape.cols, shape.depth}),
           {c.data(), shape.rows, shape.cols});
  const std::vector<float> sums = product(formatA, viewA, formatB, viewB);
  for (int64_t r = 0; r < shape.rows; ++r)
    for (int64_t j = 0; j < shape.cols; ++j) {
      double absolute = 0;
      for (int64_t k = 0; k < shape.depth; ++k)
        absolute += std::fabs(static_cast<double>(x[static_cast<size_t>(r * shape.depth + k)]) *
                              w[static_cast<size_t>(j * shape.depth + k)]);
      const auto i = static_cast<size_t>(r * shape.cols + j);
      EXPECT_NEAR(sums[i], c[i], 1e-6 * absolute) << r << ", " << j;
    }
}

INSTANTIATE_TEST_SUITE_P(Shapes, NarrowGemm,
                         testing::Values(Case{"mxint8", "mxint8", 1, 1, 1}, Case{"mxint8", "mxint8", 13, 33, 96},
                                         Case{"mxint8", "mxint8", 25, 65, 1100}, Case{"mxint4", "mxint8", 7, 70, 77},
                                         Case{"mxint2", "mxint5", 12, 32, 64}, Case{"mxint12", "mxint12", 8, 40, 2080},
                                         Case{"mxint4", "mxint9", 6, 31, 129}, Case{"fixed<6,3>", "mxint4", 5, 9, 70},
                                         Case{"fixed<14,6>", "mxint12:4x64", 9, 34, 200},
                                         Case{"mxfp4", "mxfp4", 14, 66, 320}, Case{"mxfp6_e2m3", "mxint8", 9, 33, 160},
                                         Case{"mxfp6_e3m2", "mxfp4/e5", 7, 40, 128}, Case{"bmf<2,3>", "bl4", 6, 32, 90},
                                         Case{"mxint4:row", "mxint6:tensor", 5, 70, 100},
                                         Case{"mxint3:1x64", "mxint8:16x32", 50, 67, 256}));

// The value of an integer or bf16, or NaN where its block is.
float valueOf(const NarrowRows &x, int64_t row, int64_t col) {
  const uint8_t *elements = x.elementsOf(row);
  if (x.kind == ProductKind::bf16) // of each two, the second comes first
    return std::bit_cast<float>(uint32_t(reinterpret_cast<const uint16_t *>(elements)[col ^ 1]) << 16);
  const int q = x.kind == ProductKind::bytes ? reinterpret_cast<const int8_t *>(elements)[col]
                                             : reinterpret_cast<const int16_t *>(elements)[col];
  return static_cast<float>(static_cast<double>(q) * x.scale[static_cast<size_t>(row * x.blocks + col / 32)]);
}

TEST(NarrowRows, AreTheValuesOfEveryFormatThatPromises) {
  constexpr int64_t rows = 19, cols = 300;
  std::vector<float> x = sample(7, rows * cols);
  for (int64_t c = 0; c < 128; ++c) // tiny and subnormal blocks, large ones, one that is not finite
    x[static_cast<size_t>(c)] = std::ldexp(x[static_cast<size_t>(c)], c < 64 ? -130 : 123);
  x[5 * cols + 40] = std::numeric_limits<float>::infinity();
  std::map<ProductKind, int> promising;
  for (const FormatFamily &family : formatFamilies())
    for (const std::string &name : family.examples()) {
      const Format &format = parseFormat(name);
      const int bits = magnitudeBits(format);
      for (ProductKind kind : {ProductKind::bytes, ProductKind::words, ProductKind::bf16}) {
        if (kind == ProductKind::bf16 ? !isExactInBf16(format)
                                      : bits == 0 || bits > (kind == ProductKind::bytes ? 7 : 15))
          continue;
        ++promising[kind];
        const std::vector<float> y = quantized(format, {x.data(), rows, cols});
        NarrowRows narrow;
        quantizeInto(format, kind, {x.data(), rows, cols}, narrow);
        for (int64_t r = 0; r < rows; ++r)
          for (int64_t c = 0; c < cols; ++c) {
            const float value = y[static_cast<size_t>(r * cols + c)], got = valueOf(narrow, r, c);
            if (kind == ProductKind::bf16 && std::fabs(value) < 0x1p-126F)
              continue;                                                                            // counts as zero
            const bool both = std::isnan(got) && (std::isnan(value) || kind != ProductKind::bf16); // NaN is the block's
            ASSERT_TRUE(got == value || both) << name << " " << r << ", " << c << ": " << got << ", not " << value;
          }
      }
    }
  EXPECT_GE(promising[ProductKind::bytes], 15);
  EXPECT_GE(promising[ProductKind::words], 25);
  EXPECT_GE(promising[ProductKind::bf16], 40);
}

// The largest magnitudes of each format, of one sign and of both: nothing saturates or overflows on the way.
TEST(NarrowGemm, ExtremesAreExact) {
  constexpr int64_t rows = 4, cols = 33, depth = 64;
  for (const char *name : {"mxint8", "mxfp6_e2m3", "mxint12", "fixed<8,0>", "fixed<13,0>"}) {
    const Format &format = parseFormat(name);
    std::vector<float> a(rows * depth), b(cols * depth);
    for (size_t i = 0; i < a.size(); ++i)
      a[i] = (i / depth) % 2 == 0 || i % 2 == 0 ? -1e6F : 1e6F;
    for (size_t i = 0; i < b.size(); ++i)
      b[i] = (i / depth) % 2 == 0 || i % 2 == 0 ? -1e6F : 1e6F;
    const ConstMatrixView viewA(a.data(), rows, depth), viewB(b.data(), cols, depth);
    const std::vector<float> sums = expected(format, viewA, format, viewB);
    for (int64_t target : hwy::SupportedAndGeneratedTargets()) {
      hwy::SetSupportedTargetsForTest(target);
      EXPECT_EQ(product(format, viewA, format, viewB), sums) << name << " " << hwy::TargetName(target);
    }
    hwy::SetSupportedTargetsForTest(0);
  }
}

TEST(NarrowGemm, AtMostSixteenBytesTakeHalfAByteEach) {
  constexpr int64_t rows = 70, cols = 96; // a panel is cut
  const std::vector<float> b = sample(3, rows * cols);
  const auto packed = [&](const char *name) {
    const Format &format = parseFormat(name);
    return packNarrow(format, productKind(format, format).value(), {b.data(), rows, cols});
  };
  const PackedNarrow wide = packed("mxint8");
  EXPECT_FALSE(wide.isNibbles);
  for (const char *name : {"mxint4", "mxfp4", "bmf<1,2>", "mxint3:16x64"}) {
    const PackedNarrow narrow = packed(name);
    EXPECT_EQ(narrow.isNibbles, narrow.kind == ProductKind::bytes) << name;
    if (narrow.isNibbles) { // and 2 bytes of scale for 32 elements
      EXPECT_EQ(narrow.bytes * (32 + 2), wide.bytes * (16 + 2)) << name;
    }
  }
}

TEST(NarrowGemm, NotANumberSpreadsAlongItsRow) {
  std::vector<float> a = sample(1, 3 * 64), b = sample(2, 40 * 64);
  a[64 + 5] = std::numeric_limits<float>::quiet_NaN();
  const Format &format = parseFormat("mxint8");
  const std::vector<float> c = product(format, {a.data(), 3, 64}, format, {b.data(), 40, 64});
  for (size_t i = 0; i < c.size(); ++i)
    EXPECT_EQ(std::isnan(c[i]), i / 40 == 1) << i;
}

TEST(ProductKind, FollowsTheBitsOfTheSum) {
  EXPECT_EQ(integerProduct(0, 7), std::nullopt);
  EXPECT_EQ(integerProduct(7, 0), std::nullopt);
  EXPECT_EQ(integerProduct(8, 7), ProductKind::words);
  EXPECT_EQ(integerProduct(13, 13), ProductKind::words);
  EXPECT_EQ(integerProduct(13, 14), std::nullopt);
  EXPECT_EQ(integerProduct(16, 2), std::nullopt);
}

TEST(ProductKind, FollowsTheIntegerViewOfTheFormats) {
  const auto bitsOf = [](const char *name) { return magnitudeBits(parseFormat(name)); };
  EXPECT_EQ(bitsOf("mxint8"), 7);
  EXPECT_EQ(bitsOf("mxint4:16x64"), 3);
  EXPECT_EQ(bitsOf("mxint8:1x16"), 0); // two scales in 32 columns
  EXPECT_EQ(bitsOf("mxfp4"), 4);       // 0 to 12 halves
  EXPECT_EQ(bitsOf("mxfp6_e2m3"), 6);
  EXPECT_EQ(bitsOf("mxfp6_e3m2"), 9);
  EXPECT_EQ(bitsOf("bl4"), 7);
  EXPECT_EQ(bitsOf("fixed<8,3>"), 8); // -128
  EXPECT_EQ(bitsOf("int8"), 0);       // scales are no powers of two
  EXPECT_EQ(bitsOf("fp32"), 0);
  for (const char *name : {"mxint8", "mxint9:1x16", "mxfp8_e4m3", "mxfp8_e5m2", "bmf<4,3>", "bl8", "fixed<8,3>"})
    EXPECT_TRUE(isExactInBf16(parseFormat(name))) << name;
  for (const char *name : {"mxint10", "bmf<2,8>", "int8", "nvfp4", "fp32"})
    EXPECT_FALSE(isExactInBf16(parseFormat(name))) << name;
  EXPECT_EQ(productKind(parseFormat("mxfp8_e4m3"), parseFormat("mxint10")), std::nullopt);
}

// Products in bf16 add up as those of fp32 do, where the processor has them: the same bits.
TEST(NarrowGemm, Bf16IsTheProductOfTheValues) {
  const std::pair<const char *, const char *> pairs[] = {{"mxfp8_e4m3", "mxfp8_e4m3"},
                                                         {"mxfp8_e5m2", "mxint8"},
                                                         {"bmf<4,3>", "bl8"},
                                                         {"bl6", "bl7"},
                                                         {"mxint8:1x16", "mxint6:1x7"}};
  for (const auto &[nameA, nameB] : pairs) {
    const Format &formatA = parseFormat(nameA), &formatB = parseFormat(nameB);
    if (productKind(formatA, formatB) != ProductKind::bf16)
      continue;
    constexpr int64_t rows = 29, cols = 77, depth = 333;
    const std::vector<float> a = sample(1, rows * depth), b = sample(2, cols * depth);
    const ConstMatrixView viewA(a.data(), rows, depth), viewB(b.data(), cols, depth);
    const std::vector<float> x = quantized(formatA, viewA), w = quantized(formatB, viewB);
    std::vector<float> c(rows * cols);
    multiply({x.data(), rows, depth}, pack({w.data(), cols, depth}), {c.data(), rows, cols});
    EXPECT_EQ(product(formatA, viewA, formatB, viewB), c) << nameA << " " << nameB;
  }
}

} // namespace
} // namespace mase
