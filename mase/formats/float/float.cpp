// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/float/float.h"

#include "mase/formats/float_element.h"
#include "mase/formats/plain_codec.h"
#include "mase/formats/plain_kernel.h"
#include "mase/support/error.h"

#include <algorithm>
#include <cassert>

namespace mase {
namespace {

struct Alias {
  std::string_view name;
  int exponentBits, mantissaBits;
};
constexpr Alias aliases[] = {{"fp32", 8, 23}, {"bf16", 8, 7}, {"fp16", 5, 10}};

std::string canonicalName(int exponentBits, int mantissaBits) {
  for (const Alias &alias : aliases)
    if (alias.exponentBits == exponentBits && alias.mantissaBits == mantissaBits)
      return std::string(alias.name);
  return fmt::format("fp<{},{}>", exponentBits, mantissaBits);
}

class Float final : public Format {
public:
  Float(int exponentBits, int mantissaBits)
      : name_(canonicalName(exponentBits, mantissaBits)), identity_(exponentBits == 8 && mantissaBits == 23),
        element_(exponentBits, mantissaBits, TopCodes::infinity), mantissaBits_(mantissaBits) {}

  std::string name() const override { return name_; }
  int elementBits() const override { return element_.bits(); }
  double bitsPerElement() const override { return element_.bits(); }
  BlockShape block() const override { return {1, 1}; }
  std::string_view elementTag() const override { return element_.tag(); }
  ElementRange range() const override { return {element_.largest(), element_.smallest(), element_.relativeStep()}; }

  void fakeQuantize(ConstMatrixView x, MatrixView y) const override {
    if (identity_ && x.data == y.data)
      return;
    plainFakeQuantize(shape(), x, y);
  }

  using Format::encode;
  void encode(ConstMatrixView x, EncodedMatrix &result) const override {
    result.reset(encodedShape(x.rows, x.cols));
    const auto quantize = [this](ConstMatrixView rows, MatrixView values) { fakeQuantize(rows, values); };
    plainFloatEncode(shape(), quantize, x, result);
  }

  void decode(const EncodedMatrix &x, MatrixView y) const override {
    assert(x.rows == y.rows && x.cols == y.cols && x.elements.width() == elementBits());
    plainFloatDecode(shape(), x, y);
  }

private:
  PlainFloat shape() const {
    return {element_.grid()->minExponent, mantissaBits_, static_cast<float>(element_.largest())};
  }

  std::string name_;
  bool identity_;
  FloatElement element_;
  int mantissaBits_;
};

std::unique_ptr<Format> parse(const FormatName &name) {
  int exponentBits = 0, mantissaBits = 0;
  if (const auto *alias =
          std::find_if(std::begin(aliases), std::end(aliases), [&](const Alias &a) { return a.name == name.head; });
      alias != std::end(aliases)) {
    exponentBits = alias->exponentBits, mantissaBits = alias->mantissaBits;
  } else if (const auto numbers = numbersInBrackets(name.head, "fp", 2)) {
    exponentBits = (*numbers)[0], mantissaBits = (*numbers)[1];
    if (exponentBits < 2 || exponentBits > 8)
      fail("format '{}' has {} exponent bits (2 to 8 are possible)", name.text, exponentBits);
    if (mantissaBits < 1 || mantissaBits > 23)
      fail("format '{}' has {} mantissa bits (1 to 23 are possible)", name.text, mantissaBits);
  } else {
    return nullptr;
  }
  if (!name.isPlain())
    fail("format '{}' has no scale (leave out block, scale and rounding)", name.text);
  return std::make_unique<Float>(exponentBits, mantissaBits);
}

} // namespace

FormatFamily floatFamily() {
  return {"float",
          "fp32, bf16, fp16, fp<E,M>",
          "IEEE 754 floats without a scale; fp32: not quantised",
          parse,
          [] {
            return std::vector<std::string>{"fp32", "bf16", "fp16"};
          },
          [] {
            return std::vector<std::string>{"fp<4,3>", "fp<2,1>", "fp<8,1>", "fp<5,2>"};
          }};
}

} // namespace mase
