// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/registry.h"

#include "mase/formats/fixed/fixed.h"
#include "mase/formats/fp32/fp32.h"
#include "mase/formats/mxint/mxint.h"
#include "mase/support/error.h"

#include <map>
#include <mutex>

namespace mase {

const std::vector<FormatFamily> &formatFamilies() {
  static const std::vector<FormatFamily> families = {
      fp32Family(),
      mxintFamily(),
      fixedFamily(),
  };
  return families;
}

const Format &parseFormat(std::string_view name) {
  static std::mutex mutex;
  static std::map<std::string, std::unique_ptr<Format>, std::less<>> known;
  std::lock_guard lock(mutex);
  if (auto found = known.find(name); found != known.end())
    return *found->second;
  std::string patterns;
  for (const FormatFamily &family : formatFamilies()) {
    if (std::unique_ptr<Format> format = family.parse(name)) {
      // Two spellings of one format ("mxint4", "mxint4:1x32") are one object.
      std::string canonical = format->name();
      return *known.try_emplace(canonical, std::move(format)).first->second;
    }
    patterns += fmt::format("{}{}", patterns.empty() ? "" : ", ", family.pattern);
  }
  fail("format '{}' does not exist (known: {})", name, patterns);
}

const Format &fp32() {
  static const Format &format = parseFormat("fp32");
  return format;
}

} // namespace mase
