// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Gradients of all operators against finite differences in double precision, at random shapes: a slow, obvious
// reference of each operator says what it computes, its kernel must agree, and the gradient's kernel with the
// reference's slope.

#include "mase/formats/registry.h"
#include "mase/formats/saturation.h"
#include "mase/ops/adamw/adamw.h"
#include "mase/ops/gradient_registry.h"
#include "mase/ops/registry.h"
#include "mase/ops/rope/rope_angles.h"
#include "mase/support/random.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <gtest/gtest.h>
#include <list>

namespace mase {
namespace {

struct Doubles {
  int64_t heads = 1, rows = 0, cols = 0;
  std::vector<double> v;
  Doubles(int64_t heads, int64_t rows, int64_t cols)
      : heads(heads), rows(rows), cols(cols), v(static_cast<size_t>(heads * rows * cols)) {}
  double &at(int64_t h, int64_t r, int64_t c) { return v[static_cast<size_t>((h * rows + r) * cols + c)]; }
  double at(int64_t h, int64_t r, int64_t c) const { return v[static_cast<size_t>((h * rows + r) * cols + c)]; }
};

constexpr int32_t idOf(int64_t token) { return static_cast<int32_t>(token * 5 % 7); }
constexpr int32_t typeOf(int64_t token) { return static_cast<int32_t>(token % 2); }

using Tensors = std::vector<Doubles>;
using Reference = Doubles (*)(const Tensors &in, const Tensors &constants, const OperatorDescription &op);

template <double (*function)(double, const OperatorDescription &)>
Doubles eachOf(const Tensors &in, const Tensors &, const OperatorDescription &op) {
  Doubles y = in[0];
  for (double &v : y.v)
    v = function(v, op);
  return y;
}

double silu(double x, const OperatorDescription &) { return x / (1 + std::exp(-x)); }
double relu(double x, const OperatorDescription &) { return std::max(x, 0.0); }
double tanhOf(double x, const OperatorDescription &) { return std::tanh(x); }
double gelu(double x, const OperatorDescription &op) {
  if (op.attributeOr("tanh", false))
    return 0.5 * x * (1 + std::tanh(0.79788456080286536 * (x + 0.044715 * x * x * x)));
  return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0)));
}
double softCap(double x, const OperatorDescription &op) {
  const double cap = op.attribute<double>("cap");
  return cap * std::tanh(x * op.attribute<double>("scale") / cap);
}

Doubles norm(const Tensors &in, const Tensors &constants, const OperatorDescription &op) {
  Doubles y = in[0];
  const bool centred = constants.size() > 1;
  for (int64_t h = 0; h < y.heads; ++h)
    for (int64_t r = 0; r < y.rows; ++r) {
      double mean = 0, square = 0;
      for (int64_t c = 0; c < y.cols && centred; ++c)
        mean += in[0].at(h, r, c) / static_cast<double>(y.cols);
      for (int64_t c = 0; c < y.cols; ++c)
        square += std::pow(in[0].at(h, r, c) - mean, 2) / static_cast<double>(y.cols);
      for (int64_t c = 0; c < y.cols; ++c)
        y.at(h, r, c) = (in[0].at(h, r, c) - mean) / std::sqrt(square + op.attribute<double>("epsilon")) *
                            constants[0].at(0, 0, c) +
                        (centred ? constants[1].at(0, 0, c) : 0);
    }
  return y;
}

Doubles linear(const Tensors &in, const Tensors &constants, const OperatorDescription &) {
  Doubles y(1, in[0].rows, constants[0].rows);
  for (int64_t r = 0; r < y.rows; ++r)
    for (int64_t o = 0; o < y.cols; ++o) {
      y.at(0, r, o) = constants.size() > 1 ? constants[1].at(0, 0, o) : 0;
      for (int64_t c = 0; c < in[0].cols; ++c)
        y.at(0, r, o) += in[0].at(0, r, c) * constants[0].at(0, o, c);
    }
  return y;
}

Doubles matmul(const Tensors &in, const Tensors &, const OperatorDescription &op) {
  const bool scores = op.attributeOr("transpose_rhs", false), causal = op.attributeOr("causal", false);
  Doubles y(in[0].heads, in[0].rows, scores ? in[1].rows : in[1].cols);
  const int64_t group = in[0].heads / in[1].heads;
  for (int64_t h = 0; h < y.heads; ++h)
    for (int64_t r = 0; r < y.rows; ++r)
      for (int64_t c = 0; c < y.cols; ++c)
        for (int64_t k = 0; k < in[0].cols; ++k)
          if (!causal || (scores ? c : k) <= r)
            y.at(h, r, c) += in[0].at(h, r, k) * (scores ? in[1].at(h / group, c, k) : in[1].at(h / group, k, c));
  return y;
}

