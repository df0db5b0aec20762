// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A made-up model for the tests of search: the tensors of a small LLaMA, and a loss that behaves like a quantised
/// model's where it matters to a search. Not part of the product.
///
/// The loss is what the tensors' errors add, each 4^-bits times a sensitivity, plus a quadratic interaction, plus what
/// looks like noise: a fixed function of the choice and the window. A few inputs are ten times as sensitive as the
/// rest.
#pragma once

#include "mase/search/space.h"

namespace mase::testing_support {

/// Slots of a LLaMA of 6 layers, 128 wide: 43 linears, 86 slots.
std::vector<Slot> llamaSlots(int layers = 6);

/// mxint2 to mxint8 for every slot.
Space llamaSpace(double budget, int layers = 6);

struct SyntheticModel {
  /// `noise` is the standard deviation of one window's loss that is not the tensors' doing.
  SyntheticModel(const Space &space, uint64_t seed, double noise, int windows = 16);
  Evaluation operator()(const Choice &choice) const;
  /// The loss without noise.
  double expected(const Choice &choice) const;

  Space space;
  uint64_t seed;
  double noise;
  int windows;
  std::vector<double> sensitivity; // of each variable: the loss that it adds at 4 bits
};

} // namespace mase::testing_support
