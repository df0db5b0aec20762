// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/search/search.h"

#include "mase/search/projection.h"
#include "mase/search/sampler.h"
#include "mase/support/error.h"
#include "mase/support/random.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace mase {
namespace {

/// A number that changes with any variable's name, formats or share.
std::string fingerprint(const Space &space) {
  uint64_t hash = 0;
  auto add = [&](std::string_view text) {
    for (char c : text)
      hash = mix(hash ^ static_cast<unsigned char>(c));
    hash = mix(hash + text.size());
  };
  for (const Variable &variable : space.variables) {
    add(variable.name);
    add(fmt::format("{:a}", variable.share));
    for (const Format *format : variable.choices)
      add(format->name());
  }
  return fmt::format("{} tensors, {:016x}", space.variables.size(), hash);
}

StudyIdentity identityOf(const Space &space, const SearchOptions &options) {
  StudyIdentity identity = {options.study, options.objective.direction, options.identity};
  identity.attributes["sampler"] = options.sampler;
  identity.attributes["seed"] = fmt::format("{}", options.seed);
  identity.attributes["budget"] = space.budget ? fmt::format("{}", *space.budget) : "none";
  identity.attributes["objective"] = options.objective.name;
  identity.attributes["space"] = fingerprint(space);
  return identity;
}

/// Loss is infinite rather than not a number, so that trials have an order.
Evaluation ordered(Evaluation evaluation) {
  auto order = [](double &loss) {
    if (std::isnan(loss))
      loss = std::numeric_limits<double>::infinity();
  };
  order(evaluation.loss);
  for (std::vector<double> *windows : {&evaluation.windowLosses, &evaluation.windowDivergences})
    for (double &loss : *windows)
      order(loss);
  if (std::isnan(evaluation.accuracy))
    evaluation.accuracy = 0;
  return evaluation;
}

} // namespace

std::vector<int> paretoFront(const std::vector<Trial> &trials) {
  std::vector<const Trial *> order;
  for (const Trial &trial : trials)
    order.push_back(&trial);
  std::stable_sort(order.begin(), order.end(), [](const Trial *a, const Trial *b) {
    return std::pair(a->averageBits, a->evaluation.loss) < std::pair(b->averageBits, b->evaluation.loss);
  });
  std::vector<int> front;
  double least = std::numeric_limits<double>::infinity();
  for (const Trial *trial : order) {
    if (trial->evaluation.loss < least)
      front.push_back(trial->number);
    least = std::min(least, trial->evaluation.loss);
  }
  return front;
}

StudyResult runSearch(const Space &space, const Evaluate &evaluate, const SearchOptions &options,
                      const Progress &progress) {
  assert(options.trials > 0);
  const Objective &objective = options.objective;
  std::unique_ptr<Sampler> sampler = makeSampler(options.sampler, space, options.seed);
  std::unique_ptr<Storage> storage = openStorage(options.storage);
  std::vector<Trial> trials = storage->open(identityOf(space, options), space);
  std::map<Choice, size_t> evaluated;
  auto better = [&](const Trial &a, const Trial &b) {
    return std::pair(a.cost, a.number) < std::pair(b.cost, b.number);
  };
  size_t best = 0;
  auto learn = [&](size_t place) {
    trials[place].cost = objective.cost(trials[place].evaluation, trials[place].averageBits);
    evaluated.try_emplace(trials[place].choice, place);
    if (better(trials[place], trials[best]))
      best = place;
  };

  for (size_t place = 0; place < static_cast<size_t>(options.trials) || place < trials.size(); ++place) {
    if (place < trials.size() && trials[place].state == TrialState::complete) {
      learn(place);
      continue;
    }
    if (place == trials.size()) {
      int number = static_cast<int>(place);
      Trial trial;
      trial.choice = place == 0 ? space.uniform() : project(space, sampler->propose(number, trials));
      trial.number = storage->begin(trial.choice);
      if (trial.number != number)
        fail("{}: another process works on this study (one at a time)", options.storage);
      trials.push_back(std::move(trial));
    }
    Trial &trial = trials[place];
    trial.averageBits = space.averageBits(trial.choice);
    auto known = evaluated.find(trial.choice);
    trial.evaluation = known != evaluated.end() ? trials[known->second].evaluation : ordered(evaluate(trial.choice));
    trial.value = objective.value(trial.evaluation, trial.averageBits);
    trial.state = TrialState::complete;
    storage->complete(trial);
    learn(place);
    if (progress)
      progress(trial, trials[best]);
  }

  StudyResult result;
  result.paretoFront = paretoFront(trials);
  result.best = trials[best];
  if (options.confirm) {
    std::vector<Trial> order;
    for (const auto &[choice, place] : evaluated)
      order.push_back(trials[place]);
    std::sort(order.begin(), order.end(), better);
    order.resize(std::min(order.size(), static_cast<size_t>(std::max(options.finalists, 1))));
    for (Trial &trial : order) {
      trial.evaluation = ordered(options.confirm(trial.choice));
      trial.value = objective.value(trial.evaluation, trial.averageBits);
      trial.cost = objective.cost(trial.evaluation, trial.averageBits);
    }
    std::sort(order.begin(), order.end(), better);
    result.best = order.front();
    result.finalists = std::move(order);
  }
  result.trials = std::move(trials);
  return result;
}

} // namespace mase
