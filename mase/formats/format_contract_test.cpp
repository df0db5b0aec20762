// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One suite over every registered format: a new family is tested by naming its members in its own folder.
// And the suite over formats with a fault each, which it must find.

#include "mase/formats/block_format.h"
#include "mase/formats/float_element.h"
#include "mase/formats/int_element.h"
#include "mase/formats/power_of_two_scale.h"
#include "mase/formats/registry.h"
#include "mase/formats/testing/format_contract.h"

#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>

namespace mase {
namespace {

using testing_formats::ContractCheck;
using testing_formats::contractChecks;
using testing_formats::runCheck;

// All that the families name, and each of their members in other blocks.
std::vector<std::string> allExamples() {
  std::vector<std::string> names;
  for (const FormatFamily &family : formatFamilies()) {
    for (const std::string &name : family.members())
      if (parseFormat(name).scaleBits() > 0)
        for (const char *block : {":16x2", ":1x7", ":row"})
          names.push_back(parseFormat(name + block).name());
    for (std::string &name : family.examples())
      names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

struct FormatContract : testing::TestWithParam<std::string> {};

TEST_P(FormatContract, Holds) {
  const Format &format = parseFormat(GetParam());
  EXPECT_EQ(format.name(), GetParam()) << "an example is named by its canonical name";
  for (const ContractCheck &check : contractChecks())
    EXPECT_EQ(check.run(format), "") << check.name;
}

std::string nameOf(const testing::TestParamInfo<std::string> &info) {
  std::string name = fmt::format("{}_{}", info.index, info.param);
  for (char &c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)))
      c = '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, FormatContract, testing::ValuesIn(allExamples()), nameOf);

// Every code of every element, exhaustively: what it stands for has that code, but for a second zero, codes that are
// not finite, and the most negative integer, which no rounding gives.
TEST(ElementCodes, AllAreThatOfTheirValue) {
  for (const std::string &name : allExamples()) {
    const auto *format = dynamic_cast<const BlockFormat *>(&parseFormat(name));
    if (!format)
      continue;
    const Element &element = format->element();
    int codes = 0;
    for (uint32_t code = 0; code < 1U << element.bits(); ++code) {
      const double value = element.decode(code);
      if (!std::isfinite(value) || std::fabs(value) > element.largest() || (value == 0 && code != 0))
        continue;
      ASSERT_EQ(element.encode(value), code) << name << ": " << value;
      ASSERT_EQ(element.round(value, Ties::even), value) << name << ", code " << code;
      if (element.hasIntegers()) {
        const ElementInteger view = element.integer(code);
        ASSERT_EQ(std::ldexp(view.significand, view.shift + element.unitExponent()), value) << name;
        ASSERT_TRUE(std::abs(view.significand) >> element.significandBits() == 0 && view.shift <= element.maxShift());
      }
      ++codes;
    }
    EXPECT_GT(codes, (1 << element.bits()) / 2) << name;
  }
}

// ---- Formats with a fault each

std::shared_ptr<const Scale> e8() { return parseScale("e8"); }

BlockFormatParts parts(std::shared_ptr<const Element> element, std::shared_ptr<const Scale> scale = e8()) {
  return {"wrong", std::move(element), std::move(scale), BlockShape{}, roundings().front()};
}

TEST(FormatContractFinds, NothingWrongInTheModelOfTheMutants) {
  const BlockFormat format(parts(std::make_shared<FloatElement>(4, 3)), {});
  for (const ContractCheck &check : contractChecks()) {
    if (check.name != "TheNameComesBack") { // it is not registered
      EXPECT_EQ(check.run(format), "") << check.name;
    }
  }
}

TEST(FormatContractFinds, AWrongRounding) {
  struct Wrong final : FloatElement {
    using FloatElement::FloatElement;
    double round(double v, Ties) const override { return FloatElement::round(v, Ties::towardZero); }
  };
  EXPECT_NE(runCheck("TheNearestCodeIsTaken", BlockFormat(parts(std::make_shared<Wrong>(2, 3)), {})), "");
}

// A scale one octave off, as a wrong bias of elements gives.
struct OctaveOff final : FloatElement {
  OctaveOff(int octaves) : FloatElement(4, 3), octaves(octaves) {}
  int scaleExponent(float magnitude) const override { return FloatElement::scaleExponent(magnitude) + octaves; }
  int octaves;
};

TEST(FormatContractFinds, AWrongBias) {
  EXPECT_NE(runCheck("ErrorsAreBounded", BlockFormat(parts(std::make_shared<OctaveOff>(-1)), {})), "");
  struct Wrong final : FloatElement {
    using FloatElement::FloatElement;
    int unitExponent() const override { return FloatElement::unitExponent() + 1; } // the integer view alone
  };
  EXPECT_NE(runCheck("DecodingIsEmulation", BlockFormat(parts(std::make_shared<Wrong>(3, 2)), {})), "");
}

TEST(FormatContractFinds, ASwappedScale) {
  struct Wrong final : BlockFormat {
    using BlockFormat::BlockFormat;
    void encode(ConstMatrixView x, EncodedMatrix &codes) const override {
      BlockFormat::encode(x, codes);
      const uint32_t first = codes.scales.get(0);
      codes.scales.set(0, codes.scales.get(codes.blocksPerRow()));
      codes.scales.set(codes.blocksPerRow(), first);
    }
  };
  EXPECT_NE(runCheck("DecodingIsEmulation", Wrong(parts(std::make_shared<FloatElement>(3, 2)), {})), "");
}

TEST(FormatContractFinds, ALostShift) {
  struct Wrong final : FloatElement {
    using FloatElement::FloatElement;
    double decode(uint32_t code) const override {
      const ElementInteger view = FloatElement::integer(code);
      return view.significand * powerOfTwo(view.shift + unitExponent());
    }
    ElementInteger integer(uint32_t code) const override {
      return {FloatElement::integer(code).significand, std::max(FloatElement::integer(code).shift - 1, 0)};
    }
  };
  EXPECT_NE(runCheck("IntegersAreTheValues", BlockFormat(parts(std::make_shared<Wrong>(3, 2)), {})), "");
}

TEST(FormatContractFinds, AnAsymmetricElement) {
  struct Wrong final : FloatElement {
    using FloatElement::FloatElement;
    double round(double v, Ties ties) const override { return std::max(FloatElement::round(v, ties), -20.0); }
  };
  EXPECT_NE(runCheck("SignsAreSymmetric", BlockFormat(parts(std::make_shared<Wrong>(3, 2)), {})), "");
}

TEST(FormatContractFinds, AScaleThatGrowsWhenQuantised) {
  struct Wrong final
      : FloatElement { // room above a maximum of 1.9, which becomes 2 and the next time 2 of a wider scale
    Wrong() : FloatElement(2, 0) {}
    int scaleExponent(float magnitude) const override { return FloatElement::scaleExponent(magnitude) + 1; }
  };
  EXPECT_NE(runCheck("TwiceIsOnce", BlockFormat(parts(std::make_shared<Wrong>()), {})), "");
}

TEST(FormatContractFinds, ABlockThatReadsBehindTheEdge) {
  struct Wrong final : BlockFormat {
    using BlockFormat::BlockFormat;
    void fakeQuantize(ConstMatrixView x, MatrixView y) const override { // the last columns are left out
      BlockFormat::fakeQuantize({x.data, x.rows, x.cols / 32 * 32, x.stride},
                                {y.data, y.rows, x.cols / 32 * 32, y.stride});
    }
  };
  EXPECT_NE(runCheck("EdgesPadWithZeros", Wrong(parts(std::make_shared<FloatElement>(3, 2)), {})), "");
}

} // namespace
} // namespace mase
