// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/passes/pass.h"

#include "mase/formats/registry.h"
#include "mase/passes/rotate/orthogonal.h"
#include "mase/passes/rotate/rotate_pass.h"
#include "mase/passes/structure.h"
#include "mase/passes/trial.h"
#include "mase/runtime/tiny_model.h"
#include "mase/support/error.h"

#include <gmock/gmock.h>
#include <list>

namespace mase {
namespace {
using testing::HasSubstr;
using testing_model::TinyModel;

const std::vector<int32_t> text = {3, 17, 4, 4, 40, 0, 47, 9, 22, 31, 5, 6, 60, 1, 2, 33, 8, 19, 20, 63, 7, 7, 12, 3};

std::vector<float> logitsOf(const Weights &weights, const FormatAssignment &assignment) {
  Plan plan = weights.plan();
  plan.prepare(assignment);
  Sequence sequence(plan);
  const ConstMatrixView rows = plan.run(sequence, text, assignment);
  return {rows.data, rows.data + rows.rows * rows.cols};
}

double distance(const std::vector<float> &a, const std::vector<float> &b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i)
    sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

struct Passes : testing::Test {
  Weights weights{TinyModel().graph()};
  FormatAssignment floats = weights.plan().uniform(fp32());
  FormatAssignment narrow = weights.plan().uniform(parseFormat("mxint4"));
  std::vector<std::span<const int32_t>> windows = {text, std::span(text).subspan(5), std::span(text).subspan(9)};
  void run(const std::string &pass) { parsePass(pass).run({weights, windows, narrow}); }
};

TEST_F(Passes, ThoseThatKeepTheFunctionDo) {
  const std::vector<float> before = logitsOf(weights, floats);
  for (const char *pass : {"rotate", "smooth", "reorder", "centre", "rotate:seed=7,of=heads", "smooth:alpha=0.9"}) {
    const Weights last = weights;
    run(pass);
    const std::vector<float> after = logitsOf(weights, floats);
    for (size_t i = 0; i < before.size(); ++i)
      ASSERT_NEAR(before[i], after[i], 1e-4) << pass;
    // There are no biases, so means stay.
    EXPECT_EQ(logitsOf(last, narrow) == logitsOf(weights, narrow), std::string(pass) == "centre") << pass;
  }
}

TEST_F(Passes, GptqLeavesWhatTheFormatGivesBack) {
  const Weights before = weights;
  const std::vector<float> wanted = logitsOf(weights, floats), plain = logitsOf(weights, narrow);
  for (const char *pass : {"scales", "gptq:target=own", "gptq:target=layer", "gptq:scales=largest,fidelity=0.1"}) {
    weights.assign(before);
    run(pass);
    FormatAssignment onlyInputs = narrow;
    for (size_t i = 0; i < onlyInputs.size(); i += 2)
      onlyInputs[i] = &fp32();
    const std::vector<float> now = logitsOf(weights, narrow);
    for (const size_t step : weights.linears()) {
      const MatrixView w = weights.constant(step, 0);
      std::vector<float> again(static_cast<size_t>(w.rows * w.cols));
      narrow[0]->fakeQuantize(w, {again.data(), w.rows, w.cols});
      EXPECT_TRUE(std::equal(again.begin(), again.end(), w.data)) << pass;
    }
    if (std::string(pass) != "scales") { // rounding less is not always better
      EXPECT_LT(distance(wanted, now), distance(wanted, plain)) << pass;
    }
  }
}

TEST_F(Passes, AreUndoneUnlessTheyHelp) {
  std::vector<int32_t> targets(text.begin() + 1, text.end());
  const WindowView window = {std::span(text).first(text.size() - 1), targets};
  const Weights before = weights;
  const Pass worse = {"worse",
                      [](const PassInput &in) { in.weights.constant(in.weights.linears().back(), 0).row(0)[0] = 90; }};
  const PassTrials dropped = runPasses(weights, std::span(&worse, 1), std::span(&window, 1), narrow, true);
  EXPECT_FALSE(dropped.trials[0].kept);
  EXPECT_GT(dropped.trials[0].loss, dropped.first);
  EXPECT_EQ(dropped.loss, dropped.first);
  EXPECT_EQ(logitsOf(before, narrow), logitsOf(weights, narrow));
  const PassTrials kept = runPasses(weights, std::span(&worse, 1), std::span(&window, 1), narrow, false);
  EXPECT_TRUE(kept.trials[0].kept);
  EXPECT_EQ(kept.loss, dropped.trials[0].loss);
  EXPECT_NE(logitsOf(before, narrow), logitsOf(weights, narrow));
}

// A classifier's encoder normalises sums.
TEST(Encoder, HasNoStreamToRotate) {
  const Weights weights(TinyModel().encoder());
  try {
    residualStream(weights);
    FAIL() << "accepted";
  } catch (const InputError &error) {
    EXPECT_STREQ(error.what(), "the model has no residual stream that can be rotated: operators other than linears "
                               "read its norms (norms in front of linears that add to it are right)");
  }
}

TEST(Biases, TakeTheMeanErrorAndTheMeansOfInputs) {
  TinyModel tiny;
  Graph graph = tiny.graph();
  std::vector<float> zeros(96, 0.0F), shift(64, 0.7F);
  for (GraphStep &step : graph.steps) {
    if (step.op.name == "linear" && step.module != "lm_head")
      step.op.constants.push_back({"bias", {zeros.data(), 1, step.op.constants[0].values.rows}});
    if (step.op.name == "rms_norm") { // whose mean is far from zero
      step.op.name = "layer_norm";
      step.op.constants.push_back({"shift", {shift.data(), 1, 64}});
    }
  }
  // Each bias is one of its own.
  std::list<std::vector<float>> own;
  for (GraphStep &step : graph.steps)
    for (size_t k = 1; k < step.op.constants.size(); ++k) {
      ConstMatrixView &values = step.op.constants[k].values;
      values.data = own.emplace_back(values.data, values.data + values.cols).data();
    }
  Weights weights(graph);
  const FormatAssignment narrow = weights.plan().uniform(parseFormat("mxint3")),
                         floats = weights.plan().uniform(fp32());
  const std::vector<float> wanted = logitsOf(weights, floats);
  const std::vector<std::span<const int32_t>> windows = {text};
  double last = distance(wanted, logitsOf(weights, narrow));
  for (const char *pass : {"centre", "bias", "gptq"}) {
    parsePass(pass).run({weights, windows, narrow});
    const double now = distance(wanted, logitsOf(weights, narrow));
    EXPECT_LT(now, last) << pass;
    last = now;
    if (std::string(pass) == "centre") {
      EXPECT_LT(distance(wanted, logitsOf(weights, floats)), 1e-6);
    }
  }
}

TEST_F(Passes, ANormWhoseBiasCannotMoveIsRefused) {
  TinyModel tiny;
  Graph graph = tiny.graph();
  std::vector<float> gain(64, 1e-8F), bias(64, 1.0F);
  for (GraphStep &step : graph.steps)
    if (step.op.name == "rms_norm") {
      step.op.name = "layer_norm";
      step.op.constants = {{"gain", {gain.data(), 1, 64}}, {"bias", {bias.data(), 1, 64}}};
    }
  Weights weights(graph);
  try {
    runRotate(weights, {});
    FAIL() << "accepted";
  } catch (const InputError &error) {
    EXPECT_THAT(error.what(),
                HasSubstr("and bias 1 in front of a linear without bias (such a stream cannot be rotated)"));
  }
}

TEST(Orthogonal, Is) {
  for (const int64_t size : {1, 8, 12, 35}) {
    for (const bool keeps : {false, true}) {
      const std::vector<float> q = keeps ? orthogonalKeepingMean(size, 4) : orthogonal(size, 4);
      for (int64_t a = 0; a < size; ++a) {
        double total = 0;
        for (int64_t b = 0; b < size; ++b) {
          double dot = 0;
          for (int64_t c = 0; c < size; ++c)
            dot += static_cast<double>(q[static_cast<size_t>(a * size + c)]) * q[static_cast<size_t>(b * size + c)];
          EXPECT_NEAR(dot, a == b, 1e-6);
          total += q[static_cast<size_t>(a * size + b)];
        }
        if (keeps) {
          EXPECT_NEAR(total, 1, 1e-6);
        }
      }
    }
  }
  EXPECT_FLOAT_EQ(std::fabs(orthogonal(64, 9)[77]), 0.125F);
  EXPECT_NE(orthogonal(8, 1), orthogonal(8, 2));
}

TEST(PassNames, AreChecked) {
  const auto refusal = [](const char *name) -> std::string {
    try {
      parsePass(name);
    } catch (const InputError &error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_EQ(refusal("gptq:target=own,damping=0.5"), "accepted");
  EXPECT_THAT(refusal("gtpq"), HasSubstr("--pass gtpq: there is no such pass (did you mean 'gptq'?"));
  EXPECT_THAT(refusal("gptq:target=all"), HasSubstr("target is 'all' (stream, layer, own are possible)"));
  EXPECT_THAT(refusal("gptq:damping=0"), HasSubstr("damping is '0', not a number from 1e-06 to 10"));
  EXPECT_THAT(refusal("rotate:alpha=1"), HasSubstr("there is no option 'alpha' (mase optimize --help lists them)"));
  EXPECT_THAT(refusal("rotate:seed"), HasSubstr("'seed' is no option of a pass (NAME=VALUE is right)"));
}

} // namespace
} // namespace mase
