// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A pass over a model's weights, as the command line names it: `gptq`, `gptq:target=own,damping=0.02`.
///
/// A pass is a folder beside this file and a line in pass.cpp. Each can be run alone and in any order; some leave the
/// float model's function unchanged, the others quantise.
#pragma once

#include "mase/passes/layerwise.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace mase {

/// The options that a name gives: text by key.
class PassOptions {
public:
  PassOptions(std::string pass, std::map<std::string, std::string> values)
      : pass_(std::move(pass)), values_(std::move(values)) {}
  /// Errors, of all: InputError when the value is none of those possible.
  double number(const std::string &key, double otherwise, double least, double most);
  std::string choice(const std::string &key, const std::vector<std::string> &possible);
  /// Errors  InputError: keys that nobody asked for.
  void refuseOthers() const;

private:
  std::string pass_;
  std::map<std::string, std::string> values_, asked_;
};

/// What a pass works on.
struct PassInput {
  Weights &weights;
  Layerwise::Windows windows;
  const FormatAssignment &assignment;
};

struct Pass {
  std::string name; ///< as it was given
  std::function<void(const PassInput &)> run;
};

struct PassKind {
  const char *name, *summary;
  bool keepsFunction; ///< whether the float model computes the same before and after
  std::function<void(const PassInput &)> (*make)(PassOptions &options);
};

/// All there are.
const std::vector<PassKind> &passKinds();

/// Errors  InputError: no such pass, an option that it does not have, or a value that is not possible.
Pass parsePass(const std::string &text);

} // namespace mase