Doubles softmax(const Tensors &in, const Tensors &, const OperatorDescription &op) {
  Doubles y(in[0].heads, in[0].rows, in[0].cols);
  const auto window = op.attributeOr<int64_t>("window", 0);
  for (int64_t h = 0; h < y.heads; ++h)
    for (int64_t r = 0; r < y.rows; ++r) {
      const int64_t last = op.attributeOr("causal", false) ? r + 1 : y.cols;
      double sum = 0;
      for (int64_t c = window > 0 ? std::max<int64_t>(0, last - window) : 0; c < last; ++c)
        sum += y.at(h, r, c) = std::exp(in[0].at(h, r, c) * op.attribute<double>("scale"));
      for (int64_t c = 0; c < y.cols; ++c)
        y.at(h, r, c) /= sum;
    }
  return y;
}

Doubles rope(const Tensors &in, const Tensors &, const OperatorDescription &op) {
  Doubles y = in[0];
  const std::vector<double> frequencies = ropeFrequencies(ropeAngles(op), y.cols);
  const int64_t half = std::ssize(frequencies);
  for (int64_t h = 0; h < y.heads; ++h)
    for (int64_t r = 0; r < y.rows; ++r)
      for (int64_t c = 0; c < half; ++c) {
        const double angle = static_cast<double>(r) * frequencies[static_cast<size_t>(c)];
        const double a = in[0].at(h, r, c), b = in[0].at(h, r, c + half);
        y.at(h, r, c) = a * std::cos(angle) - b * std::sin(angle);
        y.at(h, r, c + half) = b * std::cos(angle) + a * std::sin(angle);
      }
  return y;
}

template <int64_t (*row)(int64_t token, const OperatorDescription &)>
Doubles tableRows(const Tensors &in, const Tensors &constants, const OperatorDescription &op) {
  Doubles y = in.empty() ? Doubles(1, 9, constants[0].cols) : in[0];
  for (int64_t t = 0; t < y.rows; ++t)
    for (int64_t c = 0; c < y.cols; ++c)
      y.at(0, t, c) += constants[0].at(0, row(t, op), c);
  return y;
}
int64_t byId(int64_t token, const OperatorDescription &) { return idOf(token); }
int64_t byType(int64_t token, const OperatorDescription &) { return typeOf(token); }
int64_t byPosition(int64_t token, const OperatorDescription &op) { return token + op.attribute<int64_t>("offset"); }

Doubles pool(const Tensors &in, const Tensors &, const OperatorDescription &op) {
  Doubles y(1, 1, in[0].cols);
  for (int64_t c = 0; c < y.cols; ++c)
    y.at(0, 0, c) = in[0].at(0, op.attribute<std::string>("token") == "first" ? 0 : in[0].rows - 1, c);
  return y;
}

double logSum(const Doubles &x, int64_t row, double factor) {
  double sum = 0;
  for (int64_t c = 0; c < x.cols; ++c)
    sum += std::exp(x.at(0, row, c) * factor);
  return std::log(sum);
}

Doubles crossEntropy(const Tensors &in, const Tensors &, const OperatorDescription &) {
  Doubles y(1, in[0].rows, 1);
  for (int64_t r = 0; r < y.rows; ++r)
    y.at(0, r, 0) = logSum(in[0], r, 1) - in[0].at(0, r, idOf(r));
  return y;
}

Doubles distillation(const Tensors &in, const Tensors &, const OperatorDescription &op) {
  const double t = op.attribute<double>("temperature");
  Doubles y(1, in[0].rows, 1);
  for (int64_t r = 0; r < y.rows; ++r) {
    const double q = logSum(in[0], r, 1 / t), p = logSum(in[1], r, 1 / t);
    for (int64_t c = 0; c < in[0].cols; ++c)
      y.at(0, r, 0) +=
          t * t * std::exp(in[1].at(0, r, c) / t - p) * ((in[1].at(0, r, c) / t - p) - (in[0].at(0, r, c) / t - q));
  }
  return y;
}

