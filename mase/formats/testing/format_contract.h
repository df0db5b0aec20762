// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What every format promises, as checks that any Format can be put to: registered ones, and deliberately wrong ones
/// that show that the checks can fail.
///
/// A check returns the first violation that it finds, or an empty text. Data are random but the same at every run.
#pragma once

#include "mase/formats/format.h"

#include <string>
#include <string_view>
#include <vector>

namespace mase::testing_formats {

struct ContractCheck {
  std::string_view name;
  std::string (*run)(const Format &format);
};

const std::vector<ContractCheck> &contractChecks();

/// The check of that name.
std::string runCheck(std::string_view name, const Format &format);

} // namespace mase::testing_formats
