// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/least_squares.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace mase {
namespace {

using Matrix = std::vector<std::vector<double>>;

// Solves the normal equations of the chosen columns by Cholesky's method. The ridge, far below any error that
// matters, keeps columns apart that are multiples of each other in a small set of samples.
std::vector<double> solveChosen(const Matrix &gram, const std::vector<double> &right,
                                const std::vector<size_t> &chosen) {
  constexpr double ridge = 1e-9;
  size_t n = chosen.size();
  Matrix l(n, std::vector<double>(n));
  std::vector<double> x(n);
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j <= i; ++j) {
      double sum = gram[chosen[i]][chosen[j]] + (i == j ? ridge : 0);
      for (size_t k = 0; k < j; ++k)
        sum -= l[i][k] * l[j][k];
      l[i][j] = i == j ? std::sqrt(std::max(sum, ridge * ridge)) : sum / l[j][j];
    }
    double sum = right[chosen[i]];
    for (size_t k = 0; k < i; ++k)
      sum -= l[i][k] * x[k];
    x[i] = sum / l[i][i];
  }
  for (size_t i = n; i-- > 0;) {
    for (size_t k = i + 1; k < n; ++k)
      x[i] -= l[k][i] * x[k];
    x[i] /= l[i][i];
  }
  return x;
}

// NNLS on the normal equations: terms enter by their gradient and leave when they would turn negative.
std::vector<double> solveNonNegative(const Matrix &gram, const std::vector<double> &right) {
  size_t terms = right.size();
  std::vector<double> x(terms, 0);
  std::vector<bool> in(terms, false);
  for (size_t step = 0; step < 10 * terms; ++step) {
    size_t enters = terms;
    double steepest = 1e-10;
    for (size_t t = 0; t < terms; ++t) {
      double gradient = right[t];
      for (size_t k = 0; k < terms; ++k)
        gradient -= gram[t][k] * x[k];
      if (!in[t] && gradient > steepest) {
        steepest = gradient;
        enters = t;
      }
    }
    if (enters == terms)
      break;
    in[enters] = true;
    while (true) {
      std::vector<size_t> chosen;
      for (size_t t = 0; t < terms; ++t)
        if (in[t])
          chosen.push_back(t);
      std::vector<double> z = solveChosen(gram, right, chosen);
      double step = 1; // how far from x towards z before some coefficient reaches zero
      for (size_t c = 0; c < chosen.size(); ++c)
        if (z[c] <= 0)
          step = std::min(step, x[chosen[c]] / (x[chosen[c]] - z[c] + 1e-300));
      for (size_t c = 0; c < chosen.size(); ++c) {
        x[chosen[c]] += step * (z[c] - x[chosen[c]]);
        if (step < 1 && z[c] <= 0 && x[chosen[c]] <= 1e-14) {
          x[chosen[c]] = 0;
          in[chosen[c]] = false;
        }
      }
      if (step >= 1)
        break;
    }
  }
  return x;
}

} // namespace

std::vector<double> fitRelative(const Matrix &rows, const std::vector<double> &y) {
  assert(rows.size() == y.size() && !rows.empty());
  size_t terms = rows[0].size();
  // Rows are divided by their response, columns by their length, so that the ridge is small for each.
  std::vector<double> length(terms, 0);
  for (size_t i = 0; i < rows.size(); ++i)
    for (size_t t = 0; t < terms; ++t)
      length[t] += rows[i][t] / y[i] * rows[i][t] / y[i];
  for (double &value : length)
    value = value > 0 ? std::sqrt(value) : 1;
  Matrix gram(terms, std::vector<double>(terms, 0));
  std::vector<double> right(terms, 0);
  for (size_t i = 0; i < rows.size(); ++i)
    for (size_t t = 0; t < terms; ++t) {
      double a = rows[i][t] / y[i] / length[t];
      right[t] += a;
      for (size_t k = 0; k < terms; ++k)
        gram[t][k] += a * rows[i][k] / y[i] / length[k];
    }
  std::vector<double> x = solveNonNegative(gram, right);
  for (size_t t = 0; t < terms; ++t)
    x[t] /= length[t];
  return x;
}

CrossValidation crossValidate(const Matrix &rows, const std::vector<double> &y) {
  CrossValidation result;
  for (size_t out = 0; out < rows.size(); ++out) {
    Matrix others = rows;
    std::vector<double> theirs = y;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(out));
    theirs.erase(theirs.begin() + static_cast<std::ptrdiff_t>(out));
    std::vector<double> x = fitRelative(others, theirs);
    double prediction = 0;
    for (size_t t = 0; t < x.size(); ++t)
      prediction += x[t] * rows[out][t];
    double error = std::abs(prediction - y[out]) / y[out];
    result.mean += error / static_cast<double>(rows.size());
    result.worst = std::max(result.worst, error);
  }
  return result;
}

} // namespace mase
