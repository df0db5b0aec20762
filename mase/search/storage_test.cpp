// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/search/storage.h"

#include "mase/search/search.h"
#include "mase/search/sqlite/statement.h"
#include "mase/search/testing/synthetic_model.h"
#include "mase/support/error.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace mase {
namespace {
using namespace testing_support;
using testing::HasSubstr;
namespace fs = std::filesystem;

struct StudyFile : testing::Test {
  fs::path folder = fs::temp_directory_path() / fmt::format("mase-storage-{}", getpid());
  std::string file = (folder / "study.db").string();
  Space space = llamaSpace(4.25, 1);
  SyntheticModel model{space, 1, 0.001};
  void SetUp() override { fs::create_directories(folder); }
  void TearDown() override { fs::remove_all(folder); }

  SearchOptions options() const {
    SearchOptions options;
    options.sampler = "random";
    options.trials = 6;
    options.storage = file;
    options.identity = {{"model", "a"}, {"data", "b"}};
    return options;
  }
  template <typename Work>
  static std::string errorOf(Work work) {
    try {
      work();
    } catch (const InputError &error) {
      return error.what();
    }
    return "";
  }
};

TEST_F(StudyFile, AnotherStudysOptionsAreRefused) {
  runSearch(space, model, options());
  auto refused = [&](auto change) {
    SearchOptions other = options();
    change(other);
    return errorOf([&] { runSearch(space, model, other); });
  };
  EXPECT_EQ(refused([](SearchOptions &o) { o.seed = 1; }),
            file + ": the study 'mase' was made with seed '0', not '1' (the same options, or another file)");
  EXPECT_THAT(refused([](SearchOptions &o) { o.identity["model"] = "c"; }), HasSubstr("with model 'a', not 'c'"));
  EXPECT_THAT(refused([](SearchOptions &o) { o.identity["data"] = "c"; }), HasSubstr("with data 'b', not 'c'"));
  EXPECT_THAT(refused([](SearchOptions &o) { o.objective = accuracyAndBitsObjective(1); }),
              HasSubstr("with objective"));
  EXPECT_EQ(refused([](SearchOptions &o) { o.trials = 3; }), "");
  EXPECT_EQ(refused([](SearchOptions &o) { o.study = "another in this file"; }), "");
  Space wider = llamaSpace(4.5, 1), other = llamaSpace(4.25, 2);
  EXPECT_THAT(errorOf([&] { runSearch(wider, model, options()); }), HasSubstr("with budget '4.25', not '4.5'"));
  EXPECT_THAT(errorOf([&] { runSearch(other, SyntheticModel(other, 1, 0), options()); }),
              HasSubstr("with space '16 tensors, "));
}

TEST_F(StudyFile, OtherFilesAreRefused) {
  EXPECT_THAT(errorOf([&] { openStorage("redis://x"); }),
              HasSubstr("redis://x: studies are not stored there (sqlite:///FILE, or a file's name)"));
  EXPECT_THAT(errorOf([&] { openStorage((folder / "no" / "study.db").string()); }),
              HasSubstr("study.db: cannot be opened as a study: unable to open database file"));
  std::ofstream(file) << "this is text, and long enough for SQLite to look at: " << std::string(600, 'x');
  EXPECT_THAT(errorOf([&] { runSearch(space, model, options()); }),
              HasSubstr("study.db: SQLite says: file is not a database"));
}

TEST_F(StudyFile, OtherTablesAreRefused) {
  Database(file).run("CREATE TABLE t (x)");
  EXPECT_EQ(errorOf([&] { runSearch(space, model, options()); }),
            file + ": holds other tables than a study's (a new file, or one that mase search made)");
}

TEST_F(StudyFile, AnotherRevisionIsRefusedAndTheUpgradedOneIsNot) {
  runSearch(space, model, options());
  Database(file).run("UPDATE alembic_version SET version_num = 'v3.2.0.a'");
  EXPECT_EQ(errorOf([&] { runSearch(space, model, options()); }), "");
  Database(file).run("UPDATE alembic_version SET version_num = 'v9'");
  EXPECT_EQ(errorOf([&] { runSearch(space, model, options()); }),
            file + ": is a study of another version of Optuna's schema (v3.0.0.d or v3.2.0.a)");
}

TEST_F(StudyFile, DamagedTrialsAreRefused) {
  runSearch(space, model, options());
  Database(file).run("DELETE FROM trial_params WHERE trial_id = 3 AND param_name = 'lm_head.input'");
  EXPECT_EQ(errorOf([&] { runSearch(space, model, options()); }),
            file + ": trial 2 has no format for 'lm_head.input' (a study that only mase search wrote to)");
  Database(file).run("DELETE FROM trials WHERE trial_id = 3");
  EXPECT_EQ(errorOf([&] { runSearch(space, model, options()); }),
            file + ": trial 2 is missing (a study that only mase search wrote to)");
}

TEST_F(StudyFile, TwoAtOnceAreNoticed) {
  SearchOptions one = options();
  std::string error = errorOf([&] {
    runSearch(
        space,
        [&](const Choice &choice) {
          Database(file).run("INSERT INTO trials (number, study_id, state) VALUES (1, 1, 'RUNNING')");
          return model(choice);
        },
        one);
  });
  EXPECT_EQ(error, file + ": another process works on this study (one at a time)");
}

TEST_F(StudyFile, InfiniteLossesSurvive) {
  SearchOptions one = options();
  one.trials = 2;
  Evaluation broken;
  broken.loss = std::numeric_limits<double>::infinity();
  broken.windowLosses = {1.5, broken.loss};
  auto evaluate = [&](const Choice &) { return broken; };
  runSearch(space, evaluate, one);
  StudyResult result = runSearch(space, evaluate, one);
  EXPECT_EQ(result.trials[1].value, broken.loss);
  EXPECT_EQ(result.trials[1].evaluation.loss, broken.loss);
  EXPECT_EQ(result.trials[1].evaluation.windowLosses, broken.windowLosses);
}

TEST_F(StudyFile, ATrialCostsFarLessThanItsEvaluation) {
  Space large = llamaSpace(4.25);
  SearchOptions many = options();
  many.trials = 200;
  Evaluation nothing;
  nothing.windowLosses.assign(64, 2.123456789);
  auto start = std::chrono::steady_clock::now();
  runSearch(
      large, [&](const Choice &) { return nothing; }, many);
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  RecordProperty("microsecondsPerTrial", static_cast<int>(1e6 * seconds / many.trials));
  std::printf("random sampler and SQLite: %.2f ms a trial of 86 parameters\n", 1e3 * seconds / many.trials);
}

TEST_F(StudyFile, OptunaReadsIt) {
  if (std::system("/usr/bin/python3 -c 'import optuna' 2>/dev/null") != 0)
    GTEST_SKIP() << "python3-optuna is not installed";
  StudyResult result = runSearch(space, model, options());
  fs::path script = folder / "read.py", answer = folder / "answer.json";
  std::ofstream(script) << R"PY(import json, sys, optuna
study = optuna.load_study(study_name="mase", storage="sqlite:///" + sys.argv[1])
best = study.best_trial
try:
    import pandas
    assert len(study.trials_dataframe()) == len(study.trials)
except ImportError:
    pass
json.dump({"best": best.number, "value": best.value, "params": best.params, "rows": len(study.trials),
           "columns": len(study.trials[0].params),
           "states": sorted({t.state.name for t in study.trials}), "direction": study.direction.name,
           "bits": best.user_attrs["average_bits"], "windows": best.user_attrs["window_losses"],
           "model": study.user_attrs["model"], "seed": study.user_attrs["seed"],
           "duration": best.duration.total_seconds() >= 0}, open(sys.argv[2], "w"))
)PY";
  ASSERT_EQ(std::system(fmt::format("/usr/bin/python3 {} {} {}", script.string(), file, answer.string()).c_str()), 0);
  std::ifstream stream(answer);
  nlohmann::json read = nlohmann::json::parse(stream);
  EXPECT_EQ(read["best"], result.best.number);
  EXPECT_EQ(read["value"].get<double>(), result.best.value);
  EXPECT_EQ(read["rows"], 6);
  EXPECT_EQ(read["columns"], space.variables.size());
  EXPECT_EQ(read["states"], nlohmann::json::array({"COMPLETE"}));
  EXPECT_EQ(read["direction"], "MINIMIZE");
  EXPECT_EQ(read["model"], "a");
  EXPECT_EQ(read["seed"], "0");
  EXPECT_EQ(read["windows"].get<std::vector<double>>(), result.best.evaluation.windowLosses);
  EXPECT_NEAR(read["bits"].get<double>(), result.best.averageBits, 1e-12);
  for (size_t i = 0; i < space.variables.size(); ++i)
    EXPECT_EQ(read["params"][space.variables[i].name], space.assignment(result.best.choice)[i]->name());
}

} // namespace
} // namespace mase
