// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Elements that a list gives: code i stands for the i-th value, in any order.
///
/// Rounding takes the nearest value, of two equally near ones the smaller magnitude (F15). There is one zero (F9).
#pragma once

#include "mase/formats/element.h"

#include <vector>

namespace mase {

class TableElement final : public Element {
public:
  /// 2 to 256 different finite values, zero among them.
  explicit TableElement(std::vector<double> values);

  /// Most bits of a significand in the integer view.
  static constexpr int maxSignificandBits = 16;

  int bits() const override;
  double largest() const override { return largest_; }
  double smallest() const override { return smallest_; }
  double relativeStep() const override { return relativeStep_; }
  bool symmetric() const override { return symmetric_; }
  double round(double v, Ties ties) const override;
  uint32_t encode(double value) const override;
  bool isCode(uint32_t code) const override { return code < values_.size(); }
  double decode(uint32_t code) const override;
  bool hasIntegers() const override { return significandBits_ <= maxSignificandBits; }
  bool isList() const override { return true; }
  std::optional<CodeLayout> layout() const override { return CodeLayout{CodeLayout::Kind::table, 0, 0}; }
  int unitExponent() const override { return unitExponent_; }
  int significandBits() const override { return significandBits_; }
  ElementInteger integer(uint32_t code) const override;

private:
  struct Entry {
    double value;
    uint32_t code;
  };
  /// Index into sorted_ of the nearest.
  size_t nearest(double v) const;

  std::vector<double> values_; // by code
  std::vector<Entry> sorted_;  // by value
  double largest_ = 0, smallest_ = 0, relativeStep_ = 1;
  bool symmetric_ = true;
  int unitExponent_ = 0, significandBits_ = 0;
};

} // namespace mase
