// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/metaspace.h"

#include "mase/frontend/utf8.h"
#include "mase/support/error.h"

namespace mase {

Metaspace readMetaspace(const JsonObject &step) {
  step.allowOnly({"type", "replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep"});
  Metaspace options{.replacement = step.text("replacement"), .splits = step.flagOr("split", true)};
  if (countCodePoints(options.replacement) != 1)
    fail("{}: {} {} is not one character", step.file(), step.nameOf("replacement"), inQuotes(options.replacement));
  const std::string scheme = step.find("prepend_scheme") ? step.text("prepend_scheme") : "always";
  if (scheme == "first")
    options.prepends = Metaspace::Prepends::First;
  else if (scheme == "never")
    options.prepends = Metaspace::Prepends::Never;
  else if (scheme != "always")
    fail("{}: {} {} is not read (read: always, first, never)", step.file(), step.nameOf("prepend_scheme"),
         inQuotes(scheme));
  if (!step.flagOr("add_prefix_space", true) && options.prepends != Metaspace::Prepends::Never)
    fail("{}: {} is false, but prepend_scheme is {} (never)", step.file(), step.nameOf("add_prefix_space"), scheme);
  return options;
}

} // namespace mase