// Sizes: 0 stands for a random one.
struct Case {
  const char *op;
  std::vector<std::array<int64_t, 3>> inputs; // heads, rows, cols
  std::vector<std::pair<int64_t, int64_t>> constants;
  std::map<std::string, Attribute> attributes;
  Reference reference;
  std::vector<bool> wanted = {}; // inputs; all unless given
};

// `n` random odd sizes. A gradient that is missing here fails the test below that counts.
std::vector<Case> cases(const std::vector<int64_t> &n) {
  const int64_t rows = n[0], cols = n[1], out = n[2], heads = 2 * n[3], even = 2 * n[1];
  return {
      {"linear", {{1, rows, cols}}, {{out, cols}}, {}, linear},
      {"linear", {{1, rows, cols}}, {{out, cols}, {1, out}}, {}, linear},
      {"rms_norm", {{1, rows, cols}}, {{1, cols}}, {{"epsilon", 1e-2}}, norm},
      {"rms_norm", {{heads, rows, cols}}, {{1, cols}}, {{"epsilon", 1e-2}}, norm},
      {"layer_norm", {{1, rows, cols}}, {{1, cols}, {1, cols}}, {{"epsilon", 1e-2}}, norm},
      {"matmul",
       {{heads, rows, cols}, {heads / 2, rows, cols}},
       {},
       {{"transpose_rhs", true}, {"causal", true}},
       matmul},
      {"matmul", {{heads, rows, cols}, {heads, rows, cols}}, {}, {{"transpose_rhs", true}}, matmul},
      {"matmul", {{heads, rows, rows}, {heads / 2, rows, cols}}, {}, {{"causal", true}}, matmul},
      {"matmul", {{heads, rows, rows}, {heads, rows, cols}}, {}, {}, matmul},
      {"softmax", {{heads, rows, rows}}, {}, {{"scale", 0.7}, {"causal", true}}, softmax},
      {"softmax", {{heads, rows, rows}}, {}, {{"scale", 0.7}}, softmax},
      {"softmax", {{heads, rows, rows}}, {}, {{"scale", 0.7}, {"causal", true}, {"window", int64_t{3}}}, softmax},
      {"rope", {{heads, rows, even}}, {}, {{"theta", 10000.0}}, rope},
      {"rope", {{heads, rows, even + 2}}, {}, {{"theta", 100.0}, {"rotary", even}, {"factor", 2.0}}, rope},
      {"silu", {{1, rows, cols}}, {}, {}, eachOf<silu>},
      {"relu", {{1, rows, cols}}, {}, {}, eachOf<relu>},
      {"tanh", {{1, rows, cols}}, {}, {}, eachOf<tanhOf>},
      {"gelu", {{1, rows, cols}}, {}, {}, eachOf<gelu>},
      {"gelu", {{1, rows, cols}}, {}, {{"tanh", true}}, eachOf<gelu>},
      {"soft_cap", {{heads, rows, rows}}, {}, {{"scale", 0.5}, {"cap", 2.0}}, eachOf<softCap>},
      {"pool", {{1, rows, cols}}, {}, {{"token", std::string("first")}}, pool},
      {"pool", {{1, rows, cols}}, {}, {{"token", std::string("last")}}, pool},
      {"embedding", {}, {{7, cols}}, {}, tableRows<byId>},
      {"position_embedding",
       {{1, rows, cols}},
       {{rows + 2, cols}},
       {{"offset", int64_t{2}}},
       tableRows<byPosition>,
       {false}},
      {"token_type_embedding", {{1, rows, cols}}, {{2, cols}}, {}, tableRows<byType>, {false}},
      {"cross_entropy", {{1, rows, cols + 7}}, {}, {}, crossEntropy},
      {"distillation", {{1, rows, cols}, {1, rows, cols}}, {}, {{"temperature", 2.0}}, distillation, {true, false}},
  };
}

// Memory of a value as the executor lays it out: heads side by side within a row.
struct Floats {
  std::vector<float> memory;
  TensorView view;
  explicit Floats(const Doubles &x) : memory(x.v.size()) {
    view = {memory.data(), x.heads, x.rows, x.cols, x.cols, x.heads * x.cols};
    for (int64_t h = 0; h < x.heads; ++h)
      for (int64_t r = 0; r < x.rows; ++r)
        for (int64_t c = 0; c < x.cols; ++c)
          view.head(h).row(r)[c] = static_cast<float>(x.at(h, r, c));
  }
  Floats(const Floats &) = delete;
};

