// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Where a study lives between processes.
///
/// A trial is stored in two steps, each one transaction: number and choice, state RUNNING, before it is evaluated;
/// value, attributes and state COMPLETE after. So a process may die at any moment: a trial left RUNNING is evaluated
/// again under its number with its stored choice.
///
/// The SQLite storage writes Optuna's own schema (version 12, revision v3.0.0.d), so Optuna 3.1 and its dashboard read
/// the study; `optuna storage upgrade` serves later ones. Parameters are categorical over the formats' names.
/// One process at a time works on a study. Not thread-safe.
#pragma once

#include "mase/search/space.h"

#include <map>
#include <memory>

namespace mase {

/// What makes a study this study: opening one that differs in any of it is refused.
struct StudyIdentity {
  std::string name;                              // Optuna's study name
  Direction direction = Direction::minimize;     // of the objective
  std::map<std::string, std::string> attributes; // model, data, seed, sampler, budget, objective, space, ...
};

class Storage {
public:
  virtual ~Storage() = default;
  /// Creates the study, or opens it and returns its trials by number.
  /// Errors  InputError when the study is another's (the first attribute that differs, and both values) or is not
  ///         one of ours.
  virtual std::vector<Trial> open(const StudyIdentity &identity, const Space &space) = 0;
  /// Stores a new RUNNING trial with its choice and returns its number.
  virtual int begin(const Choice &choice) = 0;
  /// Stores the results of the trial begun as trial.number.
  virtual void complete(const Trial &trial) = 0;
};

/// url: "sqlite:///FILE" (three slashes and a path, as SQLAlchemy has it), or just FILE, or empty: in memory.
/// Errors  InputError when the file cannot be opened or another kind of storage is asked for.
std::unique_ptr<Storage> openStorage(const std::string &url);

} // namespace mase
