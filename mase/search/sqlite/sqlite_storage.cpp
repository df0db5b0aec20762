// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/search/sqlite/sqlite_storage.h"

#include "mase/search/sqlite/schema.h"
#include "mase/support/error.h"

#include <cassert>
#include <chrono>
#include <cmath>
#include <ctime>
#include <limits>
#include <nlohmann/json.hpp>

namespace mase {
namespace {
using nlohmann::json;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// UTC, as SQLAlchemy stores a DateTime.
std::string now() {
  auto time = std::chrono::system_clock::now();
  std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  auto micros = std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count() % 1'000'000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts);
  return fmt::format("{}.{:06}", text, micros);
}

std::string categorical(const Variable &variable) {
  json choices = json::array();
  for (const Format *format : variable.choices)
    choices.push_back(format->name());
  return json{{"name", "CategoricalDistribution"}, {"attributes", {{"choices", choices}}}}.dump();
}

/// JSON has no infinities: null stands for the only one that a loss can take.
double numberOf(const json &value) { return value.is_number() ? value.get<double>() : infinity; }

const char *nameOf(Direction direction) { return direction == Direction::minimize ? "MINIMIZE" : "MAXIMIZE"; }

} // namespace

SqliteStorage::SqliteStorage(const std::string &file) : database_(file) {}

std::vector<Trial> SqliteStorage::open(const StudyIdentity &identity, const Space &space) {
  for (const Variable &variable : space.variables) {
    names_.push_back(variable.name);
    distributions_.push_back(categorical(variable));
  }
  database_.run("PRAGMA journal_mode=WAL");
  database_.run("PRAGMA synchronous=NORMAL");
  {
    Transaction transaction(database_);
    Statement tables(database_, "SELECT count(*), sum(name = 'alembic_version') FROM sqlite_master");
    tables.step();
    bool isNew = tables.integer(0) == 0, isStudy = tables.integer(1) == 1;
    tables.step();
    if (!isNew && !isStudy)
      fail("{}: holds other tables than a study's (a new file, or one that mase search made)", database_.file());
    if (isNew)
      database_.run(optunaSchema + fmt::format("INSERT INTO version_info VALUES (1, {}, '{}');"
                                               "INSERT INTO alembic_version VALUES ('{}');",
                                               optunaSchemaVersion, optunaVersion, alembicRevision));
    Statement revision(database_, "SELECT version_num FROM alembic_version");
    if (!revision.step() || (revision.text(0) != alembicRevision && revision.text(0) != alembicRevisionUpgraded))
      fail("{}: is a study of another version of Optuna's schema ({} or {})", database_.file(), alembicRevision,
           alembicRevisionUpgraded);
    revision.step();
    Statement find(database_, "SELECT study_id FROM studies WHERE study_name = ?");
    find.bind(identity.name);
    if (find.step()) {
      studyId_ = find.integer(0);
      find.step();
      check(identity);
    } else {
      create(identity);
    }
    transaction.commit();
  }
  insertTrial_ = std::make_unique<Statement>(
      database_, "INSERT INTO trials (number, study_id, state, datetime_start) "
                 "SELECT count(*), ?1, 'RUNNING', ?2 FROM trials WHERE study_id = ?1 RETURNING number");
  insertParameter_ = std::make_unique<Statement>(
      database_, "INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json) VALUES (?, ?, ?, ?)");
  insertValue_ = std::make_unique<Statement>(
      database_, "INSERT INTO trial_values (trial_id, objective, value, value_type) VALUES (?, 0, ?, ?)");
  insertAttribute_ = std::make_unique<Statement>(
      database_, "INSERT INTO trial_user_attributes (trial_id, key, value_json) VALUES (?, ?, ?)");
  finishTrial_ = std::make_unique<Statement>(
      database_, "UPDATE trials SET state = 'COMPLETE', datetime_complete = ? WHERE trial_id = ?");
  return readTrials();
}

void SqliteStorage::create(const StudyIdentity &identity) {
  Statement study(database_, "INSERT INTO studies (study_name) VALUES (?)");
  study.bind(identity.name).run();
  studyId_ = database_.lastRowId();
  Statement direction(database_, "INSERT INTO study_directions (direction, study_id, objective) VALUES (?, ?, 0)");
  direction.bind(std::string(nameOf(identity.direction))).bind(studyId_).run();
  Statement attribute(database_, "INSERT INTO study_user_attributes (study_id, key, value_json) VALUES (?, ?, ?)");
  for (const auto &[key, value] : identity.attributes)
    attribute.bind(studyId_).bind(key).bind(json(value).dump()).run();
}

void SqliteStorage::check(const StudyIdentity &identity) {
  std::map<std::string, std::string> stored;
  Statement read(database_, "SELECT key, value_json FROM study_user_attributes WHERE study_id = ?");
  read.bind(studyId_);
  while (read.step()) {
    json value = json::parse(read.text(1), nullptr, false);
    stored[read.text(0)] = value.is_string() ? value.get<std::string>() : read.text(1);
  }
  for (const auto &[key, value] : identity.attributes) {
    auto found = stored.find(key);
    std::string was = found == stored.end() ? "none" : found->second;
    if (was != value)
      fail("{}: the study '{}' was made with {} '{}', not '{}' (the same options, or another file)", database_.file(),
           identity.name, key, was, value);
  }
}

