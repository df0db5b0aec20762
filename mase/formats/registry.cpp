// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/registry.h"

#include "mase/formats/bl/bl.h"
#include "mase/formats/bmf/bmf.h"
#include "mase/formats/fixed/fixed.h"
#include "mase/formats/float/float.h"
#include "mase/formats/int/int.h"
#include "mase/formats/mxfp/mxfp.h"
#include "mase/formats/mxint/mxint.h"
#include "mase/formats/nvfp4/nvfp4.h"
#include "mase/formats/table/table.h"
#include "mase/support/error.h"

#include <map>
#include <mutex>

namespace mase {

const std::vector<FormatFamily> &formatFamilies() {
  static const std::vector<FormatFamily> families = {
      floatFamily(), mxintFamily(), mxfpFamily(),  bmfFamily(),   blFamily(),
      intFamily(),   fixedFamily(), nvfp4Family(), tableFamily(),
  };
  return families;
}

std::vector<std::string> FormatFamily::examples() const {
  std::vector<std::string> names = members();
  for (std::string &name : others())
    names.push_back(std::move(name));
  return names;
}

const Format &parseFormat(std::string_view name) {
  static std::mutex mutex;
  static std::map<std::string, std::unique_ptr<Format>, std::less<>> known;
  std::lock_guard lock(mutex);
  if (auto found = known.find(name); found != known.end())
    return *found->second;
  std::string patterns;
  const std::optional<FormatName> parts = splitFormatName(name);
  for (const FormatFamily &family : formatFamilies()) {
    if (std::unique_ptr<Format> format = parts ? family.parse(*parts) : nullptr) {
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
