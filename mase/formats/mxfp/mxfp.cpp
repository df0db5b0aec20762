// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/mxfp/mxfp.h"

#include "mase/formats/block_format.h"
#include "mase/formats/float_element.h"

namespace mase {
namespace {

struct Member {
  std::string_view name;
  int exponentBits, mantissaBits;
  TopCodes top;
};
constexpr Member table[] = {
    {"mxfp8_e4m3", 4, 3, TopCodes::oneNan},  {"mxfp8_e5m2", 5, 2, TopCodes::infinity},
    {"mxfp6_e3m2", 3, 2, TopCodes::numbers}, {"mxfp6_e2m3", 2, 3, TopCodes::numbers},
    {"mxfp4", 2, 1, TopCodes::numbers},
};

std::unique_ptr<Format> parse(const FormatName &name) {
  for (const Member &member : table)
    if (name.head == member.name)
      return makeBlockFormat(name, std::string(member.name),
                             std::make_shared<FloatElement>(member.exponentBits, member.mantissaBits, member.top));
  return nullptr;
}

} // namespace

FormatFamily mxfpFamily() {
  return {"mxfp",
          "mxfp8_e4m3, mxfp8_e5m2, mxfp6_e3m2, mxfp6_e2m3, mxfp4",
          "OCP's small floats, a power-of-two scale for each block (1x32)",
          parse,
          [] {
            std::vector<std::string> names;
            for (const Member &member : table)
              names.emplace_back(member.name);
            return names;
          },
          [] {
            return std::vector<std::string>{"mxfp4:16x2", "mxfp8_e4m3:row", "mxfp6_e2m3:1x7/e6", "mxfp4@mx-ext-even"};
          }};
}

} // namespace mase
