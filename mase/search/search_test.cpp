// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/search/search.h"

#include "mase/search/sampler.h"
#include "mase/search/testing/synthetic_model.h"
#include "mase/support/error.h"

#include <chrono>
#include <cmath>
#include <filesystem>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace mase {
namespace {
using namespace testing_support;
using testing::HasSubstr;
namespace fs = std::filesystem;

struct Search : testing::TestWithParam<std::string> {
  fs::path folder = fs::temp_directory_path() / fmt::format("mase-search-{}", getpid());
  void SetUp() override { fs::create_directories(folder); }
  void TearDown() override { fs::remove_all(folder); }

  SearchOptions options(int trials, const std::string &file = "") const {
    SearchOptions options;
    options.sampler = GetParam();
    options.trials = trials;
    options.seed = 7;
    options.storage = file.empty() ? "" : "sqlite:///" + (folder / file).string();
    options.identity = {{"model", "synthetic"}};
    return options;
  }
};

void expectSameTrials(const std::vector<Trial> &a, const std::vector<Trial> &b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].number, b[i].number);
    EXPECT_EQ(a[i].choice, b[i].choice) << "trial " << i;
    EXPECT_EQ(a[i].value, b[i].value) << "trial " << i;
    EXPECT_EQ(a[i].averageBits, b[i].averageBits) << "trial " << i;
    EXPECT_EQ(a[i].evaluation.windowLosses, b[i].evaluation.windowLosses) << "trial " << i;
    EXPECT_EQ(a[i].state, b[i].state) << "trial " << i;
  }
}

TEST_P(Search, EveryTrialFitsAndTheFirstIsUniform) {
  Space space = llamaSpace(4.25, 2);
  SyntheticModel model(space, 1, 0.001);
  StudyResult result = runSearch(space, model, options(40));
  ASSERT_EQ(result.trials.size(), 40u);
  EXPECT_EQ(result.trials[0].choice, space.uniform());
  double best = result.trials[0].value;
  for (const Trial &trial : result.trials) {
    EXPECT_TRUE(space.fits(trial.choice));
    EXPECT_DOUBLE_EQ(trial.averageBits, space.averageBits(trial.choice));
    EXPECT_EQ(trial.value, model(trial.choice).loss);
    best = std::min(best, trial.value);
  }
  EXPECT_EQ(result.best.value, best);
}

TEST_P(Search, ResumingInTwoPartsGivesTheSameTrials) {
  Space space = llamaSpace(4.25, 2);
  SyntheticModel model(space, 1, 0.001);
  StudyResult whole = runSearch(space, model, options(45));
  for (int part : {1, 13, 30}) {
    std::string file = fmt::format("parts{}.db", part);
    runSearch(space, model, options(part, file));
    expectSameTrials(runSearch(space, model, options(45, file)).trials, whole.trials);
  }
}

TEST_P(Search, KilledAtAnyMomentAndStartedAgainItEndsInTheSame) {
  Space space = llamaSpace(4.25, 1);
  SyntheticModel model(space, 1, 0.001);
  auto slow = [&](const Choice &choice) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    return model(choice);
  };
  StudyResult whole = runSearch(space, model, options(30));
  SearchOptions stored = options(30, "killed.db");
  int interrupted = 0;
  for (int life = 0; life < 8; ++life) {
    pid_t child = fork();
    if (child == 0) {
      runSearch(space, slow, stored);
      _exit(0);
    }
    std::this_thread::sleep_for(std::chrono::microseconds(3000 + 4700 * life));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    interrupted += WIFSIGNALED(status);
  }
  EXPECT_GT(interrupted, 2);
  expectSameTrials(runSearch(space, model, stored).trials, whole.trials);
}