void expectClose(const Doubles &expected, const TensorView &view, double tolerance, const std::string &what) {
  double error = 0, size = 0;
  for (int64_t h = 0; h < expected.heads; ++h)
    for (int64_t r = 0; r < expected.rows; ++r)
      for (int64_t c = 0; c < expected.cols; ++c) {
        error += std::pow(expected.at(h, r, c) - view.head(h).row(r)[c], 2);
        size += std::pow(expected.at(h, r, c), 2);
      }
  EXPECT_LT(std::sqrt(error), tolerance * std::sqrt(size) + 1e-9) << what << ", size " << std::sqrt(size);
}

class CheckedCase {
public:
  CheckedCase(const Case &test, uint64_t seed) : test_(test), random_(seed) {
    op_ = {test.op, test.attributes, {}, {}, 1};
    for (const auto &[heads, rows, cols] : test.inputs) {
      inputs_.push_back(any(heads, rows, cols));
      op_.inputs.push_back({heads, cols});
      op_.maxRows = rows;
    }
    hidesLeft_ = op_.name == "matmul" && op_.attributeOr("causal", false) && !op_.attributeOr("transpose_rhs", false);
    if (hidesLeft_)
      hide(inputs_[0]); // a row's shares right of the diagonal are zero
    for (const auto &[rows, cols] : test.constants)
      constants_.push_back(any(1, rows, cols));
    for (int64_t t = 0; t < 64; ++t)
      ids_.push_back(idOf(t)), types_.push_back(typeOf(t));
  }

  void check() {
    const Doubles y = test_.reference(inputs_, constants_, op_);
    Doubles by = any(y.heads, y.rows, y.cols);
    // Scores right of the diagonal are not computed, and no gradient comes to them.
    const bool masked =
        op_.attributeOr("causal", false) && (op_.name == "softmax" || op_.attributeOr("transpose_rhs", false));
    if (masked)
      hide(by);
    std::list<Floats> in, constants;
    std::vector<TensorView> views;
    for (const Doubles &x : inputs_)
      views.push_back(in.emplace_back(x).view);
    for (const Doubles &x : constants_)
      op_.constants.push_back({"w", constants.emplace_back(x).view.head(0)});
    const std::vector<const Format *> formats(2, &fp32());
    const size_t tokens = static_cast<size_t>(inputs_.empty() ? y.rows : inputs_[0].rows);
    const std::span<const int32_t> ids = std::span(ids_).first(tokens), types = std::span(types_).first(tokens);
    Floats forward(y), gradientOfResult(by);
    for (int64_t h = 0; masked && h < by.heads; ++h) // whatever stands there is not read
      for (int64_t r = 0; r < by.rows; ++r)
        for (int64_t c = r + 1; c < by.cols && op_.name == "softmax"; ++c)
          gradientOfResult.view.head(h).row(r)[c] = NAN;
    checkForward(y, views, formats, ids, types, masked);

    std::list<Floats> gradients, weightGradients;
    std::vector<TensorView> inputGradients;
    std::vector<MatrixView> constantGradients;
    for (size_t i = 0; i < inputs_.size(); ++i) {
      Floats &one = gradients.emplace_back(inputs_[i]);
      inputGradients.push_back(isWanted(i) ? one.view : TensorView());
    }
    for (const Doubles &x : constants_) { // added to ones
      Doubles ones = x;
      std::fill(ones.v.begin(), ones.v.end(), 1.0);
      constantGradients.push_back(weightGradients.emplace_back(ones).view.head(0));
    }
    const auto kernel = findGradient(op_.name)->make(op_);
    kernel->prepare(formats);
    kernel->run({views, forward.view, gradientOfResult.view, inputGradients, constantGradients,
                 [](const std::function<void()> &work) { work(); }, ids, types, ids, formats});
    for (size_t i = 0; i < inputs_.size(); ++i)
      if (isWanted(i))
        expectClose(slope(inputs_[i], by, 0), seen(i, inputGradients[i]), 1e-5, "input " + std::to_string(i));
    auto of = weightGradients.begin();
    for (size_t k = 0; k < constants_.size(); ++k, ++of)
      expectClose(slope(constants_[k], by, 1), of->view, 1e-5, "constant " + std::to_string(k));
  }

private:
  Doubles any(int64_t heads, int64_t rows, int64_t cols) {
    Doubles x(heads, rows, cols);
    for (double &v : x.v)
      v = static_cast<float>(random_.uniform() * 4 - 2);
    return x;
  }
  static void hide(Doubles &x) {
    for (int64_t h = 0; h < x.heads; ++h)
      for (int64_t r = 0; r < x.rows; ++r)
        for (int64_t c = r + 1; c < x.cols; ++c)
          x.at(h, r, c) = 0;
  }
  // Nobody reads the gradient of shares right of the diagonal: they are not computed.
  TensorView seen(size_t input, const TensorView &gradient) const {
    for (int64_t h = 0; hidesLeft_ && input == 0 && h < gradient.heads; ++h)
      for (int64_t r = 0; r < gradient.rows; ++r)
        std::fill(gradient.head(h).row(r) + r + 1, gradient.head(h).row(r) + gradient.cols, 0.0F);
    return gradient;
  }
  bool isWanted(size_t i) const { return test_.wanted.empty() || test_.wanted[i]; }

