// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The one thing that a Parzen estimator over integers needs of the normal distribution: the log of the probability of
/// an interval, accurate in both tails.
#pragma once

namespace mase::tpe {

/// log(Phi(x)): the log of the standard normal's distribution function. Below -20 by its asymptotic series.
double logNormalBelow(double x);

/// log(Phi(b) - Phi(a)) for a < b.
double logNormalMass(double a, double b);

} // namespace mase::tpe