TEST_P(Search, KilledBetweenTheCommitAndTheEvaluationItEvaluatesThatTrialAgain) {
  Space space = llamaSpace(4.25, 1);
  SyntheticModel model(space, 1, 0.001);
  StudyResult whole = runSearch(space, model, options(14));
  SearchOptions stored = options(14, "between.db");
  for (int last : {0, 5, 13}) {
    pid_t child = fork();
    if (child == 0) {
      int calls = 0;
      runSearch(
          space,
          [&](const Choice &choice) {
            if (choice == whole.trials[static_cast<size_t>(last)].choice && calls++ == 0)
              raise(SIGKILL);
            return model(choice);
          },
          stored);
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << last;
    StudyIdentity any{"mase", Direction::minimize, {}};
    std::vector<Trial> trials = openStorage(stored.storage)->open(any, space);
    ASSERT_EQ(trials.size(), static_cast<size_t>(last) + 1);
    EXPECT_EQ(trials.back().state, TrialState::running);
    EXPECT_EQ(trials.back().choice, whole.trials[static_cast<size_t>(last)].choice);
  }
  expectSameTrials(runSearch(space, model, stored).trials, whole.trials);
}

TEST_P(Search, OtherSeedsGiveOtherTrials) {
  Space space = llamaSpace(4.25, 2);
  SyntheticModel model(space, 1, 0.001);
  SearchOptions one = options(40), two = options(40);
  two.seed = 8;
  StudyResult a = runSearch(space, model, one), b = runSearch(space, model, two);
  bool differ = false;
  for (size_t i = 0; i < a.trials.size(); ++i)
    differ |= a.trials[i].choice != b.trials[i].choice;
  EXPECT_TRUE(differ);
}

std::vector<std::string> allSamplers() {
  std::vector<std::string> names;
  for (const SamplerKind &kind : samplerKinds())
    names.emplace_back(kind.name);
  return names;
}
INSTANTIATE_TEST_SUITE_P(All, Search, testing::ValuesIn(allSamplers()), [](const auto &info) { return info.param; });

TEST(SearchResult, AChoiceIsEvaluatedOnce) {
  Space space = llamaSpace(2.25, 1); // one choice fits
  SyntheticModel model(space, 1, 0.001);
  int calls = 0;
  SearchOptions options;
  options.sampler = "random";
  options.trials = 12;
  StudyResult result = runSearch(
      space, [&](const Choice &choice) { return ++calls, model(choice); }, options);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(result.trials.size(), 12u);
}

TEST(SearchResult, FinalistsAreRankedOnAllText) {
  Space space = llamaSpace(4.25, 1);
  SyntheticModel part(space, 1, 0.05, 2), all(space, 1, 0, 8);
  SearchOptions options;
  options.sampler = "random";
  options.trials = 60;
  options.finalists = 6;
  options.confirm = all;
  StudyResult result = runSearch(space, part, options);
  ASSERT_EQ(result.finalists.size(), 6u);
  EXPECT_EQ(result.best.number, result.finalists[0].number);
  for (const Trial &trial : result.finalists) {
    EXPECT_EQ(trial.value, all(trial.choice).loss);
    EXPECT_GE(trial.value, result.best.value);
  }
}

TEST(SearchResult, ALossThatIsNotANumberIsTheWorst) {
  Space space = llamaSpace(4.25, 1);
  SyntheticModel model(space, 1, 0.001);
  SearchOptions options;
  options.sampler = "random";
  options.trials = 8;
  StudyResult result = runSearch(
      space,
      [&](const Choice &choice) {
        Evaluation evaluation = model(choice);
        if (choice == space.uniform())
          evaluation.loss = evaluation.windowLosses[0] = std::nan("");
        return evaluation;
      },
      options);
  EXPECT_EQ(result.trials[0].value, std::numeric_limits<double>::infinity());
  EXPECT_NE(result.best.number, 0);
}

TEST(SearchResult, TheFrontHoldsWhatNothingBeats) {
  auto trial = [](int number, double bits, double loss) {
    Trial trial;
    trial.number = number;
    trial.averageBits = bits;
    trial.evaluation.loss = loss;
    return trial;
  };
  EXPECT_EQ(paretoFront({trial(0, 4, 2.0), trial(1, 3, 2.5), trial(2, 3.5, 2.6), trial(3, 5, 1.9), trial(4, 4, 2.0),
                         trial(5, 6, 1.9)}),
            (std::vector<int>{1, 0, 3}));
}

TEST(SearchResult, WithoutABudgetTheScalarObjectiveIsMaximised) {
  Space space = llamaSpace(4.25, 1);
  space.budget.reset();
  SyntheticModel model(space, 1, 0.001);
  SearchOptions options;
  options.sampler = "random";
  options.trials = 20;
  options.objective = accuracyAndBitsObjective(0.5);
  StudyResult result = runSearch(space, model, options);
  EXPECT_EQ(result.trials[0].choice, Choice(space.variables.size(), 6));
  for (const Trial &trial : result.trials) {
    EXPECT_DOUBLE_EQ(trial.value, trial.evaluation.accuracy + 0.5 / trial.averageBits);
    EXPECT_LE(trial.value, result.best.value);
  }
}

TEST(Samplers, AnUnknownOneIsRefused) {
  Space space = llamaSpace(4.25, 1);
  try {
    makeSampler("sobol", space, 0);
    FAIL();
  } catch (const InputError &error) {
    EXPECT_THAT(error.what(), HasSubstr("sampler 'sobol' does not exist (known: "));
    for (const SamplerKind &kind : samplerKinds())
      EXPECT_THAT(error.what(), HasSubstr(std::string(kind.name)));
  }
}

} // namespace
} // namespace mase
