// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The recipe, the executor and checkpoints of training, on a model of an embedding and a linear; no MLIR.

#include "mase/formats/registry.h"
#include "mase/passes/training/checkpoint.h"
#include "mase/passes/training/trainer.h"
#include "mase/support/error.h"
#include "mase/support/output.h"
#include "mase/support/random.h"
#include "mase/support/temporary_folder.h"

#include <cmath>
#include <gmock/gmock.h>
#include <set>

namespace mase {
namespace {

using testing::HasSubstr;
constexpr int64_t vocabulary = 32, width = 32;

std::vector<float> anyWeights(uint64_t seed) {
  Random random(seed);
  std::vector<float> values(static_cast<size_t>(vocabulary * width));
  for (float &value : values)
    value = static_cast<float>(random.uniform() - 0.5);
  return values;
}

// logits = Q(table[id]) Q(W)^T, its loss and gradients: what gradient_pass.h and lower_training.h make of such a model.
class Tiny {
public:
  explicit Tiny(const char *format = "fp32") {
    const Format &f = parseFormat(format);
    const Constant table = {"table", {table_.data(), vocabulary, width}},
                   weight = {"w", {weight_.data(), vocabulary, width}};
    TrainingGraph g;
    g.maxRows = 16;
    g.vocabulary = vocabulary;
    for (int64_t cols : {1L, width, vocabulary, 1L, vocabulary, width})
      g.values.push_back({{1, cols}, false});
    for (int i = 0; i < 2; ++i)
      g.values.push_back({{1, width, vocabulary}, true});
    g.arguments = {0};
    using Kind = TrainingStep::Kind;
    g.sequence = {
        {Kind::forward, {"embedding", {}, {table}, {}}, {}, 1},
        {Kind::forward, {"linear", {}, {weight}, {{1, width}}}, {1}, 2, -1, {}, {}, {&f, &f}},
        {Kind::loss, {"cross_entropy", {}, {}, {{1, vocabulary}}}, {2}, 3},
        {Kind::gradient, {"cross_entropy", {}, {}, {{1, vocabulary}}}, {2}, -1, 0, {4}, {}},
        {Kind::gradient, {"linear", {}, {weight}, {{1, width}}}, {1}, -1, 4, {5}, {6}, {&f, &f}},
        {Kind::gradient, {"embedding", {}, {table}, {}}, {}, -1, 5, {}, {7}},
    };
    g.step = {{Kind::update, {"adamw", {{"decay", true}}, {weight}, {}}, {6}},
              {Kind::update, {"adamw", {}, {table}, {}}, {7}}};
    plan_ = std::make_unique<TrainingPlan>(std::move(g));
  }
  TrainingPlan &plan() { return *plan_; }
  const std::vector<float> &weight() const { return weight_; }
  const std::vector<float> &table() const { return table_; }

private:
  std::vector<float> table_ = anyWeights(1), weight_ = anyWeights(2);
  std::unique_ptr<TrainingPlan> plan_;
};

// 3, 6, 12, 24, 17, ...: each id follows from the one before.
std::vector<int32_t> anyText(int64_t count) {
  std::vector<int32_t> ids = {3};
  while (std::ssize(ids) < count)
    ids.push_back((ids.back() * 2 + (ids.back() > 15 ? 1 : 0)) % static_cast<int32_t>(vocabulary));
  return ids;
}

Recipe shortRecipe() {
  Recipe recipe;
  recipe.steps = 60, recipe.batch = 5, recipe.context = 8, recipe.rate = 0.05, recipe.distillation = 0;
  return recipe;
}

TEST(Recipe, WarmsUpAndFallsAsACosine) {
  Recipe recipe = shortRecipe();
  recipe.steps = 100, recipe.warmup = 0.1, recipe.floor = 0.2, recipe.rate = 1;
  EXPECT_DOUBLE_EQ(rateAt(recipe, 1), 0.1);
  EXPECT_DOUBLE_EQ(rateAt(recipe, 10), 1);
  EXPECT_NEAR(rateAt(recipe, 55), 0.6, 1e-12);
  EXPECT_NEAR(rateAt(recipe, 100), 0.2, 1e-12);
}

TEST(Recipe, ReadsEachPieceOncePerPass) {
  Recipe recipe = shortRecipe();
  const int64_t ids = 8 * 11 + 1; // 10 pieces, begun anywhere in the first context
  for (int64_t pass = 0; pass < 3; ++pass) {
    std::vector<int64_t> begins;
    for (int64_t step = 1; step <= 2; ++step)
      for (int64_t begin : sequencesAt(recipe, pass * 2 + step, ids))
        begins.push_back(begin);
    std::set<int64_t> shifts, pieces;
    for (int64_t begin : begins) {
      EXPECT_LE(begin + recipe.context + 1, ids);
      shifts.insert(begin % recipe.context), pieces.insert(begin / recipe.context);
    }
    EXPECT_EQ(shifts.size(), 1U);
    EXPECT_EQ(pieces.size(), 10U);
  }
  EXPECT_NE(sequencesAt(recipe, 1, ids), sequencesAt(recipe, 3, ids));
  EXPECT_EQ(sequencesAt(recipe, 1, 9), std::vector<int64_t>(5, 0)); // a text of one piece
}

TEST(Trainer, LearnsATextInAnyFormat) {
  const std::vector<int32_t> ids = anyText(200);
  for (const char *format : {"fp32", "mxint8", "mxint4"}) {
    Tiny model(format);
    const Recipe recipe = shortRecipe();
    Trainer trainer(model.plan(), nullptr, ids, recipe);
    const double first = trainer.step(1).loss;
    EXPECT_NEAR(first, std::log(static_cast<double>(vocabulary)), 0.6);
    double last = 0;
    for (int64_t step = 2; step <= recipe.steps; ++step)
      last = trainer.step(step).loss;
    EXPECT_LT(last, 0.3) << format;
    EXPECT_LE(model.plan().sequenceBytes(), model.plan().unsharedBytes());
  }
}

TEST(Trainer, ClipsAndReportsTheNorm) {
  const std::vector<int32_t> ids = anyText(200);
  Recipe recipe = shortRecipe();
  Tiny free, clipped;
  recipe.clip = 0;
  const StepReport report = Trainer(free.plan(), nullptr, ids, recipe).step(1);
  recipe.clip = report.norm / 1e6; // below epsilon's reach the step shrinks
  Trainer(clipped.plan(), nullptr, ids, recipe).step(1);
  double square = 0;
  for (const TrainingPlan::Parameter &p : free.plan().parameters())
    for (int64_t i = 0; i < p.gradient.rows * p.gradient.cols; ++i)
      square += std::pow(static_cast<double>(p.gradient.data[i]), 2);
  EXPECT_NEAR(report.norm, std::sqrt(square), 1e-6);
  const std::vector<float> start = anyWeights(2);
  double moved = 0, movedLess = 0;
  for (size_t i = 0; i < start.size(); ++i)
    moved += std::abs(free.weight()[i] - start[i]), movedLess += std::abs(clipped.weight()[i] - start[i]);
  EXPECT_LT(movedLess, 0.99 * moved);
  EXPECT_GT(movedLess, 0);
}

TEST(Checkpoint, GoesOnToTheSameBits) {
  const TemporaryFolder folder("mase-checkpoint");
  const auto file = folder.path() / "sub/x.checkpoint";
  const std::vector<int32_t> ids = anyText(200);
  const Recipe recipe = shortRecipe();
  Tiny whole, first, second;
  TrainingProgress progress;
  for (int64_t step = 1; step <= 20; ++step) {
    Trainer(whole.plan(), nullptr, ids, recipe).step(step);
    if (step <= 10)
      progress.losses.push_back(static_cast<float>(Trainer(first.plan(), nullptr, ids, recipe).step(step).loss));
  }
  EXPECT_FALSE(readCheckpoint(file, "key", second.plan()));
  writeCheckpoint(file, "key", first.plan(), progress);
  const std::optional<TrainingProgress> read = readCheckpoint(file, "key", second.plan());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->step, 10);
  EXPECT_EQ(read->losses, progress.losses);
  for (int64_t step = 11; step <= 20; ++step)
    Trainer(second.plan(), nullptr, ids, recipe).step(step);
  EXPECT_EQ(second.weight(), whole.weight());
  EXPECT_EQ(second.table(), whole.table());
}

TEST(Checkpoint, OfAnotherTrainingIsRefused) {
  const TemporaryFolder folder("mase-checkpoint");
  const auto file = folder.path() / "x.checkpoint";
  Tiny model;
  const auto refusal = [&](const std::string &key) -> std::string {
    try {
      readCheckpoint(file, key, model.plan());
    } catch (const InputError &error) {
      return error.what();
    }
    return "none";
  };
  writeCheckpoint(file, "rate=1", model.plan(), {1, {1.0F}});
  EXPECT_EQ(refusal("rate=1"), "none");
  EXPECT_THAT(refusal("rate=2"),
              HasSubstr("is of a training that began otherwise (remove it, or repeat that command: rate=1)"));
  const auto writeOne = [&](const std::string &name, const std::vector<float> &values) {
    std::string header = R"({"__metadata__":{"training":"k"},")" + name + R"(":{"dtype":"F32","shape":[)" +
                         std::to_string(values.size()) + R"(],"data_offsets":[0,)" + std::to_string(4 * values.size()) +
                         "]}}";
    header.resize((header.size() + 7) / 8 * 8, ' ');
    const uint64_t length = header.size();
    writeFile(file, std::string(reinterpret_cast<const char *>(&length), 8) + header +
                        std::string(reinterpret_cast<const char *>(values.data()), 4 * values.size()));
  };
  writeOne("00000 w weight", {1, 2});
  EXPECT_THAT(refusal("k"),
              HasSubstr("has no tensor '00000 w weight' of 1024 numbers (remove the file to begin anew)"));
  TrainingPlan nothing((TrainingGraph()));
  EXPECT_THAT([&] { readCheckpoint(file, "k", nothing); },
              testing::ThrowsMessage<InputError>(HasSubstr("has no losses (remove the file to begin anew)")));
  std::filesystem::create_directory(folder.path() / "taken");
  std::filesystem::create_directory(folder.path() / "taken/x");
  EXPECT_THAT(
      [&] {
        writeCheckpoint(folder.path() / "taken", "k", model.plan(), {1, {1.0F}});
      },
      testing::ThrowsMessage<InputError>(HasSubstr("(a folder that may be written to is right)")));
}

} // namespace
} // namespace mase