std::vector<Trial> SqliteStorage::readTrials() {
  std::vector<Trial> trials;
  std::map<int64_t, size_t> places;
  Statement rows(database_, "SELECT trial_id, number, state FROM trials WHERE study_id = ? ORDER BY number");
  rows.bind(studyId_);
  while (rows.step()) {
    Trial trial;
    trial.number = static_cast<int>(rows.integer(1));
    trial.state = rows.text(2) == "COMPLETE" ? TrialState::complete : TrialState::running;
    trial.choice.assign(names_.size(), -1);
    trialIds_[trial.number] = rows.integer(0);
    places[rows.integer(0)] = trials.size();
    if (trial.number != static_cast<int>(trials.size()))
      fail("{}: trial {} is missing (a study that only mase search wrote to)", database_.file(), trials.size());
    trials.push_back(std::move(trial));
  }
  std::map<std::string, size_t> variables;
  for (size_t i = 0; i < names_.size(); ++i)
    variables[names_[i]] = i;
  const char *ofStudy = " JOIN trials USING (trial_id) WHERE study_id = ?";
  Statement parameters(database_, fmt::format("SELECT trial_id, param_name, param_value FROM trial_params{}", ofStudy));
  parameters.bind(studyId_);
  while (parameters.step())
    if (auto variable = variables.find(parameters.text(1)); variable != variables.end())
      trials[places[parameters.integer(0)]].choice[variable->second] = static_cast<int>(parameters.integer(2));
  for (const Trial &trial : trials)
    for (size_t i = 0; i < names_.size(); ++i)
      if (trial.choice[i] < 0)
        fail("{}: trial {} has no format for '{}' (a study that only mase search wrote to)", database_.file(),
             trial.number, names_[i]);

  Statement values(database_, fmt::format("SELECT trial_id, value, value_type FROM trial_values{}", ofStudy));
  values.bind(studyId_);
  while (values.step()) {
    std::string type = values.text(2);
    trials[places[values.integer(0)]].value = type == "INF_POS"   ? infinity
                                              : type == "INF_NEG" ? -infinity
                                                                  : values.real(1);
  }
  Statement attributes(database_,
                       fmt::format("SELECT trial_id, key, value_json FROM trial_user_attributes{}", ofStudy));
  attributes.bind(studyId_);
  while (attributes.step()) {
    Trial &trial = trials[places[attributes.integer(0)]];
    std::string key = attributes.text(1);
    json value = json::parse(attributes.text(2), nullptr, false);
    if (key == "average_bits")
      trial.averageBits = numberOf(value);
    else if (key == "loss")
      trial.evaluation.loss = numberOf(value);
    else if (key == "accuracy")
      trial.evaluation.accuracy = numberOf(value);
    else if (key == "window_losses" || key == "window_divergences")
      for (const json &loss : value)
        (key == "window_losses" ? trial.evaluation.windowLosses : trial.evaluation.windowDivergences)
            .push_back(numberOf(loss));
  }
  return trials;
}

int SqliteStorage::begin(const Choice &choice) {
  assert(choice.size() == names_.size());
  Transaction transaction(database_);
  insertTrial_->bind(studyId_).bind(now());
  insertTrial_->step();
  int number = static_cast<int>(insertTrial_->integer(0));
  insertTrial_->step();
  int64_t trialId = database_.lastRowId();
  for (size_t i = 0; i < choice.size(); ++i)
    insertParameter_->bind(trialId).bind(names_[i]).bind(static_cast<double>(choice[i])).bind(distributions_[i]).run();
  transaction.commit();
  trialIds_[number] = trialId;
  return number;
}

void SqliteStorage::addAttribute(int64_t trialId, const char *key, const std::string &json) {
  insertAttribute_->bind(trialId).bind(std::string(key)).bind(json).run();
}

void SqliteStorage::complete(const Trial &trial) {
  int64_t trialId = trialIds_.at(trial.number);
  Transaction transaction(database_);
  insertValue_->bind(trialId);
  if (std::isfinite(trial.value))
    insertValue_->bind(trial.value).bind(std::string("FINITE")).run();
  else
    insertValue_->bindNull().bind(std::string(trial.value > 0 ? "INF_POS" : "INF_NEG")).run();
  addAttribute(trialId, "average_bits", json(trial.averageBits).dump());
  addAttribute(trialId, "loss", json(trial.evaluation.loss).dump());
  addAttribute(trialId, "accuracy", json(trial.evaluation.accuracy).dump());
  addAttribute(trialId, "window_losses", json(trial.evaluation.windowLosses).dump());
  if (!trial.evaluation.windowDivergences.empty())
    addAttribute(trialId, "window_divergences", json(trial.evaluation.windowDivergences).dump());
  finishTrial_->bind(now()).bind(trialId).run();
  transaction.commit();
}

} // namespace mase