  void checkForward(const Doubles &y, const std::vector<TensorView> &views, const std::vector<const Format *> &formats,
                    std::span<const int32_t> ids, std::span<const int32_t> types, bool masked) {
    Floats result(y);
    if (const auto loss = makeLoss(op_)) {
      loss->run(views, ids, result.view.head(0));
    } else {
      const auto kernel = findOperator(op_.name)->make(op_);
      kernel->prepare(formats);
      kernel->run({views, result.view, ids, 0, formats, 0, nullptr, nullptr, nullptr, types});
    }
    for (int64_t h = 0; masked && h < y.heads; ++h)
      for (int64_t r = 0; r < y.rows; ++r)
        std::fill(result.view.head(h).row(r) + r + 1, result.view.head(h).row(r) + y.cols, 0.0F);
    expectClose(y, result.view, 1e-5, "forward");
  }

  // The slope of sum(by * y) along each element of x, plus `start`.
  Doubles slope(Doubles &x, const Doubles &by, double start) {
    constexpr double h = 1e-5;
    Doubles result = x;
    const auto loss = [&] {
      const Doubles y = test_.reference(inputs_, constants_, op_);
      double sum = 0;
      for (size_t i = 0; i < y.v.size(); ++i)
        sum += y.v[i] * by.v[i];
      return sum;
    };
    for (size_t i = 0; i < x.v.size(); ++i) {
      const double before = x.v[i];
      x.v[i] = before + h;
      const double above = loss();
      x.v[i] = before - h;
      result.v[i] = start + (above - loss()) / (2 * h);
      x.v[i] = before;
    }
    return result;
  }

  const Case &test_;
  Random random_;
  OperatorDescription op_;
  bool hidesLeft_ = false;
  Tensors inputs_, constants_;
  std::vector<int32_t> ids_, types_;
};

TEST(Gradients, AreTheSlopesOfTheOperators) {
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    Random random(seed);
    std::vector<int64_t> sizes;
    for (int64_t most : {9, 13, 11, 2})
      sizes.push_back(1 + static_cast<int64_t>(random.below(static_cast<uint64_t>(most))));
    const std::vector<Case> all = cases(sizes);
    for (const Case &test : all) {
      SCOPED_TRACE(std::string(test.op) + " " + std::to_string(seed));
      CheckedCase(test, seed).check();
    }
  }
}

// Beyond one chunk of rows, one panel of columns, one vector.
TEST(Gradients, OfAttentionHoldBeyondAChunk) {
  const std::vector<Case> all = cases({50, 3, 3, 1});
  for (const Case &test : all)
    if (std::string(test.op) == "matmul")
      CheckedCase(test, 7).check();
  const std::vector<Case> wide = cases({5, 37, 41, 1});
  for (const Case &test : wide)
    CheckedCase(test, 8).check();
}

TEST(Gradients, EveryKernelHasACase) {
  const std::vector<Case> all = cases({3, 3, 3, 1});
  for (const GradientEntry &entry : gradientKernels())
    EXPECT_TRUE(entry.name == "cast" || // below
                std::any_of(all.begin(), all.end(), [&](const Case &c) { return entry.name == c.op; }))
        << entry.name;
}

