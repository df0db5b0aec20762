// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/commands.h"

#include "mase/formats/registry.h"

#include <fmt/format.h>
#include <iostream>

namespace mase::cli {
namespace {

Json toJson(const FormatFamily &family) {
  Json members = Json::array();
  for (const std::string &name : family.members()) {
    const Format &format = parseFormat(name);
    const ElementRange range = format.range();
    members.push_back({{"name", name},
                       {"element_bits", format.elementBits()},
                       {"bits", format.bitsPerElement()},
                       {"largest", range.largest},
                       {"smallest", range.smallest},
                       {"relative_step", range.relativeStep},
                       {"integers", format.hasIntegers()}});
  }
  return {{"family", family.name},
          {"pattern", family.pattern},
          {"summary", family.summary},
          {"members", std::move(members)}};
}

std::string describeFormats() {
  std::string text;
  for (const FormatFamily &family : formatFamilies()) {
    text += fmt::format("{}\n    {}\n", family.pattern, family.summary);
    for (const std::string &name : family.members()) {
      const Format &format = parseFormat(name);
      const ElementRange range = format.range();
      text += fmt::format("    {:<14} {:>6.4g} bits, elements {:>10.4g} to {:<10.4g} step {:.3g} of the largest\n",
                          name, format.bitsPerElement(), range.smallest, range.largest, range.relativeStep);
    }
  }
  return text + "A name goes on with :ROWSxCOLS, :row or :tensor, /e4 to /e8 for the scale's bits, @ROUNDING "
                "(docs/formats.md).\n";
}

} // namespace

void addFormatsCommand(CLI::App &app) {
  CLI::App *command = addCommand(app, "formats", "The number formats there are: bits, range and relative step of each",
                                 {"mase formats", "mase formats --json"});
  auto json = std::make_shared<bool>();
  command->add_flag("--json", *json, "One JSON object");
  addCompare(*command);
  command->callback([command, json] {
    if (!command->get_subcommands().empty())
      return;
    if (*json) {
      Json list = Json::array();
      for (const FormatFamily &family : formatFamilies())
        list.push_back(toJson(family));
      return print({{"formats", list}});
    }
    std::cout << describeFormats();
  });
}

} // namespace mase::cli
