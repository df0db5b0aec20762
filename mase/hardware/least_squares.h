// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Least squares with coefficients that are not negative, and its cross-validation: what area models are fitted with.
///
/// The error that is minimised is relative: the sum of ((prediction - y) / y)^2. Coefficients below zero would make
/// hardware cheaper by adding some, and extrapolate badly.
/// Deterministic; thread-safe. For some tens of samples and terms.
/// Source  Lawson, Hanson: Solving Least Squares Problems, 1974, chapter 23 (NNLS)
#pragma once

#include <vector>

namespace mase {

/// Coefficients >= 0 of the columns of `rows` (samples x terms) for the responses y > 0.
std::vector<double> fitRelative(const std::vector<std::vector<double>> &rows, const std::vector<double> &y);

/// Relative errors, |prediction - y| / y, of samples that the fit has not seen.
struct CrossValidation {
  double mean = 0, worst = 0;
};
/// Leave-one-out: each sample is predicted by a fit to all others.
CrossValidation crossValidate(const std::vector<std::vector<double>> &rows, const std::vector<double> &y);

} // namespace mase