TEST(Gradients, PassACastButWhereItSaturates) {
  // The block's scale is 1: elements are multiples of 1/4 up to 7/4.
  const std::vector<float> x = {1.9F, 1.75F, -1.8F, 1.0F, 0.1F, -1.75F}, by = {1, 2, 3, 4, 5, 6};
  std::vector<float> out(6);
  const auto run = [&](const char *format) {
    stopSaturated(parseFormat(format), {x.data(), 1, 6}, {by.data(), 1, 6}, {out.data(), 1, 6});
    return out;
  };
  EXPECT_EQ(run("mxint4"), (std::vector<float>{0, 2, 0, 4, 5, 6}));
  EXPECT_EQ(run("fixed<4,2>"), (std::vector<float>{0, 2, 3, 4, 5, 6})); // -2 to 7/4
  EXPECT_EQ(run("fp16"), by);
  // The same through the kernel, of an input and of a weight.
  std::vector<float> values = x, given = by;
  OperatorDescription op = {"cast", {{"format", std::string("mxint4")}}, {}, {{1, 6}}, 1};
  const TensorView in[] = {{values.data(), 1, 1, 6, 6, 6}}, gradient[] = {{out.data(), 1, 1, 6, 6, 6}};
  const auto inOrder = [](const std::function<void()> &work) { work(); };
  const TensorView result = {given.data(), 1, 1, 6, 6, 6};
  findGradient("cast")->make(op)->run({in, {}, result, gradient, {}, inOrder, {}, {}, {}, {}});
  EXPECT_EQ(out, (std::vector<float>{0, 2, 0, 4, 5, 6}));
  op.inputs.clear();
  op.constants = {{"w", {values.data(), 1, 6}}};
  const MatrixView weight[] = {{out.data(), 1, 6}};
  out.assign(6, 9);
  findGradient("cast")->make(op)->run({{}, {}, result, {}, weight, inOrder, {}, {}, {}, {}});
  EXPECT_EQ(out, (std::vector<float>{0, 2, 0, 4, 5, 6}));
}

// Against a format's own numbers: what is beyond them all is what stops.
TEST(Gradients, StopWhereNoElementIsAsLarge) {
  const std::pair<const char *, bool> formats[] = {{"mxint4", true},   {"mxint8", true},      {"mxfp4", true},
                                                   {"bmf<2,1>", true}, {"mxint4:2x16", true}, {"int8", false}};
  for (const auto &[name, reaches] :
       formats) { // a scale that is the largest over the greatest code: nothing lies beyond
    const Format &format = parseFormat(name);
    Random random(3);
    std::vector<float> x(64 * 64), q(x.size()), by(x.size(), 1.0F), out(x.size());
    for (size_t i = 0; i < x.size(); ++i)
      x[i] = static_cast<float>((random.uniform() * 2 - 1) * (1 + static_cast<double>(i) / 4096));
    format.fakeQuantize({x.data(), 64, 64}, {q.data(), 64, 64});
    stopSaturated(format, {x.data(), 64, 64}, {by.data(), 64, 64}, {out.data(), 64, 64});
    int stopped = 0;
    for (size_t i = 0; i < x.size(); ++i)
      if (out[i] == 0) {
        EXPECT_LT(std::abs(q[i]), std::abs(x[i])) << name << " at " << x[i];
        ++stopped;
      }
    EXPECT_EQ(stopped > 0, reaches) << name;
  }
}

TEST(AdamW, IsThePapersStep) {
  const std::vector<float> g = {0.5F, -2, 0.001F};
  std::vector<float> m(3), v(3), w = {1, -1, 0.5F};
  double expected[3] = {1, -1, 0.5}, em[3] = {}, ev[3] = {};
  for (int64_t step = 1; step <= 4; ++step) {
    adamw({.rate = 0.01, .beta1 = 0.9, .beta2 = 0.99, .decay = 0.1, .gradient = 0.5, .step = step}, g.data(), m.data(),
          v.data(), w.data(), 3);
    for (int i = 0; i < 3; ++i) {
      const double gi = 0.5 * g[static_cast<size_t>(i)];
      em[i] = 0.9 * em[i] + 0.1 * gi;
      ev[i] = 0.99 * ev[i] + 0.01 * gi * gi;
      expected[i] -= 0.01 * 0.1 * expected[i];
      expected[i] -=
          0.01 * (em[i] / (1 - std::pow(0.9, step))) / (std::sqrt(ev[i] / (1 - std::pow(0.99, step))) + 1e-8);
      EXPECT_NEAR(w[static_cast<size_t>(i)], expected[i], 1e-5);
    }
  }
}

} // namespace
} // namespace mase
